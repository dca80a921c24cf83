// What is asked of GitHub, and what becomes of each answer: all of what was merged, or a sentence.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { MergedInto } from '../../src/domain/pull-request.ts';
import { ForgeError } from '../../src/forge/ask-github.ts';
import { type MergedQuestion, mergedPulls } from '../../src/forge/github.ts';
import { type Fact, type GithubServer, type GithubSettings, json, startGithub } from './github-server.ts';

const TOKEN = 'ghp_0123456789secret';
const JANUARY = { since: '2023-01-01T00:00:00Z', until: '2023-01-31T23:59:59Z' };
// Searches are two seconds apart, as GitHub wants them.
const LONG = 55_000;

const servers: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

interface Asked {
  readonly merged: MergedInto[];
  readonly numbers: number[];
  readonly waits: number[];
  readonly server: GithubServer;
}

type Settings = Partial<GithubSettings> & { readonly token?: string | null };

async function serverFor(settings: Settings): Promise<GithubServer> {
  const server = await startGithub({ facts: SOME, ...settings });
  servers.push(server);
  return server;
}

async function ask(settings: Settings = {}, question: Partial<MergedQuestion> = {}): Promise<Asked> {
  const server = await serverFor(settings);
  const waits: number[] = [];
  const forge = {
    apiUrl: server.url,
    token: settings.token ?? null,
    onWait: (seconds: number) => void waits.push(seconds),
    secondMs: 1,
  };
  const merged = await mergedPulls({ from: ['o/a'], leaveOut: [], ...JANUARY, ...question }, forge);
  return { merged, waits, server, numbers: merged.flatMap(({ pulls }) => pulls.map(({ number }) => number)) };
}

async function refusal(settings: Settings, question: Partial<MergedQuestion> = {}): Promise<ForgeError> {
  const error = await ask(settings, question).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ForgeError)) throw new Error(`No refusal: ${String(error)}`);
  expect(`${error.message} ${error.advice}`).not.toContain(settings.token ?? TOKEN);
  expect(error.message).toMatch(/^[A-Z][^\n]*\.$/);
  return error;
}

function fact(number: number, more: Partial<Fact> = {}): Fact {
  return { repository: 'o/a', number, title: `Change ${number}`, author: 'alice', mergedAt: '2023-01-09T10:00:00Z', ...more };
}

const many = (count: number): Fact[] =>
  Array.from({ length: count }, (_, index) =>
    fact(index + 1, { mergedAt: new Date(Date.parse(JANUARY.since) + index * 2_000_000).toISOString() }),
  );
const SOME = [fact(1), fact(2)];

type Trouble = (response: ServerResponse, request: IncomingMessage) => true | undefined;
/** In the first answers to a search only, or in all of them. */
function onSearch(times: number, trouble: Trouble): NonNullable<GithubSettings['trouble']> {
  let count = 0;
  return (request, response) => (request.url?.startsWith('/search') && count++ < times ? trouble(response, request) : undefined);
}
/** In the first answers of all. */
const onFirst =
  (times: number, trouble: Trouble): NonNullable<GithubSettings['trouble']> =>
  (request, response, count) =>
    count < times ? trouble(response, request) : undefined;
const EVER = Number.POSITIVE_INFINITY;
const soon = (seconds: number): string => String(Math.floor(Date.now() / 1_000) + seconds);

