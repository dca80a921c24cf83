// The one reader of configuration: newsletter.yaml found upwards, .env beside it, the environment over both.
// Everybody else is handed what it needs.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { DkimKey } from '../src/domain/dkim.ts';
import type { Problem } from '../src/domain/problem.ts';
import { packageRoot, packageVersion } from './package-root.ts';
import { DKIM_NAMES, readDkimKey } from './read-dkim.ts';
import { readNewsletter } from './read-newsletter.ts';
import { RETURNS_NAMES, type ReturnsPlaces, readReturnsPlaces } from './read-returns.ts';
import { type RelayPlace, readSmtpUrl } from './read-smtp-url.ts';
import type { Newsletter } from './schema.ts';

/** What a command cannot do without. */
export type Need = 'newsletter' | 'relay' | 'secret' | 'base-url';

export interface Config {
  /** The folder that holds newsletter.yaml, or config/newsletter.yaml. */
  readonly root: string;
  readonly newsletter: Newsletter;
  readonly databaseUrl: string;
  /** Null where REDIS_URL is not set: the schedule is in this process. */
  readonly redisUrl: string | null;
  /** Where `serve` listens. */
  readonly web: {
    readonly host: string;
    readonly port: number;
    /** Hops or networks of proxies before us; null for none. */
    readonly trustProxy: number | readonly string[] | null;
  };
  /** Where returned mail comes in. */
  readonly returns: ReturnsPlaces;
  /** Null where SMTP_URL is not set. */
  readonly relay: RelayPlace | null;
  /** Postrider's own pages; a placeholder that leads nowhere where BASE_URL is not set. */
  readonly baseUrl: string;
  /** Newest first; empty where POSTRIDER_SECRET is not set. */
  readonly secrets: readonly string[];
  /** This machine is thrown away when its work is done, as those of GitHub are. */
  readonly isCi: boolean;
  /** Where `collect` asks. */
  readonly github: { readonly apiUrl: string; readonly token: string | null };
  /** What messages are signed with; null where nothing is set, and none is. */
  readonly dkim: DkimKey | null;
}

export type LoadResult =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

const FILES = ['newsletter.yaml', 'config/newsletter.yaml'];
const SECRET_MIN_CHARACTERS = 16;
const DEFAULT_PORT = 8080;

export function loadConfig(cwd: string, environment: Environment, needs: readonly Need[]): LoadResult {
  const found = findNewsletter(cwd);
  if (!found) return failed([missingNewsletter(cwd)]);
  const { root, file } = found;
  const folder = [file, join(root, '.env')].find((path) => existsSync(path) && !statSync(path).isFile());
  if (folder !== undefined) return failed([wrong(`${relative(cwd, folder)} is not a file.`, 'Make it one, or remove it.')]);
  const shown = relative(cwd, file);
  const { newsletter, problems: written } = readNewsletter(
    readFileSync(file, 'utf8'),
    readFileSync(join(packageRoot(), 'config/defaults.yaml'), 'utf8'),
    shown,
    packageVersion(),
  );
  // Whoever sends nothing can do without a key to sign with.
  const isSending = needs.includes('relay');
  const settings = settingsOf(root, environment, isSending ? [...NAMES, ...DKIM_NAMES] : NAMES);
  const places = readPlaces(settings.values, root, needs);
  const dkim = readDkimKey(settings.values, newsletter?.from.address ?? '');
  const problems = [
    ...written,
    ...settings.problems,
    ...places.problems,
    ...unheard(newsletter, places.value.returns),
    ...(isSending ? dkim.problems : []),
  ];
  if (problems.length > 0 || newsletter === null) return failed(problems);
  return { kind: 'config', config: { root, newsletter, ...places.value, isCi: isSet(environment['CI']), dkim: dkim.key } };
}

/** Upwards from here, as git looks for its folder. */
export function findNewsletter(cwd: string): { root: string; file: string } | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const name = FILES.find((each) => existsSync(join(folder, each)));
    // Within config/ the root is the folder above, as it is from there: one newsletter has one ledger.
    const isWithin = name === 'newsletter.yaml' && basename(folder) === 'config';
    if (name !== undefined) return { root: isWithin ? dirname(folder) : folder, file: join(folder, name) };
    if (dirname(folder) === folder) return undefined;
  }
}

function isSet(value: string | undefined): boolean {
  return !['', '0', 'false'].includes(value ?? '');
}

/** A listener takes mail for signed addresses only, and without a domain for them no message has one. */
function unheard(newsletter: Newsletter | null, { listen }: ReturnsPlaces): Problem[] {
  if (listen === null || newsletter === null || newsletter.returnsDomain !== undefined) return [];
  return [
    wrong(
      'RETURNS_LISTEN is set, but newsletter.yaml has no returnsDomain, so nothing will ever come there.',
      'Write returnsDomain: bounces.example.org, a domain whose mail comes to this listener.',
    ),
  ];
}

