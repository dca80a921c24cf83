// A Redis is looked at before anything relies on it: all its answers, from real servers.
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkRedis } from '../../src/queue/check-redis.ts';
import { findCommand } from '../services/install.ts';
import { freePorts } from '../services/ports.ts';
import { type RedisOptions, type RunningRedis, startRedis } from '../services/redis.ts';

const isPossible = ['redis-server', 'redis-cli'].every((command) => findCommand(command) !== undefined);

describe('what is no Redis', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function listen(greeting: string | null): Promise<string> {
    const own = createServer((socket) => {
      socket.on('error', () => undefined);
      if (greeting !== null) socket.end(greeting);
    });
    server = own;
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
    return `redis://127.0.0.1:${(own.address() as { port: number }).port}`;
  }

  it('is unreachable where nothing listens', async () => {
    const [port] = await freePorts(1);
    expect(await checkRedis(`redis://127.0.0.1:${port}`)).toEqual({
      kind: 'unreachable',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is unreachable where its name leads nowhere', async () => {
    expect(await checkRedis('redis://redis.invalid:6379')).toMatchObject({ kind: 'unreachable' });
  });

  it('is called so where it speaks another protocol', async () => {
    const why = 'What answers there is no Redis.';
    expect(await checkRedis(await listen('HTTP/1.1 400 Bad Request\r\n\r\n'))).toEqual({ kind: 'unreachable', why });
  });

  it.each([
    ['a hang-up', ''],
    ['silence', null],
  ])('is unreachable, and soon, where the answer is %s', async (_, greeting) => {
    const startedAt = Date.now();
    expect(await checkRedis(await listen(greeting))).toEqual({
      kind: 'unreachable',
      why: expect.stringMatching(/^It cannot be used: .+\.$/),
    });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});

describe.skipIf(!isPossible)('a Redis', () => {
  let redis: RunningRedis | undefined;
  afterEach(() => redis?.stop());

  async function start(options?: RedisOptions): Promise<RunningRedis> {
    redis = await startRedis(options);
    return redis;
  }

  it('that keeps what it is given is fit', async () => {
    expect(await checkRedis((await start()).url)).toEqual({ kind: 'fit' });
  });

  it.each(['allkeys-lru', 'volatile-ttl', 'allkeys-random'])('that throws things away is unfit: %s', async (policy) => {
    expect(await checkRedis((await start({ policy })).url)).toEqual({ kind: 'unfit', why: expect.stringContaining(policy) });
  });

  it('lets nobody in with a wrong password or none, and the password is not repeated', async () => {
    const { url, command } = await start();
    await command('CONFIG', 'SET', 'requirepass', 'sesame-7');
    const withPassword = (password: string) => url.replace('//', `//:${password}@`);
    expect(await checkRedis(withPassword('sesame-7'))).toEqual({ kind: 'fit' });
    const wrong = await checkRedis(withPassword('abracadabra'));
    expect(wrong).toEqual({ kind: 'unreachable', why: expect.stringContaining('WRONGPASS') });
    expect(JSON.stringify(wrong)).not.toContain('abracadabra');
    expect(await checkRedis(url)).toEqual({ kind: 'unreachable', why: expect.stringContaining('NOAUTH') });
  });
});
