// SMTP_URL to where the relay is and how it is spoken to. Pure.
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Problem } from '../src/domain/problem.ts';

export interface RelayPlace {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly isLoopback: boolean;
}

export interface SmtpParts {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

export type SmtpUrlResult =
  | { readonly kind: 'place'; readonly place: RelayPlace }
  | { readonly kind: 'problem'; readonly problem: Problem };

const ENCODE_ADVICE =
  'In a user name or password write @ as %40, : as %3A, / as %2F, # as %23, ? as %3F and % as %25; or give them apart as SMTP_USER and SMTP_PASSWORD.';

export function readSmtpUrl({ url, user, password }: SmtpParts): SmtpUrlResult {
  const hidden = hidePassword(url);
  const parsed = URL.parse(url);
  if (!parsed)
    return wrong(
      `SMTP_URL (${hidden}) cannot be read.`,
      /@/.test(url) ? ENCODE_ADVICE : 'Write smtp://HOST:PORT or smtps://HOST:PORT.',
    );
  if (parsed.protocol !== 'smtp:' && parsed.protocol !== 'smtps:')
    return wrong(
      `SMTP_URL ${url.includes('://') ? `begins with ${parsed.protocol}// and ` : ''}must begin with smtp:// or smtps://, as in smtp://localhost:25.`,
      'smtps:// is TLS from the first byte (port 465); smtp:// uses STARTTLS.',
    );
  if (parsed.hostname === '' || parsed.search !== '' || parsed.hash !== '' || !/^\/?$/.test(parsed.pathname))
    return wrong(`SMTP_URL (${hidden}) has more in it than a server.`, ENCODE_ADVICE);
  const login = readLogin(decode(parsed.username) ?? '', decode(parsed.password) ?? '', user, password);
  if (decode(parsed.username) === undefined || decode(parsed.password) === undefined)
    return wrong(`SMTP_URL (${hidden}) holds a % that encodes nothing.`, ENCODE_ADVICE);
  if (login === 'half')
    return wrong(
      'The relay is given a user name without a password, or a password without a user name.',
      'Give both, or neither.',
    );
  // The host of such a URL is left as it was written, its letter case too, and beyond ASCII percent-encoded.
  const written = parsed.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const host = written.includes('%') ? domainToASCII(decode(written) ?? '') : written;
  if (host === '' || parsed.port === '0')
    return wrong(`SMTP_URL (${hidden}) names no server that could be reached.`, ENCODE_ADVICE);
  const isLoopback = isLoopbackHost(host);
  const isSecure = parsed.protocol === 'smtps:';
  const port = parsed.port === '' ? (isSecure ? 465 : 587) : Number(parsed.port);
  return {
    kind: 'place',
    place: { host, port, security: isSecure ? 'tls' : isLoopback ? 'none' : 'starttls', login, isLoopback },
  };
}

/** A name is loopback only where it says so itself: what DNS answers is not asked. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function readLogin(urlUser: string, urlPassword: string, user?: string, password?: string): RelayPlace['login'] | 'half' {
  const login = { user: user || urlUser, password: password || urlPassword };
  if (login.user === '' && login.password === '') return null;
  return login.user === '' || login.password === '' ? 'half' : login;
}

/** Undefined where a % encodes nothing. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A password is never shown, however the rest is broken: of a login, and of what cannot be told from one, nothing is. */
function hidePassword(url: string): string {
  const rest = url.slice(url.lastIndexOf('@') + 1);
  const isPlain = /^(?:smtps?:\/\/)?[\w.-]*(?::\d*)?\/?$/i.test(rest);
  return `${url.includes('@') ? '…@' : ''}${isPlain ? rest : '…'}`;
}

function wrong(message: string, advice: string): SmtpUrlResult {
  return { kind: 'problem', problem: { severity: 'error', rule: 'configuration', message, advice } };
}
