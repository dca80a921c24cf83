// The Redis that other tests lean on: what they take for granted of it. Left out where Redis is not installed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findCommand } from './install.ts';
import { type RedisOptions, type RunningRedis, startRedis } from './redis.ts';

const isPossible = ['redis-server', 'redis-cli'].every((command) => findCommand(command) !== undefined);
const running: RunningRedis[] = [];

async function start(options?: RedisOptions): Promise<RunningRedis> {
  const redis = await startRedis(options);
  running.push(redis);
  return redis;
}

describe.skipIf(!isPossible)('a private Redis', () => {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((redis) => redis.stop()));
  });

  it('answers, and throws what it refuses', async () => {
    const redis = await start();
    expect(await redis.command('PING')).toBe('PONG');
    await expect(redis.command('INCR')).rejects.toThrow('wrong number of arguments');
  });

  it('listens on the loopback only', async () => {
    const redis = await start();
    expect(await redis.command('CONFIG', 'GET', 'bind')).toBe('bind\n127.0.0.1');
  });

  it('brings back what it confirmed before it was killed, at the same address', async () => {
    const redis = await start();
    const { pid, url } = redis;
    await redis.command('SET', 'issue', '2023-01');
    await redis.kill();
    await expect(redis.command('PING')).rejects.toThrow('refused');
    await redis.restart();
    expect(await redis.command('GET', 'issue')).toBe('2023-01');
    expect(redis.url).toBe(url);
    expect(redis.pid).not.toBe(pid);
  });

  it('forgets everything when it is not append-only', async () => {
    const redis = await start({ appendOnly: false });
    await redis.command('SET', 'issue', '2023-01');
    await redis.restart();
    expect(await redis.command('DBSIZE')).toBe('0');
  });

  it('keeps to the memory and the policy it is given', async () => {
    const redis = await start({ policy: 'allkeys-lru', maxMemory: '3mb' });
    expect(await redis.command('CONFIG', 'GET', 'maxmemory*')).toContain('maxmemory-policy\nallkeys-lru');
    expect(await redis.command('CONFIG', 'GET', 'maxmemory')).toBe(`maxmemory\n${3 * 1024 * 1024}`);
  });

  it('does not collide with another', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    await one.command('SET', 'issue', '2023-01');
    expect(await other.command('DBSIZE')).toBe('0');
    await one.stop();
    expect(await other.command('PING')).toBe('PONG');
  });

  it('leaves neither a listener nor a folder when it is stopped', async () => {
    const redis = await start();
    const [, folder = ''] = (await redis.command('CONFIG', 'GET', 'dir')).split('\n');
    expect(existsSync(folder)).toBe(true);
    await redis.stop();
    await expect(redis.command('PING')).rejects.toThrow('refused');
    expect(existsSync(folder)).toBe(false);
  });

  it('ends when the tests that started it are killed', async () => {
    const program = `import { startRedis } from ${JSON.stringify(join(import.meta.dirname, 'redis.ts'))};
      const redis = await startRedis();
      console.log(redis.url, (await redis.command('CONFIG', 'GET', 'dir')).split('\\n')[1]);`;
    const tests = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(tests.stdout, 'data');
    const [url = '', folder = ''] = String(said).trim().split(' ');
    const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
    await once(socket, 'connect');
    const hungUp = once(socket.resume(), 'close');
    tests.kill('SIGKILL');
    await hungUp;
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 10_000 });
  });
});
