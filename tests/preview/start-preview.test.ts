// The preview over HTTP: who is answered, what may run, which files are given out, and who is told of a change.
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageRoot } from '../../config/package-root.ts';
import { NOTHING } from '../../src/flows/preview-issue.ts';
import { ADA, HEAD, type OpenPreview, openPreview, type Previewing } from './open-preview.ts';

let red: Buffer;
beforeAll(async () => {
  red = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
});

let preview: OpenPreview | undefined;
afterEach(async () => {
  await preview?.close();
  preview = undefined;
});

async function open(previewing: Previewing = {}): Promise<OpenPreview> {
  preview = await openPreview(previewing);
  return preview;
}

const PATHS = ['/', '/mail', '/message.eml', '/version', '/beside/red.png', '/i/0123456789abcdef0123.png', '/nowhere'];

describe('who is answered', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('a page of this machine is: %s', async (name) => {
    const { get, server } = await open();
    expect((await get('/', { host: `${name}:${server.port}` })).status).toBe(200);
    expect((await get('/', { host: name })).status).toBe(200);
  });

  it.each([
    ...['evil.example', 'evil.example:7070', 'localhost.evil.example', 'evil.example:localhost', '127.0.0.1.evil.example'],
    ...['127.0.0.2', '0.0.0.0', '192.168.0.1:7070', 'user@localhost', 'localhost:7070:1', 'xlocalhost'],
  ])('a page under another name that leads here is not: %s', async (host) => {
    const { get, put } = await open();
    put('issues/red.png', red);
    for (const path of PATHS) {
      const { status, text } = await get(path, { host });
      expect([path, status < 500 && status >= 400, /Title|Text\./.test(text)]).toEqual([path, true, false]);
    }
  });

  it('nobody else may read an answer or frame the page', async () => {
    const { get } = await open();
    for (const path of PATHS) {
      const { headers } = await get(path);
      expect([path, headers['access-control-allow-origin']]).toEqual([path, undefined]);
    }
    expect((await get('/')).headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await get('/mail')).headers['content-security-policy']).toContain("frame-ancestors 'self'");
  });
});