describe.concurrent('all is found', () => {
  it('over several pages', { timeout: LONG }, async () => {
    const { numbers, server } = await ask({ facts: many(250) });
    expect(numbers).toEqual(many(250).map(({ number }) => number));
    expect(server.asked.filter((path) => path.startsWith('/search'))).toHaveLength(3);
  });

  it('in halves of the time where it is more than GitHub shows, each once', { timeout: LONG }, async () => {
    const { numbers } = await ask({ facts: many(1_002) });
    expect(numbers).toEqual(many(1_002).map(({ number }) => number));
  });

  it('though it is merged at the first and the last second, and no later', async () => {
    const times = ['2022-12-31T23:59:59Z', JANUARY.since, JANUARY.until, '2023-02-01T00:00:00Z'];
    const { numbers } = await ask({ facts: times.map((mergedAt, index) => fact(index, { mergedAt })) });
    expect(numbers).toEqual([1, 2]);
  });

  it('in the newsletter’s own zone', async () => {
    const { server } = await ask({}, { since: '2023-01-01T00:00:00+01:00', until: '2023-01-31T23:59:59+01:00' });
    expect(server.asked.at(-1)).toContain('merged:2022-12-31T23:00:00Z..2023-01-31T22:59:59Z');
  });

  it('of a repository that was renamed, with its old name beside the new one', async () => {
    const { merged } = await ask(
      { facts: [fact(1, { repository: 'o/new' })], renamed: { 'o/Old': 'o/new' } },
      { from: ['o/Old'] },
    );
    expect(merged).toMatchObject([{ names: ['o/new', 'o/old'], pulls: [{ number: 1 }] }]);
  });

  it('of an archived repository, which has nothing', async () => {
    expect((await ask({ empty: ['o/done'] }, { from: ['o/done'] })).merged).toEqual([]);
  });

  it('of an organisation and a person, each asked for as what it is, without what is left out', async () => {
    const facts = [fact(1), fact(2, { repository: 'o/Website' }), fact(3, { repository: 'phil/os' })];
    const { merged, server } = await ask({ facts, people: ['phil'] }, { from: ['o', 'phil'], leaveOut: ['O/website'] });
    expect(merged.map(({ names }) => names)).toEqual([['o/a'], ['phil/os']]);
    expect(server.asked.join('\n')).toMatch(/ org:o [\s\S]* user:phil /);
  });

  it('once, where a repository is named and its organisation too', async () => {
    const { numbers } = await ask({}, { from: ['o/a', 'o', 'O/A'] });
    expect(numbers).toEqual([1, 2]);
  });

  it('without bots, and nobody is named for an account that is closed', async () => {
    const facts = [
      fact(1, { author: 'renovate', type: 'Bot' }),
      fact(2, { author: 'dependabot[bot]' }),
      fact(3, { author: null }),
      fact(4, { author: 'ghost' }),
      fact(5, { author: 'robot' }),
    ];
    const { merged } = await ask({ facts });
    expect(merged[0]?.pulls.map(({ number, author }) => [number, author])).toEqual([
      [3, null],
      [4, null],
      [5, 'robot'],
    ]);
  });

  // The search knows new names only, and nothing asks what a name that is left out has become.
  it.fails('without a repository that is left out by the name that it had', async () => {
    const settings = { facts: [fact(1, { repository: 'o/new' })], renamed: { 'o/old': 'o/new' } };
    expect((await ask(settings, { from: ['o'], leaveOut: ['o/old'] })).merged).toEqual([]);
  });

  it('oldest first', async () => {
    const { numbers } = await ask({ facts: [fact(7, { mergedAt: '2023-01-20T00:00:00Z' }), fact(9), fact(8)] });
    expect(numbers).toEqual([8, 9, 7]);
  });

  it('or nothing, where nothing was merged', async () => {
    expect((await ask({ facts: [], empty: ['o/a'] })).merged).toEqual([]);
  });
});

