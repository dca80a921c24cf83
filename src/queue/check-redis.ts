// Looks at a Redis before anything relies on it: is it there, does it let us in, does it keep what it is given?
import { Redis } from 'ioredis';

/** `unfit`: it is there, and must be set up otherwise. */
export type RedisCheck = { readonly kind: 'fit' } | { readonly kind: 'unreachable' | 'unfit'; readonly why: string };

const LIMIT_MS = 3_000;

/** Never rejects. */
export async function checkRedis(url: string): Promise<RedisCheck> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // The first error says why; the one that the call rejects with, only that.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1] ?? 'noeviction';
    if (cause) throw cause;
    if (policy === 'noeviction') return { kind: 'fit' };
    return { kind: 'unfit', why: `Its maxmemory-policy is ${policy}: when memory is short it throws away what it was given.` };
  } catch (error) {
    const { message } = cause ?? (error as Error);
    // The decoder of ioredis takes what it does not understand for its own fault.
    const isOther = message.startsWith('Unknown RESP type');
    return { kind: 'unreachable', why: isOther ? 'What answers there is no Redis.' : `It cannot be used: ${message}.` };
  } finally {
    redis.disconnect();
  }
}
