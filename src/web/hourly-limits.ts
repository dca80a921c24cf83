// How often somebody may ask, counted in this process for an hour: what one address of the network, its neighbourhood or
// one domain may cost us. What an address may get is counted in the ledger; this only bounds the work.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const HOUR_S = 60 * 60;

/** Counts one more under each name; false where one of them has had its share. */
export function hourlyLimits<Kind extends string>(
  limits: Readonly<Record<Kind, number>>,
): (names: Readonly<Record<Kind, string>>) => Promise<boolean> {
  const kinds = Object.keys(limits) as Kind[];
  const limiters = kinds.map((kind) => ({
    kind,
    limiter: new RateLimiterMemory({ keyPrefix: kind, points: limits[kind], duration: HOUR_S }),
  }));
  return async (names) => {
    try {
      for (const { kind, limiter } of limiters) await limiter.consume(names[kind]);
      return true;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return false;
      throw refusal;
    }
  };
}
