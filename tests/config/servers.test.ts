// Where the servers are, DATABASE_URL, REDIS_URL, HOST, PORT and TRUST_PROXY: what each may be, and no password in what is said.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, type Environment, loadConfig } from '../../config/load.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { NEWSLETTER } from './sample-settings.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-config-')));
  writeFileSync(join(root, 'newsletter.yaml'), NEWSLETTER);
});
afterEach(() => rmSync(root, { recursive: true }));

function load(environment: Environment): Config {
  const result = loadConfig(root, environment, []);
  if (result.kind === 'problems') throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

function complaints(environment: Environment): string[] {
  const result = loadConfig(root, environment, []);
  return result.kind === 'problems' ? result.problems.map(formatProblem) : [];
}

describe('DATABASE_URL', () => {
  it.each([
    'postgres://press:sesame@db.example/news',
    'postgresql://press@db.example:5433/news',
    'postgres://db.example/news?sslmode=verify-full',
    'postgres:///news?host=/var/run/postgresql',
    'postgres://press:p%40ss%2Fword@[::1]:5432/news',
  ])('may name a server, and is left as it is: %s', (url) => {
    expect(load({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it('may stand in a file, as a secret does', () => {
    writeFileSync(join(root, 'secret'), 'postgres://press:sesame@db.example/news\n');
    expect(load({ DATABASE_URL_FILE: 'secret' }).databaseUrl).toBe('postgres://press:sesame@db.example/news');
  });

  it.each([
    ['postgres://', 'names no server and database'],
    ['postgres:///news', 'names no server and database'],
    ['postgres:news', 'names no server and database'],
    ['postgres://press:ses/ame@db.example/news', 'names no server and database'],
    ['postgresql://press:sesame@db.example:70000/news', 'names no server and database'],
    ['mysql://press:sesame@db.example/news', 'begins with mysql: and must begin with sqlite: or postgres:'],
    ['press:sesame@db.example/news', 'begins with press: and must begin with sqlite: or postgres:'],
  ])('%s is refused, and nothing of a password is shown', (url, said) => {
    const [complaint, ...others] = complaints({ DATABASE_URL: url });
    expect(complaint).toContain(said);
    expect(complaint).not.toMatch(/ses\/?ame|ame@/);
    expect(others).toEqual([]);
  });
});

describe('REDIS_URL', () => {
  it('is left out by whoever does without', () => {
    expect(load({}).redisUrl).toBeNull();
    expect(load({ REDIS_URL: '' }).redisUrl).toBeNull();
  });

  it.each(['redis://localhost:6379', 'rediss://press:sesame@redis.example:6380/2', 'redis://:sesame@[::1]'])(
    'may be %s',
    (url) => {
      expect(load({ REDIS_URL: url }).redisUrl).toBe(url);
    },
  );

  it('may stand in a file, as a secret does', () => {
    writeFileSync(join(root, 'secret'), 'redis://:sesame@redis.example\n');
    expect(load({ REDIS_URL_FILE: 'secret' }).redisUrl).toBe('redis://:sesame@redis.example');
  });

  it.each(['redis.example:6379', 'redis://', 'http://redis.example', 'redis://:ses/ame@redis.example:6379', 'sesame'])(
    '%s is refused, and nothing of it is shown',
    (url) => {
      const said = complaints({ REDIS_URL: url });
      expect(said).toEqual([expect.stringMatching(/^error: REDIS_URL is not the address of a Redis\. /)]);
      expect(said[0]).not.toMatch(/ses|ame@/);
    },
  );
});

describe('a password', () => {
  const SECRET = 'hunter2-hunter2';

  it.each(['DATABASE_URL', 'REDIS_URL', 'SMTP_URL', 'PORT'])('in a %s that cannot be read is not shown', (name) => {
    const urls = [`x://u:${SECRET}@h/d`, `postgres//u:${SECRET}@h`, `postgres://u:${SECRET}@h:x/d`, `redis://u:${SECRET}@:1`];
    for (const url of urls.filter(() => name !== 'PORT')) expect(complaints({ [name]: url }).join()).not.toContain(SECRET);
  });

  // Once: BASE_URL is repeated whole, though it is refused because there is a login in it.
  it('in a BASE_URL is not shown', () => {
    expect(complaints({ BASE_URL: `https://u:${SECRET}@news.example` }).join()).not.toContain(SECRET);
  });

  // Once: what has no colon is shown whole, as if it were a scheme; a password in the wrong file is.
  it('that stands where DATABASE_URL should is not shown', () => {
    expect(complaints({ DATABASE_URL: SECRET }).join()).not.toContain(SECRET);
  });
});

describe('HOST and PORT', () => {
  it('are the loopback and 8080 where nothing is said', () => {
    expect(load({}).web).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(load({ HOST: '', PORT: '' }).web).toMatchObject({ host: '127.0.0.1', port: 8080 });
  });

  it.each([
    ['0.0.0.0', '80', { host: '0.0.0.0', port: 80 }],
    ['::', '65535', { host: '::', port: 65_535 }],
    ['localhost', '0', { host: 'localhost', port: 0 }],
  ])('may be %s and %s', (HOST, PORT, web) => {
    expect(load({ HOST, PORT }).web).toMatchObject(web);
  });

  it.each(['65536', '-1', '80.5', 'http', '8080/tcp', '127.0.0.1:80', 'NaN', 'Infinity'])('PORT %s is refused', (PORT) => {
    expect(complaints({ PORT })).toEqual([`error: PORT (${PORT}) is not a port. Write a number from 1 to 65535.`]);
  });
});

describe('TRUST_PROXY', () => {
  it.each([
    ['', null],
    ['0', null],
    ['1', 1],
    ['2', 2],
    ['127.0.0.1', ['127.0.0.1']],
    ['10.0.0.0/8, ::1 fd00::/8', ['10.0.0.0/8', '::1', 'fd00::/8']],
  ])('may be %j', (TRUST_PROXY, trustProxy) => {
    expect(load({ TRUST_PROXY }).web.trustProxy).toEqual(trustProxy);
  });

  // Everybody's word about where a request comes from is nobody's.
  it.each(['true', '-1', '1.5', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '10.0.0.0/', ','])(
    '%s is refused',
    (TRUST_PROXY) => {
      expect(complaints({ TRUST_PROXY })).toEqual([
        `error: TRUST_PROXY (${TRUST_PROXY}) is neither a number of proxies nor their networks. Write how many proxies stand before Postrider, as in 1, or where they are, as in 10.0.0.0/8,127.0.0.1.`,
      ]);
    },
  );
});
