// A server on this machine that speaks so much of GitHub's REST API as `collect` asks for, from recorded facts.
// https://docs.github.com/en/rest/search/search#search-issues-and-pull-requests
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Fact {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly author: string | null;
  /** `User` where it is left out. */
  readonly type?: 'User' | 'Bot';
  readonly mergedAt: string | null;
}

export interface GithubSettings {
  readonly facts: readonly Fact[];
  /** Old name to new. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Names of people; all other owners are organisations. */
  readonly people?: readonly string[];
  /** Repositories that exist beside those with facts. */
  readonly empty?: readonly string[];
  /** Answers in place of the server; undefined lets it answer. `count` is how many requests came before. */
  readonly trouble?: (request: IncomingMessage, response: ServerResponse, count: number) => true | undefined;
}

export interface GithubServer {
  readonly url: string;
  /** Path and query of each request, in order. */
  readonly asked: readonly string[];
  readonly tokens: readonly (string | undefined)[];
  close(): Promise<void>;
}

export const JANUARY_2023: readonly Fact[] = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/github/january-2023.json'), 'utf8')) as { pulls: Fact[] }
).pulls.map((fact) => ({ ...fact, mergedAt: fact.mergedAt ?? '2023-01-15' }));

export async function startGithub(settings: GithubSettings): Promise<GithubServer> {
  const asked: string[] = [];
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const count = asked.length;
    asked.push(decodeURIComponent(request.url ?? ''));
    tokens.push(request.headers.authorization);
    if (settings.trouble?.(request, response, count)) return;
    void answer(new URL(request.url ?? '', 'http://github.example'), response, settings, url());
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ url: url(), asked, tokens },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
  return true;
}

function answer({ pathname, searchParams }: URL, response: ServerResponse, settings: GithubSettings, url: string): true {
  const { facts, renamed = {}, people = [], empty = [] } = settings;
  const repositories = new Set([...facts.map(({ repository }) => repository), ...empty]);
  const [, repository] = /^\/repos\/([^/]+\/[^/]+)$/.exec(pathname) ?? [];
  const [, owner] = /^\/users\/([^/]+)$/.exec(pathname) ?? [];
  const [, id] = /^\/repositories\/(\d+)$/.exec(pathname) ?? [];
  if (repository !== undefined) {
    const now = renamed[repository];
    const place = `${url}/repositories/${Object.keys(renamed).indexOf(repository)}`;
    if (now !== undefined) return json(response, 301, { message: 'Moved Permanently', url: place }, { location: place });
    const name = [...repositories].find((each) => each.toLowerCase() === repository.toLowerCase());
    return name ? json(response, 200, { full_name: name, archived: empty.includes(name) }) : notFound(response);
  }
  if (id !== undefined) return json(response, 200, { full_name: Object.values(renamed)[Number(id)], archived: false });
  if (owner !== undefined) {
    const isThere = [...repositories].some((each) => each.startsWith(`${owner}/`));
    return isThere
      ? json(response, 200, { login: owner, type: people.includes(owner) ? 'User' : 'Organization' })
      : notFound(response);
  }
  if (pathname === '/search/issues') return search(searchParams, response, facts);
  return notFound(response);
}

function notFound(response: ServerResponse): true {
  return json(response, 404, { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' });
}

function search(parameters: URLSearchParams, response: ServerResponse, facts: readonly Fact[]): true {
  const words = (parameters.get('q') ?? '').split(' ');
  const wordFor = (key: string): string | undefined => words.find((word) => word.startsWith(`${key}:`))?.slice(key.length + 1);
  const [since = '', until = ''] = wordFor('merged')?.split('..') ?? [];
  const [repository, owner] = [wordFor('repo'), wordFor('org') ?? wordFor('user')];
  if (!words.includes('is:pr') || !words.includes('is:merged') || (repository === undefined) === (owner === undefined))
    return json(response, 422, { message: 'Validation Failed' });
  const found = facts.filter((fact) => {
    const at = Date.parse(fact.mergedAt ?? '');
    const isIn = repository === undefined ? fact.repository.startsWith(`${owner}/`) : fact.repository === repository;
    return isIn && at >= Date.parse(since) && at <= Date.parse(until);
  });
  const [size, page] = [Number(parameters.get('per_page')), Number(parameters.get('page'))];
  const items = found
    .slice(0, 1_000)
    .slice((page - 1) * size, page * size)
    .map(toItem);
  return json(response, 200, { total_count: found.length, incomplete_results: false, items });
}

function toItem({ repository, number, title, author, type = 'User', mergedAt }: Fact): object {
  return {
    ...{ number, title, state: 'closed', html_url: `https://github.com/${repository}/pull/${number}` },
    repository_url: `https://api.github.com/repos/${repository}`,
    user: author === null ? null : { login: author, type },
    pull_request: { merged_at: mergedAt },
  };
}