interface Settings {
  readonly values: Environment;
  readonly problems: readonly Problem[];
}

const NAMES = [
  'DATABASE_URL',
  'REDIS_URL',
  'SMTP_URL',
  'SMTP_USER',
  'SMTP_PASSWORD',
  'BASE_URL',
  'HOST',
  'PORT',
  'TRUST_PROXY',
  'POSTRIDER_SECRET',
  'GITHUB_TOKEN',
  'GITHUB_API_URL',
  ...RETURNS_NAMES,
];

/** The environment over .env, each with the files that its NAME_FILEs stand for. An empty value is none. */
function settingsOf(root: string, environment: Environment, names: readonly string[]): Settings {
  const file = join(root, '.env');
  const written = existsSync(file) ? parseEnv(readFileSync(file, 'utf8').replace(/^\ufeff/, '')) : {};
  const layers = [readFiles(written, root, names), readFiles(environment, root, names)];
  return {
    values: Object.assign({}, ...layers.map(({ values }) => values)),
    problems: layers.flatMap(({ problems }) => problems),
  };
}

function readFiles(layer: Environment, root: string, names: readonly string[]): Settings {
  const values = Object.fromEntries(Object.entries(layer).filter(([, value]) => (value ?? '') !== ''));
  const problems: Problem[] = [];
  for (const name of names) {
    const path = values[`${name}_FILE`];
    if (path === undefined || values[name] !== undefined) continue;
    try {
      values[name] = readFileSync(resolve(root, path), 'utf8').trim();
    } catch {
      problems.push(wrong(`${name}_FILE names ${path}, which cannot be read.`, 'Mend the path, or the rights of the file.'));
    }
  }
  return { values, problems };
}

function readPlaces(
  values: Environment,
  root: string,
  needs: readonly Need[],
): { value: Omit<Config, 'root' | 'newsletter' | 'dkim' | 'isCi'>; problems: Problem[] } {
  const problems: Problem[] = [];
  const relay = readRelay(values, needs, problems);
  const secrets = readSecrets(values, needs, problems);
  const baseUrl = readBaseUrl(values, needs, problems);
  const databaseUrl = readDatabaseUrl(values, root, problems);
  const redisUrl = readRedisUrl(values, problems);
  const web = readWeb(values, problems);
  const github = readGithub(values, problems);
  const returns = readReturnsPlaces(values, root);
  problems.push(...returns.problems);
  return { value: { databaseUrl, redisUrl, web, github, returns: returns.places, relay, baseUrl, secrets }, problems };
}

function readRelay(values: Environment, needs: readonly Need[], problems: Problem[]): RelayPlace | null {
  const url = values['SMTP_URL'] ?? '';
  if (url === '') {
    if (needs.includes('relay'))
      problems.push(
        wrong(
          'SMTP_URL is not set, so there is no relay to send through.',
          'Write SMTP_URL=smtp://HOST:PORT into .env; to try things out, run `postrider sink` beside and use smtp://localhost:2525.',
        ),
      );
    return null;
  }
  const result = readSmtpUrl({ url, user: values['SMTP_USER'], password: values['SMTP_PASSWORD'] });
  if (result.kind === 'place') return result.place;
  if (needs.includes('relay')) problems.push(result.problem);
  return null;
}

function readSecrets(values: Environment, needs: readonly Need[], problems: Problem[]): string[] {
  const secrets = (values['POSTRIDER_SECRET'] ?? '').split(/[\s,]+/).filter((secret) => secret !== '');
  if (!needs.includes('secret')) return secrets;
  if (secrets.length === 0)
    problems.push(
      wrong(
        'POSTRIDER_SECRET is not set; it signs the unsubscribe links.',
        'Make one with `openssl rand -hex 32`, write it into .env, and keep a copy: links in mail already sent need it.',
      ),
    );
  if (secrets.some((secret) => secret.length < SECRET_MIN_CHARACTERS))
    problems.push(
      wrong(
        `POSTRIDER_SECRET is shorter than ${SECRET_MIN_CHARACTERS} characters and could be guessed.`,
        'Make one with `openssl rand -hex 32`.',
      ),
    );
  return secrets;
}

