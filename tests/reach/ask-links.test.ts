// What the web says of a link, asked over real connections to servers on this machine.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ASKING, type Asking, askLinks, type LinkAnswer } from '../../src/reach/ask-links.ts';
import { answersTo, answerTo, type SmallWeb, startWeb } from './a-web-of-ones-own.ts';

let web: SmallWeb;

beforeAll(async () => {
  web = await startWeb(answer);
});
afterAll(() => web.close());

beforeEach(() => {
  (web.asked as string[]).length = 0;
});

/** `/404` answers 404, `/302/200` leads to `/200`; and what servers do besides. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const [, first = '', ...rest] = (request.url ?? '').split('/');
  const isHead = request.method === 'HEAD';
  if (first === 'silent') return;
  if (first === 'hangs-up') return void request.socket.destroy();
  if (first === 'garbage') return void request.socket.end('SSH-2.0-OpenSSH_9.2\r\n');
  if (first === 'switching')
    return void request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  if (first === 'endless') return void response.writeHead(200).write('x');
  if (first === 'get-only') return void response.writeHead(isHead ? Number(rest[0]) : 200).end();
  if (first === 'get-only-hangs-up' && isHead) return void request.socket.destroy();
  if (first === 'round') return void response.writeHead(302, { location: '/round' }).end();
  if (first === 'to') return void response.writeHead(302, { location: decodeURIComponent(rest.join('/')) }).end();
  const status = Number(first) || 200;
  response.writeHead(status, status >= 300 && status < 400 && rest.length > 0 ? { location: `/${rest.join('/')}` } : {}).end();
}

describe('an answer', () => {
  it.each([
    ['/200', 'there'],
    ['/204', 'there'],
    ['/endless', 'there'],
    ['/404', 'gone', 'it answers 404'],
    ['/410', 'gone', 'it answers 410'],
    ['/400', 'unsure', 'it answers 400'],
    ['/401', 'unsure', 'it answers 401'],
    ['/403', 'unsure', 'it answers 403'],
    ['/429', 'unsure', 'it answers 429'],
    ['/451', 'unsure', 'it answers 451'],
    ['/500', 'unsure', 'it answers 500'],
    ['/503', 'unsure', 'it answers 503'],
    ['/999', 'unsure', 'it answers 999'],
    ['/hangs-up', 'unsure', 'it cannot be reached (ECONNRESET)'],
    ['/garbage', 'unsure', expect.stringContaining('it cannot be reached')],
    ['/silent', 'unsure', 'it does not answer in time'],
  ])('of %s is %s', async (path, kind, why?: unknown) => {
    expect(await answerTo(web.url + path)).toEqual(why === undefined ? { kind } : { kind, why });
  });

  it('is unsure where nobody listens', async () => {
    const gone = await startWeb(answer);
    await gone.close();
    expect(await answerTo(gone.url)).toEqual({ kind: 'unsure', why: 'it cannot be reached (ECONNREFUSED)' });
  });

  it('is unsure where the certificate is no certificate', async () => {
    expect(await answerTo(web.url.replace('http:', 'https:'))).toMatchObject({ kind: 'unsure' });
  });

  it('is gone where no host has this name', async () => {
    // By a server of names that is there; without one, nothing is known.
    expect(['gone', 'unsure']).toContain((await answerTo('http://nobody.invalid/', { timeoutMs: 5_000 }))?.kind);
  });
});

describe('a redirect', () => {
  it.each([
    ['to what is there', '/302/200', { kind: 'there' }],
    ['for good', '/301/200', { kind: 'there' }],
    ['with its method kept', '/307/308/303/200', { kind: 'there' }],
    ['to what is gone', '/302/404', { kind: 'gone', why: 'it answers 404' }],
    ['round in a circle', '/round', { kind: 'unsure', why: 'it leads on and on' }],
    ['over five steps', '/302/302/302/302/302/200', { kind: 'there' }],
    ['over six steps', '/302/302/302/302/302/302/200', { kind: 'unsure', why: 'it leads on and on' }],
    ['to nowhere', '/302', { kind: 'unsure', why: 'it answers 302' }],
    ['that is none', '/304', { kind: 'unsure', why: 'it answers 304' }],
    ['to another protocol', `/to/${encodeURIComponent('ftp://127.0.0.1/x')}`, { kind: 'unsure', why: 'it answers 302' }],
    ['to a file', `/to/${encodeURIComponent('file:///etc/passwd')}`, { kind: 'unsure', why: 'it answers 302' }],
    ['to no address', `/to/${encodeURIComponent('http://[')}`, { kind: 'unsure', why: 'it answers 302' }],
  ])('%s', async (_case, path, expected) => {
    expect(await answerTo(web.url + path)).toEqual(expected);
  });

  it('is followed by a few steps only, once for each method', async () => {
    await answerTo(`${web.url}/round`);
    expect(web.asked).toEqual([...Array<string>(6).fill('HEAD /round'), ...Array<string>(6).fill('GET /round')]);
  });
});

describe('the head', () => {
  it('is enough where it answers', async () => {
    await answerTo(`${web.url}/200`);
    expect(web.asked).toEqual(['HEAD /200']);
  });

  it.each(['/get-only/405', '/get-only/404', '/get-only/403', '/get-only/501', '/get-only-hangs-up'])(
    'is followed by the body where it is refused: %s',
    async (path) => {
      expect(await answerTo(web.url + path)).toEqual({ kind: 'there' });
      expect(web.asked).toEqual([`HEAD ${path}`, `GET ${path}`]);
    },
  );
});

describe('politeness', () => {
  it('asks each address once, and answers for each once', async () => {
    const urls = ['/200', '/204', '/200', '/200'].map((path) => web.url + path);
    expect((await answersTo(urls)).map(([url]) => url)).toEqual([`${web.url}/200`, `${web.url}/204`]);
    expect(web.asked).toEqual(['HEAD /200', 'HEAD /204']);
  });

  it('asks one thing at a time of a host', async () => {
    const { webs, most, close } = await startBusy(1);
    await answersTo(Array.from({ length: 10 }, (_, index) => `${webs[0]?.url}/${index}`));
    await close();
    expect(most()).toBe(1);
  });

  it('asks as many hosts at a time as it may, and no more', async () => {
    const { webs, most, close } = await startBusy(12);
    const urls = webs.flatMap(({ url }) => [`${url}/a`, `${url}/b`]);
    expect(await answersTo(urls, { hostsAtATime: 8 })).toHaveLength(24);
    await close();
    expect(most()).toBe(8);
  });

  it('asks eight hosts at a time, ten seconds each, and nobody in private', () => {
    expect(ASKING).toEqual({ hostsAtATime: 8, timeoutMs: 10_000, allowsPrivate: false });
  });

  it('asks nothing where there is nothing to ask', async () => {
    expect(await answersTo([])).toEqual([]);
  });

  it('says by which program it asks', async () => {
    let agent: string | undefined;
    const curious = await startWeb((request, response) => {
      agent = request.headers['user-agent'];
      response.end();
    });
    await answerTo(curious.url);
    await curious.close();
    expect(agent).toBe('Postrider link check');
  });
});

describe('what is private', () => {
  const there = (host: string): string => web.url.replace('127.0.0.1', host);

  it.each([
    '127.0.0.1',
    'localhost',
    '127.1',
    '127.0.0.2',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '0.0.0.0',
    '0',
    '127.0.0.1.',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '１２７.0.0.1',
  ])('is not connected to on this machine: %s', async (host) => {
    expect(await answerTo(there(host), { allowsPrivate: false })).toEqual({ kind: 'private' });
    expect(web.asked).toEqual([]);
  });

  it.each([
    ...['10.0.0.1', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1', '198.18.0.1'],
    ...['224.0.0.1', '255.255.255.255', '[fc00::1]', '[fd12::1]', '[fe80::1]', '[ff02::1]', '[::ffff:10.0.0.1]'],
  ])('is not connected to elsewhere: %s', async (host) => {
    expect(await answerTo(`http://${host}/`, { allowsPrivate: false })).toEqual({ kind: 'private' });
  });

  it('is asked once: no body after a head', async () => {
    const answers = await answersTo([there('localhost')], { allowsPrivate: false });
    expect(answers).toEqual([[there('localhost'), { kind: 'private' }]]);
  });

  it('is reached by a redirect where it may be', async () => {
    const other = await startWeb((_request, response) => void response.end());
    expect(await answerTo(leadingTo(other.url))).toEqual({ kind: 'there' });
    await other.close();
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '[::ffff:7f00:1]'])(
    'is not reached by a redirect either: %s',
    async (host) => {
      const other = await startWeb((_request, response) => void response.end());
      const url = leadingTo(other.url.replace('127.0.0.1', host));
      let answered: LinkAnswer | undefined;
      await askLinks([url], publicAtFirst(), (_url, answer) => {
        answered = answer;
      });
      await other.close();
      expect(answered).toEqual({ kind: 'private' });
      expect([...web.asked, ...other.asked]).toEqual([`HEAD ${new URL(url).pathname}`]);
    },
  );

  function leadingTo(url: string): string {
    return `${web.url}/to/${encodeURIComponent(url)}`;
  }

  /** The server that redirects is on this machine as well, and stands for one that is not: the first step is free. */
  function publicAtFirst(): Asking {
    let steps = 0;
    return {
      ...{ hostsAtATime: 1, timeoutMs: 400 },
      get allowsPrivate() {
        return steps++ === 0;
      },
    };
  }
});

