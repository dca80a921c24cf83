// docker-compose.yml and the Dockerfile: by the Compose specification's own schema, and what no schema sees. No
// engine is started, so whether the images do what they promise is not seen here.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | { readonly source: string; readonly target: string; readonly read_only?: boolean })[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart: string;
  readonly stop_grace_period?: string;
  readonly container_name?: string;
}

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const TEXT = read('docker-compose.yml');
const COMPOSE: unknown = parse(TEXT, { merge: true });
const isCompose = composeSchema();

// The specification's schema stands for the shapes above as far as they are used.
const { services, volumes } = COMPOSE as { services: Record<string, Service>; volumes: Record<string, unknown> };
const all = Object.entries(services);
const ours = all.filter(([, { image }]) => image === 'postrider:local');
const lasting = all.filter(([, { restart }]) => restart !== 'no');
const [web, worker, migrate] = ['web', 'worker', 'migrate'].map((name) => services[name]!);

/** dclint brings the schema along as the specification publishes it. Its `$schema` is an address that Ajv does not know. */
function composeSchema() {
  const folder = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const { $schema: _, ...schema } = JSON.parse(readFileSync(join(folder, 'schemas/compose.schema.json'), 'utf8'));
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

it('is valid by the Compose specification', () => {
  isCompose(COMPOSE);
  expect(isCompose.errors).toBeNull();
  expect(isCompose({ services: { web: { ...web, restrat: 'no' } } })).toBe(false);
});

it('asks the environment in the forms that Compose knows', () => {
  const uses = TEXT.replace(/^\s*#.*$/gm, '').match(/\$.{0,40}/g) ?? [];
  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter((use) => !/^\$\{[A-Z_]+:[-?]/.test(use))).toEqual([]);
});

it('names only services and volumes that there are', () => {
  for (const [, { depends_on = {}, volumes: mounts = [] }] of all) {
    expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(depends_on)));
    const sources = mounts.map((mount) => (typeof mount === 'string' ? mount.split(':')[0]! : mount.source));
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(sources.filter((source) => !source.startsWith('$'))));
  }
});

it('publishes nothing beyond this machine', () => {
  const ports = all.flatMap(([, service]) => service.ports ?? []);
  expect(ports).toContain('127.0.0.1:8080:8080');
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

it('does not start without a secret', () => {
  for (const service of [web!, worker!, services['postrider']!])
    expect(service.environment?.['POSTRIDER_SECRET']).toMatch(/^\$\{POSTRIDER_SECRET:\?/);
});

it('keeps what Redis holds, and has it refuse rather than forget', () => {
  expect(services['redis']!.command?.join(' ')).toMatch(/--appendonly yes.*--maxmemory-policy noeviction/);
});

it.each(lasting)('knows whether %s is well, and starts it again', (_name, service) => {
  expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  expect(service.restart).toBe('unless-stopped');
});

it.each(ours)('runs %s as somebody other than root, with time to end well', (_name, { user, stop_grace_period }) => {
  expect(user).toMatch(/^\$\{POSTRIDER_USER:-[1-9]\d*:[1-9]\d*\}$/);
  expect(Number(/^(\d+)s$/.exec(stop_grace_period ?? '')?.[1])).toBeGreaterThan(30);
});

it('builds its image once, for builds of one name at one time get in each other’s way', () => {
  expect(ours.filter(([, { build }]) => build !== undefined).map(([name]) => name)).toEqual(['migrate']);
});

it.each([
  ['web', web!],
  ['worker', worker!],
])('starts %s when the tables are up to date and Redis answers, on a newsletter that it cannot change', (_name, service) => {
  expect(service.depends_on).toMatchObject({
    migrate: { condition: 'service_completed_successfully' },
    redis: { condition: 'service_healthy' },
  });
  expect(service.volumes?.[0]).toMatchObject({ target: '/newsletter', read_only: true });
  expect(migrate!.depends_on).toMatchObject({ postgres: { condition: 'service_healthy' } });
});

it('can have more than one worker', () => {
  expect({ ports: worker!.ports, name: worker!.container_name }).toEqual({ ports: undefined, name: undefined });
});

it('tells a worker that reaches ledger and schedule from one that does not', async () => {
  const [ledger, schedule] = [await listening(createServer()), await listening(createServer())];
  const reach = { DATABASE_URL: `postgres://a:b@127.0.0.1:${ledger.port}/c`, REDIS_URL: `redis://127.0.0.1:${schedule.port}` };
  expect(await exitOf(worker!, (code) => code, reach)).toBe(0);
  schedule.server.close();
  expect(await exitOf(worker!, (code) => code, reach)).toBe(1);
  ledger.server.close();
});

it('tells a web that answers from one that does not', async () => {
  let status = 200;
  const { server, port } = await listening(createWebServer((_request, response) => response.writeHead(status).end()));
  const here = (code: string): string => code.replace(':8080/healthz', `:${port}/healthz`);
  expect(await exitOf(web!, here)).toBe(0);
  status = 503;
  expect(await exitOf(web!, here)).toBe(1);
  server.close();
  await once(server, 'close');
  expect(await exitOf(web!, here)).toBe(1);
});

it('lets into the image all that it copies', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '));
  const [everything, ...allowed] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(everything).toBe('*');
  expect(copied).toEqual(expect.arrayContaining(['package-lock.json', 'src', 'bin', 'templates']));
  for (const source of copied) {
    expect({ source, files: globSync(source, { cwd: ROOT }).length > 0 }).toEqual({ source, files: true });
    expect(allowed).toContain(`!${source.split('/')[0]}`);
  }
});

async function listening<T extends Server>(server: T): Promise<{ server: T; port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** How the service's own check ends, as its container would run it. */
async function exitOf({ healthcheck }: Service, change: (code: string) => string, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const [, , flag, code] = healthcheck!.test as [string, string, string, string];
  const run = promisify(execFile)(process.execPath, [flag, change(code)], { env });
  return run.then(
    () => 0,
    (error: { code: number }) => error.code,
  );
}