describe.concurrent('asked again, GitHub gives all', () => {
  it.each<[string, Trouble, number[]]>([
    ['after a 500', (response) => json(response, 500, { message: 'Server Error' }), []],
    ['after a 502 in HTML', (response) => answer(response, 502, 'text/html', '<h1>Unicorn!</h1>'), []],
    ['after a connection that was reset', (response) => reset(response), []],
    ['after half a page', (response) => half(response), []],
    [
      'after results that are not complete',
      (response) => json(response, 200, { total_count: 0, incomplete_results: true, items: [] }),
      [],
    ],
    ['after a 429 with a wait', (response) => json(response, 429, { message: 'Slow down' }, { 'retry-after': '3' }), [3]],
    [
      'after the secondary limit',
      (response) => json(response, 403, { message: 'You have exceeded a secondary rate limit.' }, { 'retry-after': '2' }),
      [2],
    ],
    [
      'after the secondary limit without a time',
      (response) => json(response, 403, { message: 'You have exceeded a secondary rate limit.' }),
      [90],
    ],
  ])('%s', { timeout: LONG }, async (_what, trouble, waits) => {
    const result = await ask({ trouble: onSearch(1, trouble) });
    expect([result.numbers, result.waits]).toEqual([[1, 2], waits]);
  });

  it('when its limit is reset in 2 s, and the wait is told of', { timeout: LONG }, async () => {
    const trouble: Trouble = (response) =>
      json(response, 403, { message: 'API rate limit exceeded' }, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': soon(2) });
    const { numbers, waits } = await ask({ trouble: onSearch(1, trouble) });
    expect(numbers).toEqual([1, 2]);
    expect(waits).toEqual([expect.toSatisfy((seconds: number) => seconds === 2 || seconds === 3)]);
  });
});

describe.concurrent('a sentence is given', () => {
  it.each<[string, NonNullable<Settings['trouble']>, RegExp]>([
    [
      'to a token that is none',
      onFirst(1, (r) => json(r, 401, { message: 'Bad credentials' })),
      /^GitHub does not take GITHUB_TOKEN/,
    ],
    [
      'to a question that is refused',
      onSearch(1, (r) =>
        json(r, 422, {
          message: 'Validation Failed',
          errors: [{ message: 'no' }],
          documentation_url: 'https://docs.github.com/x',
        }),
      ),
      /^GitHub refuses the question: Validation Failed: \{"message":"no"\}\.$/,
    ],
    [
      'to a token that its organisation does not let in',
      onFirst(1, (r) => json(r, 403, { message: 'Resource protected by organization SAML enforcement.' })),
      /refuses the question \(403\): Resource protected by organization SAML enforcement\.$/,
    ],
    [
      'to a repository that is withheld',
      onFirst(1, (r) => json(r, 451, { message: 'Repository access blocked' })),
      /\(451\): Repository access blocked\.$/,
    ],
    ['to 500 for ever', onFirst(EVER, (r) => json(r, 500, { message: 'Server Error' })), /^GitHub answers 500\.$/],
    ['to 502 in HTML for ever', onFirst(EVER, (r) => answer(r, 502, 'text/html', `<h1>${TOKEN}</h1>`)), /^GitHub answers 502\.$/],
    ['to half an answer for ever', onFirst(EVER, (r) => half(r)), /cannot be reached: its answer breaks off\.$/],
    [
      'to an empty answer',
      onFirst(EVER, (r) => answer(r, 200, 'application/json', '')),
      /answer broke off, or is not what it should be/,
    ],
    ['to HTML', onFirst(EVER, (r) => answer(r, 200, 'text/html', '<h1>Log in to the hotel</h1>')), /broke off, or is not/],
    [
      'to half an answer that calls itself whole',
      onSearch(EVER, (r) => answer(r, 200, 'application/json', '{"total_count":2,"items":[{')),
      /broke off, or is not/,
    ],
    [
      'to items that are none',
      onSearch(EVER, (r) => json(r, 200, { total_count: 1, incomplete_results: false, items: [null] })),
      /broke off, or is not/,
    ],
    ['to connections that are reset for ever', onFirst(EVER, (r) => reset(r)), /^GitHub cannot be reached: .+\.$/],
    [
      'to 429 for ever',
      onFirst(EVER, (r) => json(r, 429, { message: 'Slow' }, { 'retry-after': '1' })),
      /takes no more questions for now \(429\)/,
    ],
    [
      'to pages that are less than what they count',
      onSearch(EVER, (r) => json(r, 200, { total_count: 3, incomplete_results: false, items: [] })),
      /has found 3 pull requests and shows 0 of them/,
    ],
  ])('%s', { timeout: LONG }, async (_what, trouble, words) => {
    expect((await refusal({ trouble, token: TOKEN })).message).toMatch(words);
  });

  it('to a part for ever', { timeout: LONG }, async () => {
    const trouble = onSearch(EVER, (response) => json(response, 200, { total_count: 2, incomplete_results: true, items: [] }));
    expect((await refusal({ trouble })).message).toBe('GitHub gave only a part of what was merged, several times.');
  });

  it('to a page that brings again what the one before had', { timeout: LONG }, async () => {
    const trouble = onSearch(EVER, (response, { url }) =>
      json(response, 200, { total_count: 2, incomplete_results: false, items: /&page=[12]$/.test(url ?? '') ? [ITEM] : [] }),
    );
    expect((await refusal({ trouble })).message).toBe('GitHub has found 2 pull requests and shows 1 of them.');
  });

  it('to a name that nobody has', async () => {
    expect((await refusal({}, { from: ['o/none'] })).message).toMatch(/^GitHub knows no o\/none/);
    expect((await refusal({}, { from: ['nobody'] })).message).toMatch(/^GitHub knows no nobody/);
  });

  it('with the time, where the limit is reset in an hour', async () => {
    const reset = soon(3_600);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    const trouble = onFirst(1, (response) => json(response, 403, { message: 'API rate limit exceeded' }, headers));
    const error = await refusal({ trouble });
    expect(error).toMatchObject({ message: 'GitHub takes no more questions for now (403).', until: Number(reset) * 1_000 });
    expect(error.advice).toContain('set GITHUB_TOKEN');
    expect((await refusal({ trouble, token: TOKEN })).advice).toBe('Try again then.');
  });

  it('with the time, where the secondary limit lasts longer than is waited for', async () => {
    const headers = { 'retry-after': '600' };
    const trouble = onFirst(1, (response) =>
      json(response, 403, { message: 'You have exceeded a secondary rate limit' }, headers),
    );
    const { until } = await refusal({ trouble });
    expect((until ?? 0) - Date.now()).toBeGreaterThan(590_000);
  });

  it('to more than GitHub shows in one second', { timeout: LONG }, async () => {
    const trouble = onSearch(EVER, (response) =>
      json(response, 200, { total_count: 1_001, incomplete_results: false, items: [] }),
    );
    const span = { since: '2023-01-01T00:00:00Z', until: '2023-01-01T00:00:01Z' };
    expect((await refusal({ trouble }, span)).message).toBe('More than 1000 pull requests of repo:o/a were merged at once.');
  });

  it('where nobody listens', async () => {
    const server = await startGithub({ facts: [] });
    await server.close();
    const forge = { apiUrl: server.url, token: TOKEN, onWait: () => undefined, secondMs: 1 };
    await expect(mergedPulls({ from: ['o'], leaveOut: [], ...JANUARY }, forge)).rejects.toMatchObject({
      message: expect.stringMatching(/^GitHub cannot be reached: .*ECONNREFUSED.*\.$/),
    });
  });
});

describe.concurrent('a token', () => {
  it('goes along with each question', async () => {
    const { server } = await ask({ token: TOKEN });
    expect(new Set(server.tokens)).toEqual(new Set([`token ${TOKEN}`]));
  });

  it('is none where none is set', async () => {
    const { server } = await ask();
    expect(new Set(server.tokens)).toEqual(new Set([undefined]));
  });

  it('is not sent to another host that the API leads to', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      json(response, 200, { full_name: 'o/a' });
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    servers.push({ close: () => new Promise((resolve) => other.close(() => resolve())) });
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/repositories/1`;
    const trouble = onFirst(1, (response) => json(response, 301, {}, { location }));
    const { numbers, server } = await ask({ token: TOKEN, trouble });
    expect([numbers, seen]).toEqual([[1, 2], [undefined]]);
    expect(server.tokens).toEqual([`token ${TOKEN}`, `token ${TOKEN}`]);
  });

  it('with a line break at its end is taken without it', async () => {
    expect((await ask({ token: `${TOKEN}\n` })).server.tokens[0]).toBe(`token ${TOKEN}`);
  });

  it.each([`${TOKEN}\nX-Evil: 1`, `${TOKEN} ${TOKEN}`, `${TOKEN}’`])(
    'that no header can hold is not shown: %j',
    async (token) => {
      const error = await refusal({ token });
      expect(error.message).toMatch(/^GITHUB_TOKEN is none/);
      expect(error.message).not.toContain(TOKEN);
    },
  );
});

const ITEM = {
  ...{ number: 1, title: 'Change 1', html_url: 'https://github.com/o/a/pull/1' },
  repository_url: 'https://api.github.com/repos/o/a',
  user: { login: 'alice', type: 'User' },
  pull_request: { merged_at: '2023-01-09T10:00:00Z' },
};

function answer(response: ServerResponse, status: number, type: string, body: string): true {
  response.writeHead(status, { 'content-type': type }).end(body);
  return true;
}

function half(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"total_count": 2, "items": [', () => response.destroy());
  return true;
}

function reset(response: ServerResponse): true {
  response.socket?.resetAndDestroy();
  return true;
}