describe('what may run', () => {
  it('on the page is our script, and nothing else', async () => {
    const { get } = await open();
    const { headers, text } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toMatch(/; script-src 'sha256-[\w+/]+=*';/);
    expect(policy).toMatch(/; style-src 'sha256-[\w+/]+=*';/);
    expect(policy).toContain("; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(text).not.toMatch(/ on\w+=| style=|javascript:/);
  });

  it('in the frame is nothing, though a template of one’s own has a script', async () => {
    const { get, put } = await open();
    put('newsletter/email/email.mjml.hbs', withScript());
    const { headers, text } = await get('/mail');
    expect(text).toContain('alert(1)');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/script-src|connect-src|frame-src|object-src/);
    const { text: around } = await get('/');
    expect(around).toContain('sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"');
    expect(around).not.toContain('alert(1)');
  });

  // `default-src` does not speak of forms, and the mail may be opened without the frame.
  it('in the mail is no form, wherever it is shown', async () => {
    const { get } = await open();
    expect((await get('/mail')).headers['content-security-policy']).toMatch(/form-action 'none'|sandbox/);
  });

  it('in a drawing beside the issue is nothing', async () => {
    const { get, put } = await open();
    put('issues/a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const { headers } = await get('/beside/a.svg');
    expect(headers).toMatchObject({ 'content-type': 'image/svg+xml', 'x-content-type-options': 'nosniff' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
  });

  it.each(['/', '/mail', '/beside/red.png'])('%s is not kept, and is what it says it is', async (path) => {
    const { get, put } = await open();
    put('issues/red.png', red);
    expect((await get(path)).headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  // It is a subscriber's mail as well.
  it('/message.eml is not kept, and is what it says it is', async () => {
    const { get } = await open();
    expect((await get('/message.eml')).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });
});

/** Postrider's own template, with a script at the beginning of its body. */
function withScript(): string {
  const own = readFileSync(join(packageRoot(), 'templates/email/email.mjml.hbs'), 'utf8');
  return own.replace(/<mj-body[^>]*>/, '$&<mj-raw><script>alert(1)</script></mj-raw>');
}

describe('a file beside the issue', () => {
  it.each([
    ['beside it', 'issues/red.png', '/beside/red.png'],
    ['in a folder of its name', 'issues/2023-02/red.png', '/beside/red.png'],
    ['in a folder below', 'issues/a/b/red.png', '/beside/a/b/red.png'],
    ['with a space', 'issues/a b.png', '/beside/a%20b.png'],
    ['with a version', 'issues/red.png', '/beside/red.png?v=2'],
    ['with a percent sign', 'issues/100%.png', '/beside/100%25.png'],
    ['with letters of any language', 'issues/Grüße.png', '/beside/Gr%C3%BC%C3%9Fe.png'],
    ['of a long name', `issues/${'x'.repeat(200)}.png`, `/beside/${'x'.repeat(200)}.png`],
    ['of a loud name', 'issues/RED.PNG', '/beside/RED.PNG'],
  ])('%s is given out as it is', async (_, file, path) => {
    const { get, put } = await open();
    put(file, red);
    const { status, bytes, headers } = await get(path);
    expect([status, headers['content-type'], bytes.equals(red)]).toEqual([200, 'image/png', true]);
  });

  // What came in decoded is decoded again.
  it('whose name looks like an escape is given out, too', async () => {
    const { get, put } = await open();
    put('issues/a%20b.png', red);
    expect((await get('/beside/a%2520b.png')).status).toBe(200);
  });

  it.each([
    ['above the newsletter', '/beside/..%2f..%2fx.png'],
    ['above it, with plain dots', '/beside/../../x.png'],
    ['above it, with escaped dots', '/beside/%2e%2e/%2e%2e/x.png'],
    ['above it, escaped twice', '/beside/..%252f..%252fx.png'],
    ['above it, with backslashes', '/beside/..%5c..%5cx.png'],
    ['by its whole path', '/beside//etc/passwd'],
    ['by its whole path, as an image', '/beside/%2Ftmp%2Fx.png'],
    ['the newsletter’s settings', '/beside/newsletter.yaml'],
    ['the settings, from above', '/beside/..%2fnewsletter.yaml'],
    ['the secrets', '/beside/.env'],
    ['the secrets, from above', '/beside/..%2f.env'],
    ['the ledger', '/beside/..%2f.postrider%2fledger.sqlite'],
    ['the issue itself', '/beside/2023-02.md'],
    ['a folder', '/beside/'],
    ['a folder named as an image', '/beside/folder.png'],
    ['with a zero byte', '/beside/red.png%00.png'],
    ['with a zero byte and a type', '/beside/..%2f.env%00.png'],
    ['that is not there', '/beside/nowhere.png'],
    ['of a name that is too long', `/beside/${'x'.repeat(300)}.png`],
  ])('%s is not given out', async (_, path) => {
    const { get, put, root } = await open();
    for (const file of ['../x.png', 'issues/newsletter.yaml', 'issues/.env', 'issues/folder.png/a', '.postrider/ledger.sqlite'])
      put(file, `secret of ${root}`);
    const { status, text } = await get(path);
    expect([status, text.includes('secret')]).toEqual([404, false]);
  });

  // Only its path is within the newsletter.
  it('that is a link to outside of the newsletter is not given out', async () => {
    const { get, root } = await open();
    symlinkSync('/etc/hostname', join(root, 'issues/a.png'));
    expect((await get('/beside/a.png')).status).toBe(404);
  });

  it('in a folder that is a link to outside of the newsletter is not given out', async () => {
    const { get, put, root } = await open();
    put('../postrider-elsewhere/a.png', red);
    symlinkSync(join(root, '../postrider-elsewhere'), join(root, 'issues/elsewhere'));
    expect((await get('/beside/elsewhere/a.png')).status).toBe(404);
  });

  it('is what the mail’s frame asks for', async () => {
    const { get, put } = await open({ source: `${HEAD}![A](red.png)\n` });
    put('issues/red.png', red);
    const src = / src="([^"]*red\.png)"/.exec((await get('/mail')).text)?.[1] ?? '';
    expect([src, (await get(src)).bytes.equals(red)]).toEqual(['/beside/red.png', true]);
  });
});

describe('an image of the archive', () => {
  const archive = { source: `${HEAD}![A](red.png)\n`, issues: { images: 'archive' } } as const;

  it('is given out as the archive will', async () => {
    const { get, put, seen } = await open(archive);
    put('issues/red.png', red);
    const [image] = (await seen()).shown?.images ?? [];
    const src = / src="(\/i\/[^"]*)"/.exec((await get('/mail')).text)?.[1] ?? '';
    expect(src).toBe(`/i/${image?.name}`);
    const { status, bytes, headers } = await get(src);
    expect([status, headers['content-type'], bytes.equals(image?.bytes ?? red)]).toEqual([200, 'image/png', true]);
  });

  it('is given out under its own name only', async () => {
    const { get, put } = await open(archive);
    put('issues/red.png', red);
    for (const name of ['0123456789abcdef0123.png', 'red.png', '..%2fred.png', '__proto__'])
      expect((await get(`/i/${name}`)).status).toBe(404);
  });
});

describe('how it is asked', () => {
  it.each(['/', '/mail', '/message.eml', '/version'])('%s has a head', async (path) => {
    const { get } = await open();
    const { status, text, headers } = await get(path, { method: 'HEAD' });
    expect([status, text]).toEqual([200, '']);
    expect(headers['content-type']).toBe((await get(path)).headers['content-type']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused everywhere', async (method) => {
    const { get } = await open();
    for (const path of PATHS) {
      const { status } = await get(path, { method });
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
    }
  });
});

describe('the issue', () => {
  it('is looked at once for all parts of a page, and again when it changes', async () => {
    const { get, looks, server } = await open();
    await Promise.all(['/', '/mail', '/?view=text', '/message.eml'].map((path) => get(path)));
    expect(looks()).toBe(1);
    server.changed();
    await get('/');
    expect(looks()).toBe(2);
  });

  it('is looked at for each reader', async () => {
    const { get } = await open();
    const [any, adas] = await Promise.all([get('/mail'), get(`/mail?as=${encodeURIComponent(ADA.address)}`)]);
    expect([any.text.includes('Hello Ada Reader'), adas.text.includes('Hello Ada &lt;b&gt;')]).toEqual([true, true]);
  });

  it('is what it was saved as when it changed', async () => {
    const { get, put, server } = await open();
    await get('/');
    put('issues/2023-02.md', `${HEAD}Other words.\n`);
    server.changed();
    expect((await get('/mail')).text).toContain('Other words.');
  });

  it('is the same message, byte for byte, however often it is asked for', async () => {
    const { get, seen } = await open();
    const { bytes, headers } = await get('/message.eml');
    expect(headers['content-type']).toBe('message/rfc822');
    expect(bytes.equals(Buffer.from((await seen()).shown?.message ?? []))).toBe(true);
  });

  // Without our script there is nothing that would load it again.
  it('that cannot be looked at is a page that says why, and is told of the next change', async () => {
    const { get } = await open({ look: () => Promise.reject(new Error('words/en.yaml cannot be read.')) });
    const { text } = await get('/');
    expect(text).toContain('words/en.yaml cannot be read.');
    expect(text).toContain('<script>');
  });

  it('that could not be looked at is looked at again when it changes', async () => {
    let isBroken = true;
    const whole = { ...NOTHING, source: 'Text.', baseUrl: '' };
    const { get, server } = await open({ look: () => (isBroken ? Promise.reject(new Error('no')) : Promise.resolve(whole)) });
    expect((await get('/')).text).toContain('There is no mail to show');
    isBroken = false;
    server.changed();
    expect((await get('/')).text).not.toContain('>no<');
  });
});

describe('a change', () => {
  it('has another version than what was before, and the page says which it is of', async () => {
    const { get, server } = await open();
    const versions = [];
    for (let count = 0; count < 3; count++) {
      versions.push((await get('/version')).text);
      expect((await get('/')).text).toContain(`data-version="${versions.at(-1)}"`);
      server.changed();
    }
    expect(new Set(versions).size).toBe(3);
    expect((await get('/version')).headers['cache-control']).toBe('no-store');
  });

  // Else a page that was made before it would take itself for new.
  it('while a page is being made is not the one that the page is of', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { get, server } = await open({ look: async () => promise.then(() => ({ ...NOTHING, baseUrl: '' })) });
    const before = (await get('/version')).text;
    const page = get('/');
    await vi.waitFor(() => expect(server.port).toBeGreaterThan(0));
    await new Promise((next) => setImmediate(next));
    await get('/version');
    server.changed();
    resolve();
    expect((await page).text).toContain(`data-version="${before}"`);
  });
});
