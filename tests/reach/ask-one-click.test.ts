// How a web answers whoever leaves with one click, asked over real connections to servers on this machine.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOneClick } from '../../src/reach/ask-one-click.ts';
import { type SmallWeb, startWeb } from './a-web-of-ones-own.ts';

let web: SmallWeb;
let heard: { readonly headers: IncomingMessage['headers']; readonly body: string } | undefined;

beforeAll(async () => {
  web = await startWeb((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      heard = { headers: request.headers, body };
      answer(request, response);
    });
  });
});
afterAll(() => web.close());

function answer({ url = '', socket }: IncomingMessage, response: ServerResponse): void {
  if (url === '/silent') return;
  if (url === '/hangs-up') return void socket.destroy();
  if (url === '/stops') return void response.writeHead(200).write('You are');
  if (url === '/endless') return void pour(response.writeHead(200));
  const status = Number(url.slice(1));
  const location = status < 400 && status >= 300 ? { location: 'https://www.engine.dev/u/x' } : {};
  response.writeHead(status, status === 302 ? {} : location).end(`It is ${status}`);
}

function pour(response: ServerResponse): void {
  response.on('drain', () => pour(response));
  while (!response.destroyed && response.write('x'.repeat(10_000)));
}

it('asks as RFC 8058 has it: one POST of one field', async () => {
  await askOneClick(`${web.url}/200`);
  expect(web.asked.at(-1)).toBe('POST /200');
  expect(heard?.body).toBe('List-Unsubscribe=One-Click');
  expect(heard?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(heard?.headers['user-agent']).toBe('Postrider probe');
  expect(heard?.headers).not.toHaveProperty('cookie');
});

describe('an answer', () => {
  it.each([200, 202, 400, 404, 405, 429, 500, 503])('of %i is told with its text', async (status) => {
    expect(await askOneClick(`${web.url}/${status}`)).toEqual({ kind: 'answer', status, text: `It is ${status}` });
  });

  it.each([301, 303, 307, 308])('of %i leads on, and is not followed', async (status) => {
    const before = web.asked.length;
    expect(await askOneClick(`${web.url}/${status}`)).toEqual({ kind: 'redirect', status, to: 'https://www.engine.dev/u/x' });
    expect(web.asked).toHaveLength(before + 1);
  });

  it('that leads on without a word leads nowhere', async () => {
    expect(await askOneClick(`${web.url}/302`)).toEqual({ kind: 'redirect', status: 302, to: 'nowhere' });
  });

  it.each([
    ['is long in coming', '/silent'],
    ['stops in the middle', '/stops'],
    ['has no end', '/endless'],
  ])('that %s is none', async (_what, path) => {
    expect(await askOneClick(web.url + path, 300)).toEqual({ kind: 'silence', why: 'no answer in 0.3 s' });
  });

  it('that breaks off is none', async () => {
    expect(await askOneClick(`${web.url}/hangs-up`)).toEqual({ kind: 'silence', why: 'other side closed' });
  });

  it('is none where nobody listens, where no host has the name, and where the certificate is nobody’s', async () => {
    const gone = await startWeb(answer);
    await gone.close();
    expect(await askOneClick(gone.url)).toEqual({ kind: 'silence', why: expect.stringContaining('ECONNREFUSED') });
    expect(await askOneClick('https://nobody.invalid/')).toEqual({
      kind: 'silence',
      why: expect.stringMatching(/nobody\.invalid/),
    });
    expect(await askOneClick(web.url.replace('http:', 'https:'))).toMatchObject({ kind: 'silence' });
  });
});
