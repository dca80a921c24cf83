// How GitHub is asked: one question after the other, as its limits want it, again where that helps, and each failure as a sentence.
import { setTimeout as sleep } from 'node:timers/promises';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';

export interface Forge {
  /** `https://api.github.com`, or a server of one's own. */
  readonly apiUrl: string;
  /** Null asks as nobody, of whom GitHub takes fewer questions. */
  readonly token: string | null;
  /** Hears of a wait. */
  readonly onWait: (seconds: number) => void;
  /** How long a second is when something is tried again; less than 1,000 for tests alone. */
  readonly secondMs?: number;
}

/** Something that is not there for us, or not now; both sentences are for the editor. */
export class ForgeError extends Error {
  readonly advice: string;
  /** When it may be asked again, in milliseconds since the epoch; null where nobody says. */
  readonly until: number | null;

  constructor(message: string, advice: string, until: number | null = null) {
    super(message);
    this.advice = advice;
    this.until = until;
  }
}

const WAIT_MAX_SECONDS = 90;
const RETRIES = 3;
const PATIENCE_SECONDS = 60;

/** One GET; the data is whatever came. */
export type Ask = (path: string, parameters: Readonly<Record<string, string | number>>) => Promise<unknown>;

const Client = Octokit.plugin(retry, throttling);

export function askerOf({ apiUrl, token: written, onWait, secondMs = 1_000 }: Forge): Ask {
  const token = written?.trim() || null;
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw new ForgeError('GITHUB_TOKEN is none: it has spaces or other characters in it that no token has.', 'Copy it again.');
  const mayWait = (seconds: number, _options: unknown, _client: unknown, tries: number): boolean => {
    if (seconds > WAIT_MAX_SECONDS || tries >= RETRIES) return false;
    onWait(seconds);
    return true;
  };
  const client = new Client({
    ...{ baseUrl: apiUrl.replace(/\/+$/, ''), userAgent: 'postrider', ...(token !== null && { auth: token }) },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    request: { fetch: fetchWhole },
    retry: { retries: RETRIES, retryAfterBaseValue: secondMs, doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
    throttle: {
      // Each server has a pace of its own.
      id: apiUrl,
      ...{ onRateLimit: mayWait, onSecondaryRateLimit: mayWait },
      ...{ retryAfterBaseValue: secondMs, fallbackSecondaryRateRetryAfter: WAIT_MAX_SECONDS },
    },
  });
  return async (path, parameters) => {
    for (let tries = 0; ; tries++) {
      try {
        const { data } = await client.request(`GET ${path}`, { ...parameters });
        return data;
      } catch (error) {
        const seconds = plainWait(error as RequestFailure);
        if (seconds === null || !mayWait(seconds, null, null, tries)) throw explain(error, path, token !== null);
        await sleep(seconds * secondMs);
      }
    }
  };
}

/** A wait that the plugin passes over, for it goes by the words that come with it. */
function plainWait({ status, message, response }: RequestFailure): number | null {
  const headers = response?.headers ?? {};
  const isKnown = /\bsecondary rate\b/i.test(message) || headers['x-ratelimit-remaining'] === '0';
  const seconds = Number(headers['retry-after']);
  return (status === 429 || status === 403) && !isKnown && seconds > 0 ? seconds : null;
}

/** The whole answer or an error, in this time: what breaks off is asked for again, and what never comes is not waited for. */
async function fetchWhole(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_SECONDS * 1_000) }).catch(timedOut);
  const { status, statusText, headers } = answer;
  const body = await answer.arrayBuffer().catch((error: unknown) => {
    timedOut(error, 'its answer breaks off');
  });
  return new Response(status === 204 || status === 205 || status === 304 ? null : body, { status, statusText, headers });
}

function timedOut(error: unknown, otherwise?: string): never {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') throw new Error(`it does not answer in ${PATIENCE_SECONDS} s`);
  const { message = error.message, code = '' } = (error.cause ?? {}) as { message?: string; code?: string };
  throw new Error(otherwise ?? (message || code));
}

export function brokenOff(): ForgeError {
  return new ForgeError(
    'GitHub’s answer broke off, or is not what it should be.',
    'Try again; GITHUB_API_URL must be the API’s own address.',
  );
}

interface RequestFailure {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly headers?: Readonly<Record<string, string | number | undefined>> };
}

function explain(error: unknown, path: string, hasToken: boolean): ForgeError {
  if (error instanceof ForgeError) return error;
  const { status = 0, message, response } = error as RequestFailure;
  const name = path.replace(/^\/(?:repos|users)\//, '');
  if (response === undefined)
    return new ForgeError(`GitHub cannot be reached: ${sentence(message)}`, 'Look at the way to the web, and at GITHUB_API_URL.');
  if (status === 401)
    return new ForgeError('GitHub does not take GITHUB_TOKEN.', 'Make a new one; it needs no rights but to read.');
  if (status === 404)
    return new ForgeError(
      `GitHub knows no ${name}, or shows it to others only.`,
      'Mend collect.from in newsletter.yaml, or set a GITHUB_TOKEN that may read it.',
    );
  if (status === 422)
    return new ForgeError(`GitHub refuses the question: ${sentence(message)}`, 'Mend collect.from in newsletter.yaml.');
  if (status === 429 || (status === 403 && isOfRate(error as RequestFailure))) {
    const advice = hasToken ? 'Try again then.' : 'Try again then, or set GITHUB_TOKEN, of whom it takes more.';
    return new ForgeError(`GitHub takes no more questions for now (${status}).`, advice, untilWhen(response.headers ?? {}));
  }
  if (status < 500)
    return new ForgeError(
      `GitHub refuses the question (${status}): ${sentence(message)}`,
      hasToken ? 'Look at what GITHUB_TOKEN may read.' : 'Set a GITHUB_TOKEN that may read it.',
    );
  return new ForgeError(`GitHub answers ${status}.`, 'Try again in some minutes; https://www.githubstatus.com may say more.');
}

/** Many a 403 is no matter of how much was asked: an organisation may want its members signed in, say. */
function isOfRate({ message, response }: RequestFailure): boolean {
  const { headers = {} } = response ?? {};
  return headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /rate limit/i.test(message);
}

function untilWhen(headers: Readonly<Record<string, string | number | undefined>>): number | null {
  const [after, reset] = [Number(headers['retry-after']), Number(headers['x-ratelimit-reset']) * 1_000];
  if (after > 0) return Date.now() + after * 1_000;
  return headers['x-ratelimit-remaining'] === '0' && reset > 0 ? reset : null;
}

/** Of what the server says, the first line, without the page that explains it to programmers. */
function sentence(message: string): string {
  const [line = ''] = message.replace(/ - https:\/\/docs\.github\.com\S*$/, '').split('\n');
  return `${line.slice(0, 200).replace(/[.\s]+$/, '')}.`;
}
