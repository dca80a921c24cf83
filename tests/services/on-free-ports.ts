/**
 * Starts a server on ports nobody listens on, and again on others where another process was quicker to take one of
 * them. It starts nothing by itself, and gives up after a few attempts.
 */
import { freePorts } from './ports.ts';

const ATTEMPTS = 5;

/** Hands on what `start` returns; what it throws as well, unless it says that an address is already in use. */
export async function onFreePorts<T>(count: number, start: (ports: readonly number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(count);
    try {
      return await start(ports);
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('Address already in use')) throw error;
    }
  }
}
