// What was merged on GitHub, by its REST API. https://docs.github.com/en/rest/search/search#search-issues-and-pull-requests
//
// The search is asked, not the repositories' own lists: these are in no order of merging, and a month of two years ago would
// lie many pages deep.
import type { MergedInto, PullRequest } from '../domain/pull-request.ts';
import { type Ask, askerOf, brokenOff, type Forge, ForgeError } from './ask-github.ts';

export interface MergedQuestion {
  /** Organisations and people, and repositories as `owner/name`. */
  readonly from: readonly string[];
  /** Repositories. */
  readonly leaveOut: readonly string[];
  /** Moments as ISO 8601 with an offset, both included. */
  readonly since: string;
  readonly until: string;
}

const PAGE_SIZE = 100;
// GitHub shows no more of what a search finds.
const FOUND_MAX = 1_000;
const TRIES = 3;

/** In the order in which they are asked for; bots are left out. Rejects with a ForgeError, and never gives a part for the whole. */
export async function mergedPulls(question: MergedQuestion, forge: Forge): Promise<MergedInto[]> {
  const ask = askerOf(forge);
  const named = new Map<string, string>();
  const pulls = new Map<string, PullRequest>();
  for (const source of question.from) {
    const scope = await scopeOf(source, ask);
    if (scope.repository !== null) named.set(source.toLowerCase(), scope.repository);
    for (const pull of await search(scope.qualifier, question, ask)) pulls.set(pull.url, pull);
  }
  const leftOut = new Set(question.leaveOut.map((name) => name.toLowerCase()));
  const wanted = [...pulls.values()].filter(({ repository }) => !leftOut.has(repository.toLowerCase()));
  return [...Map.groupBy(wanted, ({ repository }) => repository)].map(([repository, merged]) => ({
    names: [repository, ...formerNames(repository, named)],
    pulls: merged.toSorted((one, other) => one.mergedAt - other.mergedAt || one.number - other.number),
  }));
}

function formerNames(repository: string, named: ReadonlyMap<string, string>): string[] {
  return [...named].flatMap(([written, now]) => (now === repository && written !== repository.toLowerCase() ? [written] : []));
}

interface Scope {
  readonly qualifier: string;
  /** As it is called now; null for an organisation or a person. */
  readonly repository: string | null;
}

/** A repository that was renamed is found by its old name, but the search knows only the new one. */
async function scopeOf(source: string, ask: Ask): Promise<Scope> {
  const data = await ask(source.includes('/') ? `/repos/${source}` : `/users/${source}`, {});
  const { full_name: repository, login, type } = (data ?? {}) as Record<string, unknown>;
  if (typeof repository === 'string') return { qualifier: `repo:${repository}`, repository };
  if (typeof login === 'string') return { qualifier: `${type === 'Organization' ? 'org' : 'user'}:${login}`, repository: null };
  throw brokenOff();
}

interface Found {
  readonly total_count: number;
  readonly incomplete_results: boolean;
  readonly items: readonly FoundPull[];
}

interface FoundPull {
  readonly number: number;
  readonly title: string;
  readonly html_url: string;
  readonly repository_url: string;
  readonly user: { readonly login: string; readonly type: string } | null;
  readonly pull_request?: { readonly merged_at?: string | null };
}

/** All pages; a span with more than GitHub shows is asked for in two halves. */
async function search(
  scope: string,
  { since, until }: Pick<MergedQuestion, 'since' | 'until'>,
  ask: Ask,
): Promise<PullRequest[]> {
  // In UTC, for the client takes a plus sign in a search for a space.
  const q = `is:pr is:merged ${scope} merged:${inUtc(since)}..${inUtc(until)}`;
  // By address: a page may bring again what the one before had.
  const items = new Map<string, FoundPull>();
  for (let page = 1; ; page++) {
    const found = await searchPage({ q, sort: 'created', order: 'asc', per_page: PAGE_SIZE, page }, ask);
    if (found.total_count > FOUND_MAX) return inHalves(scope, since, until, ask);
    for (const item of found.items) items.set(item.html_url, item);
    if (items.size >= found.total_count) break;
    if (found.items.length === 0)
      throw new ForgeError(
        `GitHub has found ${found.total_count} pull requests and shows ${items.size} of them.`,
        'Try again in some minutes.',
      );
  }
  return [...items.values()].filter(({ user }) => !isBot(user)).map(toPull);
}

async function searchPage(parameters: Readonly<Record<string, string | number>>, ask: Ask): Promise<Found> {
  // GitHub gives what it has where a search takes too long; asked again, it often has all.
  for (let tries = 0; tries < TRIES; tries++) {
    const data = await ask('/search/issues', parameters);
    if (!isFound(data)) throw brokenOff();
    if (!data.incomplete_results) return data;
  }
  throw new ForgeError(
    'GitHub gave only a part of what was merged, several times.',
    'Try again in some minutes, or ask for a shorter time.',
  );
}

async function inHalves(scope: string, since: string, until: string, ask: Ask): Promise<PullRequest[]> {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  const middle = Math.floor((from + to) / 2_000) * 1_000;
  if (middle <= from)
    throw new ForgeError(
      `More than ${FOUND_MAX} pull requests of ${scope} were merged at once.`,
      'Name its repositories one by one.',
    );
  const first = await search(scope, { since, until: iso(middle) }, ask);
  return [...first, ...(await search(scope, { since: iso(middle + 1_000), until }, ask))];
}

function inUtc(moment: string): string {
  return iso(Date.parse(moment));
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

function isFound(data: unknown): data is Found {
  const { total_count, items } = (data ?? {}) as Partial<Found>;
  return typeof total_count === 'number' && Array.isArray(items) && items.every(isPull);
}

function isPull(item: unknown): boolean {
  const { number, title, html_url, repository_url, user } = (item ?? {}) as Partial<FoundPull>;
  const isWhole = [title, html_url, repository_url].every((text) => typeof text === 'string') && typeof number === 'number';
  return isWhole && (user === null || typeof user?.login === 'string');
}

function isBot(user: FoundPull['user']): boolean {
  return user !== null && (user.type === 'Bot' || user.login.endsWith('[bot]'));
}

function toPull({ number, title, html_url, repository_url, user, pull_request }: FoundPull): PullRequest {
  const repository = repository_url.split('/').slice(-2).join('/');
  const mergedAt = Date.parse(pull_request?.merged_at ?? '') || 0;
  // Whoever closed an account is shown as this user.
  const author = user === null || user.login === 'ghost' ? null : user.login;
  return { repository, number, title, url: html_url, author, mergedAt };
}
