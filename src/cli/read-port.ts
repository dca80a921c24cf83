// A port as a person writes it; 0 for any that is free.
import { Failure } from './failure.ts';

export function readPort(written: string): number {
  if (/^\d{1,5}$/.test(written) && Number(written) <= 65_535) return Number(written);
  throw new Failure(2, `${JSON.stringify(written)} is not a port.`, 'Use a number from 1 to 65535.');
}
