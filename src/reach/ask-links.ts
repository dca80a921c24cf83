// Asks the web whether links lead somewhere. Each address is asked once, politely: few at a time, one by one for each host,
// the head before the body. What is on this machine or in a private network is not asked, whatever a name or a redirect says.
import { type LookupAddress, lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { isPrivateAddress } from '../domain/public-address.ts';

/** `gone`: it says so itself, or there is no such host. `unsure`: it does not answer us, which says little. */
export type LinkAnswer =
  | { readonly kind: 'there' }
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'unsure'; readonly why: string }
  | { readonly kind: 'private' };

export interface Asking {
  readonly hostsAtATime: number;
  readonly timeoutMs: number;
  /** For tests on this machine. */
  readonly allowsPrivate: boolean;
}

export const ASKING: Asking = { hostsAtATime: 8, timeoutMs: 10_000, allowsPrivate: false };

const REDIRECTS_MAX = 5;
export const NO_HOST = 'there is no such host';
const ANSWERS = 'it answers';
const TOO_SLOW = 'it does not answer in time';
const ON_AND_ON = 'it leads on and on';

/** In no order; `onAnswer` hears of each as it comes. */
export async function askLinks(urls: readonly string[], asking: Asking, onAnswer: (url: string, answer: LinkAnswer) => void) {
  const byHost = [...Map.groupBy(new Set(urls), (url) => new URL(url).host).values()];
  const lines = Array.from({ length: asking.hostsAtATime }, async () => {
    for (let own = byHost.pop(); own !== undefined; own = byHost.pop()) await askHost(own, asking, onAnswer);
  });
  await Promise.all(lines);
}

/** A host that is silent once is not waited for again. */
async function askHost(urls: readonly string[], asking: Asking, onAnswer: (url: string, answer: LinkAnswer) => void) {
  let silence: LinkAnswer | null = null;
  for (const url of urls) {
    const answer: LinkAnswer = silence ?? (await ask(url, asking));
    if (isAway(answer) || ('why' in answer && answer.why === TOO_SLOW)) silence = answer;
    onAnswer(url, answer);
  }
}

async function ask(url: string, asking: Asking): Promise<LinkAnswer> {
  const answer = await follow(url, 'HEAD', asking);
  // Some servers know no HEAD, and say all kinds of things to it.
  if (answer.kind === 'there' || answer.kind === 'private' || isAway(answer)) return answer;
  return follow(url, 'GET', asking);
}

/** Asking otherwise would be no use. */
function isAway(answer: LinkAnswer): boolean {
  return 'why' in answer && (answer.why === NO_HOST || answer.why.includes('ECONNREFUSED'));
}

async function follow(url: string, method: 'HEAD' | 'GET', asking: Asking): Promise<LinkAnswer> {
  let current = url;
  for (let step = 0; step <= REDIRECTS_MAX; step++) {
    const response = await fetchHead(current, method, asking);
    if (typeof response === 'string') return failed(response);
    const { status, location } = response;
    if (status >= 200 && status < 300) return { kind: 'there' };
    if (status === 404 || status === 410) return { kind: 'gone', why: `${ANSWERS} ${status}` };
    const next = status >= 300 && status < 400 && location !== undefined ? URL.parse(location, current) : null;
    if (!next || !/^https?:$/.test(next.protocol)) return { kind: 'unsure', why: `${ANSWERS} ${status}` };
    current = next.href;
  }
  return { kind: 'unsure', why: ON_AND_ON };
}

function failed(code: string): LinkAnswer {
  if (code === 'PRIVATE') return { kind: 'private' };
  if (code === 'ENOTFOUND') return { kind: 'gone', why: NO_HOST };
  return { kind: 'unsure', why: code === 'TIMEOUT' ? TOO_SLOW : `it cannot be reached (${code})` };
}

interface Response {
  readonly status: number;
  readonly location: string | undefined;
}

/** Or the code of what went wrong. The body is never read. */
function fetchHead(url: string, method: 'HEAD' | 'GET', { timeoutMs, allowsPrivate }: Asking): Promise<Response | string> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!allowsPrivate && isIP(host) !== 0 && isPrivateAddress(host)) return Promise.resolve('PRIVATE');
  return new Promise((resolve) => {
    // A name and a password in an address are nobody's to use.
    const plain = `${protocol}//${hostname}${port === '' ? '' : `:${port}`}${pathname}${search}`;
    const signal = AbortSignal.timeout(timeoutMs);
    const request = (protocol === 'https:' ? requestSecure : requestPlain)(plain, {
      ...{ method, signal, agent: false },
      headers: { 'user-agent': 'Postrider link check', accept: '*/*' },
      // The address that was looked at is the one that is connected to: no second question can be answered otherwise.
      lookup: (name, options, callback) => {
        lookup(name, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
          if (error) return callback(error, []);
          if (!allowsPrivate && addresses.some(({ address }) => isPrivateAddress(address)))
            return callback(Object.assign(new Error('private'), { code: 'PRIVATE' }), []);
          const [first] = addresses;
          return options.all || !first ? callback(null, addresses) : callback(null, first.address, first.family);
        });
      },
    });
    request.on('response', (response) => {
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
      response.destroy();
    });
    // One that would talk of something else than the web, or that hangs up without a word.
    request.on('upgrade', (response, socket) => {
      resolve({ status: response.statusCode ?? 0, location: undefined });
      socket.destroy();
    });
    request.on('close', () => resolve(signal.aborted ? 'TIMEOUT' : 'ECLOSED'));
    request.on('error', (error: NodeJS.ErrnoException) => resolve(signal.aborted ? 'TIMEOUT' : (error.code ?? 'ERROR')));
    request.end();
  });
}
