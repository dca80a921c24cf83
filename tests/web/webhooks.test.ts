// Webhooks over HTTP: what a provider hears, and that readers' forms beside them stay as they are.
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Request } from '../../src/flows/take-notice.ts';
import { openPages, type ReaderPages } from './reader-pages.ts';

let pages: ReaderPages;
let asked: Request[];
let refusals: string[];
let answer: () => Promise<Answer>;
beforeEach(async () => {
  asked = [];
  refusals = [];
  answer = () => Promise.resolve({ kind: 'taken' });
  pages = await openPages({ webhooks: webhooks(['amazon', 'postmark']) });
});
afterEach(() => pages.close());

function webhooks(providers: readonly Request['provider'][]) {
  return {
    providers,
    take: (request: Request) => {
      asked.push(request);
      return answer();
    },
    onRefusal: (provider: string, why: string) => refusals.push(`${provider}: ${why}`),
  };
}

const post = (path: string, body: string, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }) =>
  pages.request(path, { method: 'POST', body, headers });

/** fetch() says what a body is; providers need not. */
function postPlainly(path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port: pages.web.port, path, method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end(body);
  });
}

describe('a notice', () => {
  it('that was taken is answered with 200, and says nothing', async () => {
    const { status, text, headers } = await post('/webhooks/amazon', '{"a":1}');
    expect([status, text, headers.get('content-type')]).toEqual([200, 'taken\n', 'text/plain']);
    expect(asked).toEqual([{ provider: 'amazon', authorization: '', body: '{"a":1}' }]);
  });

  it('that was refused is answered with 406, and why is for us alone', async () => {
    answer = () => Promise.resolve({ kind: 'refused', why: 'its signature does not hold' });
    const { status, text } = await post('/webhooks/amazon', '{}');
    expect([status, text, refusals]).toEqual([406, 'refused\n', ['amazon: its signature does not hold']]);
  });

  it('that cannot be written down is to come again, and we hear of it', async () => {
    answer = () => Promise.reject(new Error('disk full'));
    const { status, text } = await post('/webhooks/amazon', '{}');
    expect(status).toBe(500);
    expect(text).not.toContain('disk full');
    expect(pages.faults.map(({ message }) => message)).toEqual(['disk full']);
  });

  it.each([
    ['as JSON', 'application/json'],
    ['as JSON with its letters', 'application/json; charset=utf-8'],
    ['as text, as SNS has it', 'text/plain; charset=UTF-8'],
    ['as a form', 'application/x-www-form-urlencoded'],
    ['in parts', 'multipart/form-data; boundary=x'],
    ['as something unheard of', 'application/x-unheard-of'],
  ])('%s is read as it is', async (_, type) => {
    const body = '{"Type":"Notification","Message":"Zoë 💌\\n"}';
    expect((await post('/webhooks/amazon', body, { 'content-type': type })).status).toBe(200);
    expect(asked.map((each) => each.body)).toEqual([body]);
  });

  it('that does not say what it is is read as well', async () => {
    expect(await postPlainly('/webhooks/amazon', '{"a":1}')).toBe(200);
    expect(asked.map(({ body }) => body)).toEqual(['{"a":1}']);
  });

  it.each(['', 'not JSON', '<xml/>', '\u0000', '{"a":'])('that is %j is for the provider to prove', async (body) => {
    answer = () => Promise.resolve({ kind: 'refused', why: 'it is no JSON' });
    expect((await post('/webhooks/postmark', body)).status).toBe(406);
    expect(asked.map((each) => each.body)).toEqual([body]);
  });

  it('brings the password that it has', async () => {
    await post('/webhooks/postmark', '{}', { authorization: 'Basic eDp5' });
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Basic eDp5']);
  });

  it('of four megabytes is read, and of six is refused', async () => {
    expect((await post('/webhooks/amazon', 'x'.repeat(4_000_000))).status).toBe(200);
    expect((await post('/webhooks/amazon', 'x'.repeat(6_000_000))).status).toBe(413);
    expect(asked.map(({ body }) => body.length)).toEqual([4_000_000]);
  });
});

describe('the address', () => {
  it.each(['/webhooks/mailgun', '/webhooks/', '/webhooks', '/webhooks/sendgrid', '/webhooks/amazon/x', '/webhooks/constructor'])(
    '%s is none, where nobody has set it up',
    async (path) => {
      expect((await post(path, '{}', { 'content-type': 'text/plain' })).status).toBeGreaterThanOrEqual(404);
      expect(asked).toEqual([]);
    },
  );

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('of a webhook is none for %s', async (method) => {
    expect((await pages.request('/webhooks/amazon', { method })).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('stands behind the path of the public address', async () => {
    const below = await openPages({ baseUrl: 'https://news.example/letters', webhooks: webhooks(['mailgun']) });
    const statuses = [];
    for (const path of ['/letters/webhooks/mailgun', '/webhooks/mailgun'])
      statuses.push(
        (await below.request(path, { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } })).status,
      );
    expect([statuses, asked.length]).toEqual([[200, expect.not.stringMatching('200')], 1]);
    await below.close();
  });
});

describe('beside them', () => {
  it("readers' forms are read as before", async () => {
    expect((await pages.post(`/u/${pages.token}`, { leave: 'yes' })).status).toBe(200);
    expect(await pages.state()).toBe('ended');
  });

  it('the one click in parts works as well', async () => {
    const body = new FormData();
    body.append('List-Unsubscribe', 'One-Click');
    expect((await pages.request(`/u/${pages.token}`, { method: 'POST', body })).status).toBe(200);
    expect(await pages.state()).toBe('ended');
  });

  it.each(['application/json', 'text/plain', 'application/xml'])('forms take no %s', async (type) => {
    const { status } = await post(`/u/${pages.token}`, '{"List-Unsubscribe":"One-Click"}', { 'content-type': type });
    expect([status, await pages.state()]).toEqual([415, 'active']);
  });

  it('forms of a megabyte are refused', async () => {
    expect((await pages.post(`/u/${pages.token}`, { leave: 'x'.repeat(1_000_000) })).status).toBe(413);
    expect(await pages.state()).toBe('active');
  });
});
