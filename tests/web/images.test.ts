// Images of issues on the web: a name stands for one content for ever, and what is no name of ours is no page of ours.
import { type IncomingHttpHeaders, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredImage } from '../../src/domain/image.ts';
import { openImages } from '../../src/flows/read-images.ts';
import { openPages, type ReaderPages } from './reader-pages.ts';

const PNG: StoredImage = {
  name: '0123456789abcdef0123.png',
  type: 'image/png',
  // The web has nothing to do with what is in it; all bytes pass.
  bytes: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};
const ODD_NAMES = [
  ...['abcdef0123456789abcd.png', '0123456789abcdef0123', '0123456789ABCDEF0123.png', '0123456789abcdef0123.png.png'],
  ...[
    '..',
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cetc',
    '%2e%2e',
    '%00',
    '0123456789abcdef0123.png%00',
    '%ff',
    '%',
    '__proto__',
  ],
  ...[
    'constructor',
    "'--",
    '%',
    '%25',
    'x'.repeat(90),
    'x'.repeat(5_000),
    '%F0%9F%A6%80',
    '',
    'a/b',
    '0123456789abcdef0123.png/',
  ],
];

let pages: ReaderPages;
beforeEach(async () => {
  pages = await openWith();
});
afterEach(async () => {
  await pages.close();
});

async function openWith(baseUrl = 'https://news.example'): Promise<ReaderPages> {
  const opened = await openPages({ baseUrl, images: (name) => openImages(opened.ledger)(name) });
  await opened.ledger.images.add([PNG], 1);
  return opened;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** The path goes out as it is written, dots and all. */
function get({ web }: ReaderPages, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: web.port, path, method }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }));
    });
    asked.on('error', reject).end();
  });
}

describe('an image', () => {
  it('is there byte by byte, for ever, as what it is, and for pages of any mail program', async () => {
    const { status, headers, bytes } = await get(pages, `/i/${PNG.name}`);
    expect({ status, bytes }).toEqual({ status: 200, bytes: PNG.bytes });
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '256',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['image/jpeg', '1123456789abcdef0123.jpg'],
    ['image/gif', '2123456789abcdef0123.gif'],
  ])('of the type %s says so', async (type, name) => {
    await pages.ledger.images.add([{ ...PNG, name, type }], 1);
    expect((await get(pages, `/i/${name}`)).headers['content-type']).toBe(type);
  });

  it('is there whatever a mail program adds to its address', async () => {
    expect((await get(pages, `/i/${PNG.name}?utm_source=x&v=2`)).status).toBe(200);
  });

  it('can be asked for its head alone', async () => {
    const { status, headers, bytes } = await get(pages, `/i/${PNG.name}`, 'HEAD');
    expect([status, headers['content-type'], headers['content-length'], bytes.length]).toEqual([200, 'image/png', '256', 0]);
  });

  it.each(['POST', 'PUT', 'DELETE'])('cannot be changed by %s', async (method) => {
    expect((await get(pages, `/i/${PNG.name}`, method)).status).toBe(404);
    expect((await get(pages, `/i/${PNG.name}`)).bytes).toEqual(PNG.bytes);
  });

  it('of a name that is there already stays what it was', async () => {
    await pages.ledger.images.add([{ ...PNG, type: 'text/html', bytes: new Uint8Array(1) }], 2);
    expect((await get(pages, `/i/${PNG.name}`)).bytes).toEqual(PNG.bytes);
  });

  it('is below the path of BASE_URL, and nowhere else', async () => {
    const below = await openWith('https://example.org/news');
    expect((await get(below, `/news/i/${PNG.name}`)).bytes).toEqual(PNG.bytes);
    expect((await get(below, `/i/${PNG.name}`)).status).toBe(404);
    await below.close();
  });
});

describe('what is no image', () => {
  it.each(ODD_NAMES)('is the page for links that do not work: /i/%s', async (name) => {
    const { status, headers, bytes } = await get(pages, `/i/${name}`);
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).not.toContain('immutable');
    expect(bytes).toEqual((await get(pages, '/nowhere')).bytes);
    expect(pages.faults).toEqual([]);
  });

  it('may be one in a moment: another process stores it', async () => {
    const name = '3123456789abcdef0123.png';
    expect((await get(pages, `/i/${name}`)).status).toBe(404);
    await pages.ledger.images.add([{ ...PNG, name }], 1);
    expect((await get(pages, `/i/${name}`)).status).toBe(200);
  });

  // A stranger has the ledger asked as often as they like; and PostgreSQL throws of a zero byte, which is a fault of ours.
  it('is not asked of the ledger where its name is none of ours', async () => {
    const asked: string[] = [];
    const images = (name: string) => Promise.resolve(void asked.push(name));
    const watched = await openPages({ images });
    for (const name of ODD_NAMES.filter((each) => each !== 'abcdef0123456789abcd.png')) await get(watched, `/i/${name}`);
    await watched.close();
    expect(asked).toEqual([]);
  });
});

describe('those that many ask for', () => {
  it('are asked of the ledger once, also by many at the same moment, up to 64 MB', async () => {
    const asked: string[] = [];
    const images = openImages({
      images: {
        add: () => Promise.resolve(),
        find: (name) => {
          asked.push(name);
          return Promise.resolve({ ...PNG, name, bytes: Buffer.alloc(1_000_000) });
        },
      },
    });
    await Promise.all(Array.from({ length: 100 }, (_, each) => images(`${each % 50}.png`)));
    expect(asked).toHaveLength(50);
    for (let each = 50; each < 65; each++) await images(`${each}.png`);
    await images('0.png');
    expect(asked.slice(65)).toEqual(['0.png']);
  });
});