describe('what a link may hold', () => {
  it.each(['/a%20b', '/a?b=c', '/%F0%9F%A6%80', '/a#b', '/%zz'])('is asked for as it stands: %s', async (path) => {
    expect(await answerTo(web.url + path)).toEqual({ kind: 'there' });
  });

  it('is never thrown for', async () => {
    expect(await answerTo(web.url.replace('//', '//a%ff@'))).toEqual({ kind: 'there' });
  });

  // 101 is neither a response nor an error to node's client, and the timeout comes too late: nobody ever answers, and the
  // command ends in the middle.
  it('gets an answer where a server switches to another protocol', { timeout: 2_000 }, async () => {
    expect(await answerTo(`${web.url}/switching`)).toMatchObject({ kind: 'unsure' });
  });

  // Each is waited for twice, one after the other: twenty links to a silent host take almost seven minutes.
  it('is not waited for again and again at a host that was silent', async () => {
    const startedAt = performance.now();
    await answersTo(
      Array.from({ length: 5 }, (_, index) => `${web.url}/silent/${index}`),
      { timeoutMs: 200 },
    );
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

interface Busy {
  readonly webs: readonly SmallWeb[];
  /** How many requests were open at once, at the most. */
  readonly most: () => number;
  readonly close: () => Promise<unknown>;
}

/** Servers that take their time, so that it shows who is asked meanwhile. */
async function startBusy(count: number): Promise<Busy> {
  let open = 0;
  let most = 0;
  const slowly = (_request: IncomingMessage, response: ServerResponse): void => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end();
    }, 60);
  };
  const webs = await Promise.all(Array.from({ length: count }, () => startWeb(slowly)));
  return { webs, most: () => most, close: () => Promise.all(webs.map((each) => each.close())) };
}