function readBaseUrl(values: Environment, needs: readonly Need[], problems: Problem[]): string {
  const written = values['BASE_URL'] ?? '';
  if (written === '') {
    if (needs.includes('base-url'))
      problems.push(
        wrong(
          "BASE_URL is not set, so a reader's unsubscribe link would lead nowhere.",
          'Write the public address of Postrider into .env, as in BASE_URL=https://newsletter.example.org.',
        ),
      );
    return 'https://postrider.invalid';
  }
  const url = URL.parse(written);
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '' && url.password === '')
    return url.href.replace(/\/+$/, '');
  problems.push(
    wrong(
      `BASE_URL${written.includes('@') ? '' : ` (${written})`} is not a web address.`,
      'Write it as https://newsletter.example.org.',
    ),
  );
  return 'https://postrider.invalid';
}

function readDatabaseUrl(values: Environment, root: string, problems: Problem[]): string {
  const written = values['DATABASE_URL'] ?? '';
  if (written === '') return defaultLedger(root);
  const file = /^sqlite:(?:\/\/(?=\/)|(?!\/\/))(.+)$/.exec(written)?.[1];
  if (file !== undefined) return file === ':memory:' ? written : `sqlite:${resolve(root, file)}`;
  if (isServerUrl(written, ['postgres:', 'postgresql:'])) return written;
  const scheme = written.split(':')[0] ?? '';
  problems.push(
    wrong(
      /^(sqlite|postgres(ql)?):/.test(written)
        ? `DATABASE_URL names no ${scheme === 'sqlite' ? 'file' : 'server and database'} that Postrider could tell.`
        : `DATABASE_URL ${/^[a-z]+:/.test(written) ? `begins with ${scheme}: and ` : ''}must begin with sqlite: or postgres:.`,
      'Write DATABASE_URL=sqlite:FILE or DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE, or leave it out for .postrider/ledger.sqlite.',
    ),
  );
  return '';
}

/** Where a newsletter's ledger lies that says nothing of it. */
export function defaultLedger(root: string): string {
  return `sqlite:${join(root, '.postrider/ledger.sqlite')}`;
}

function readRedisUrl(values: Environment, problems: Problem[]): string | null {
  const written = values['REDIS_URL'] ?? '';
  if (written === '') return null;
  if (isServerUrl(written, ['redis:', 'rediss:'])) return written;
  problems.push(
    wrong(
      'REDIS_URL is not the address of a Redis.',
      'Write REDIS_URL=redis://HOST:6379, or rediss:// for TLS, or leave it out to do without Redis.',
    ),
  );
  return null;
}

/** A password in it is not shown to anybody. */
function isServerUrl(written: string, protocols: readonly string[]): boolean {
  const url = URL.parse(written);
  // PostgreSQL's own tools take a socket's folder as a parameter.
  const isPlace = url !== null && protocols.includes(url.protocol) && (url.hostname !== '' || url.searchParams.has('host'));
  // A password with a slash in it is cut there, and the rest would be shown as the path.
  return isPlace && !url.pathname.includes('@');
}

function readWeb(values: Environment, problems: Problem[]): Config['web'] {
  const port = Number(values['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(wrong(`PORT (${values['PORT']}) is not a port.`, 'Write a number from 1 to 65535.'));
  return { host: values['HOST'] ?? '127.0.0.1', port, trustProxy: readTrustProxy(values['TRUST_PROXY'] ?? '0', problems) };
}

function readGithub(values: Environment, problems: Problem[]): Config['github'] {
  const apiUrl = values['GITHUB_API_URL'] ?? 'https://api.github.com';
  if (!/^https?:\/\/./.test(apiUrl))
    problems.push(wrong(`GITHUB_API_URL (${apiUrl}) is not a web address.`, 'Leave it out for github.com.'));
  return { apiUrl, token: values['GITHUB_TOKEN'] ?? null };
}

/** Whoever is trusted wrongly may say that a request comes from anywhere: `true` for everybody is not taken. */
function readTrustProxy(written: string, problems: Problem[]): number | readonly string[] | null {
  if (/^\d{1,2}$/.test(written)) return Number(written) === 0 ? null : Number(written);
  const networks = written.split(/[\s,]+/).filter((each) => each !== '');
  if (networks.length > 0 && networks.every(isNetwork)) return networks;
  problems.push(
    wrong(
      `TRUST_PROXY (${written}) is neither a number of proxies nor their networks.`,
      'Write how many proxies stand before Postrider, as in 1, or where they are, as in 10.0.0.0/8,127.0.0.1.',
    ),
  );
  return null;
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

function missingNewsletter(cwd: string): Problem {
  return wrong(
    `There is no newsletter.yaml in ${cwd} or above it.`,
    'Go to the folder of your newsletter, or make one of this folder: postrider init',
  );
}

function wrong(message: string, advice: string): Problem {
  return { severity: 'error', rule: 'configuration', message, advice };
}

function failed(problems: readonly Problem[]): LoadResult {
  return { kind: 'problems', problems };
}
