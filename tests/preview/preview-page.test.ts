// The page around a previewed mail: each view shows its own, whatever an issue, a problem or an address holds is text, and
// what a browser asks for wrongly is as it is at first.
import { afterEach, describe, expect, it } from 'vitest';
import { NOTHING } from '../../src/flows/preview-issue.ts';
import { LIGHTS, readLook, VIEWS } from '../../src/preview/preview-page.ts';
import { ADA, HEAD, type OpenPreview, openPreview, type Previewing } from './open-preview.ts';

let preview: OpenPreview | undefined;
afterEach(() => preview?.close());

async function open(previewing: Previewing = {}): Promise<OpenPreview> {
  preview = await openPreview(previewing);
  return preview;
}

async function page(path: string, previewing: Previewing = {}): Promise<string> {
  const { status, text } = await (await open(previewing)).get(path);
  expect(status).toBe(200);
  return text;
}

/** Of a page: what stands in the element, with its entities read. */
function inside(html: string, element: string): string {
  const found = new RegExp(`<${element}(?: [^>]*)?>([\\s\\S]*?)</${element}>`).exec(html)?.[1] ?? '';
  return readEntities(found);
}

function readEntities(html: string): string {
  const named: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    '#x27': "'",
    '#x3D': '=',
    '#x60': '`',
    amp: '&',
  };
  return html.replace(/&(#?\w+);/g, (whole, name: string) => named[name] ?? whole);
}

describe('what is asked for', () => {
  it('is a phone in the light for anybody, where nothing is said', () => {
    expect(readLook({})).toEqual({ view: 'phone', light: 'light', as: '' });
  });

  it.each(VIEWS.flatMap((view) => LIGHTS.map((light) => ({ view, light, as: 'ada@example.org' }))))(
    'may be $view, $light',
    (look) => {
      expect(readLook(look)).toEqual(look);
    },
  );

  it.each([
    ['of no such name', { view: 'tablet', light: 'dim', as: '' }],
    ['of a name that every object has', { view: 'constructor', light: '__proto__', as: '' }],
    ['in capitals', { view: 'PHONE', light: 'Dark', as: '' }],
    ['twice', { view: ['text', 'source'], light: ['dark', 'bare'], as: ['a@x.example', 'b@x.example'] }],
    ['no text', { view: 1, light: null, as: {} }],
    ['of no meaning', { theme: 'dark', __proto__: { view: 'text' } }],
  ])('is as at first, where it is %s', (_, query) => {
    const { view, light, as } = readLook({ ...query });
    expect({ view, light, as }).toEqual({ view: 'phone', light: 'light', as: '' });
  });

  it('as an address is no longer than one may be', () => {
    expect(readLook({ as: 'a'.repeat(10_000) }).as).toHaveLength(254);
  });

  it.each(['?view=tablet&light=dim', '?view=text&view=source', '?as=a&as=b', '?%00=%ff&view', '?view[]=text', '??', '?as=%'])(
    'over HTTP is a page, and no failure: %s',
    async (query) => {
      expect(await page(`/${query}`)).toContain('<iframe');
    },
  );
});

describe('the view', () => {
  it.each(['phone', 'desktop'])('%s is the mail in a frame, in three lights', async (view) => {
    const html = await page(`/?view=${view}&light=dark`);
    expect(html).toContain(`<main class="${view}">`);
    expect(readEntities(html)).toContain(`src="/mail?view=${view}&light=dark"`);
    expect(html.match(/aria-current="page"/g)).toHaveLength(2);
    for (const name of ['Phone', 'Desktop', 'Text', 'Source', 'Headers', 'Light', 'Dark', 'Bare'])
      expect(html).toContain(`>${name}</a>`);
  });

  it('text is the text part, and nothing else', async () => {
    const html = await page('/?view=text', { source: `${HEAD}A *word* in the text.\n` });
    expect(inside(html, 'pre')).toBe((await preview?.seen())?.shown?.text);
    expect(html).not.toContain('<iframe');
    expect(html).not.toContain('>Dark</a>');
  });

  it('source is the file, line by line, with its problems beside', async () => {
    const html = await page('/?view=source', { source: `${HEAD}One.\n\nTODO: two\n` });
    expect(html.match(/<li id="L\d+"/g)).toHaveLength(8);
    expect(html).toMatch(/<li id="L7" class="told"><code>TODO: two<\/code><p class="warning">“TODO” is still there\. /);
    expect(readEntities(html)).toContain('<a href="?view=source&light=light#L7">Line 7</a>');
  });

  it('headers is what stands before the body of the message', async () => {
    const html = await page('/?view=headers');
    expect(inside(html, 'pre')).toMatch(/^(?:[A-Z][\w-]*: [^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?)+$/);
    expect(inside(html, 'pre')).toMatch(/^Subject: Title\r?$/m);
    expect(inside(html, 'pre')).toMatch(/^List-Unsubscribe-Post: /m);
  });

  it('is told how large the mail is', async () => {
    expect(await page('/')).toMatch(/<dt>HTML<\/dt><dd>\d+\.\d kB, \d+ % of what Gmail shows<\/dd>/);
  });
});

describe('as a subscriber', () => {
  it('the mail has their name, as text', async () => {
    const { get } = await open();
    const as = encodeURIComponent(ADA.address);
    expect((await get(`/mail?as=${as}`)).text).toContain('Hello Ada &lt;b&gt;');
    expect(inside((await get(`/?view=text&as=${as}`)).text, 'pre')).toContain('Hello Ada <b>');
    expect(inside((await get(`/?view=headers&as=${as}`)).text, 'pre')).toContain(ADA.address);
  });

  it('every way to look keeps the address', async () => {
    const html = await page(`/?as=${encodeURIComponent(ADA.address)}`);
    const hrefs = [...html.matchAll(/<nav[\s\S]*?<\/nav>/g)].flatMap(([nav]) => [...nav.matchAll(/href="([^"]*)"/g)]);
    expect(hrefs).toHaveLength(8);
    for (const [, href = ''] of hrefs) expect(new URLSearchParams(readEntities(href).slice(1)).get('as')).toBe(ADA.address);
  });

  // The address stands in it as it is, and a plus in a query is a space.
  it('the whole message is theirs, as the file, too', async () => {
    const { get } = await open();
    const { text } = await get(`/?view=headers&as=${encodeURIComponent(ADA.address)}`);
    const href = readEntities(/href="(\/message\.eml[^"]*)"/.exec(text)?.[1] ?? '');
    expect((await get(href)).text).toContain(ADA.address);
  });
});

const EVIL = `</pre></code></title><script>alert(1)</script> {{subject}} {{{styles}}} &amp; & "quoted" 'single' <img src=x onerror=alert(1)>`;

describe('what an issue holds', () => {
  const source = `+++\ntitle = '''${EVIL}'''\ndate = 2023-02-07\npreheader = '''${EVIL}'''\n+++\n\`\`\`\n${EVIL}\n\`\`\`\n\n[a](http://${EVIL.slice(0, 6)}x) TODO {{ ${EVIL} }}\n`;

  it.each(VIEWS.flatMap((view) => [view]))('is text, and none of the page’s own: %s', async (view) => {
    const html = await page(`/?view=${view}`, { source });
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img|onerror=/);
    expect(inside(html, 'h1')).toContain('<script>alert(1)</script> {{subject}} {{{styles}}}');
  });

  it('is in the source as it was written', async () => {
    const html = await page('/?view=source', { source });
    const lines = [...html.matchAll(/<code>([\s\S]*?)<\/code>/g)].map(([, line = '']) => readEntities(line));
    expect(lines.join('\n')).toBe(source);
  });

  it('is in the text as a reader gets it', async () => {
    const html = await page('/?view=text', { source });
    expect(inside(html, 'pre')).toBe((await preview?.seen())?.shown?.text);
    expect(inside(html, 'pre')).toContain(EVIL);
  });

  it('is text beside problems, and so are they', async () => {
    const problem = { severity: 'error', rule: EVIL, message: EVIL, advice: EVIL, file: 'x.md', line: 1 } as const;
    const look = () => Promise.resolve({ ...NOTHING, source: EVIL, file: 'x.md', problems: [problem], baseUrl: '' });
    for (const view of VIEWS) {
      const html = await page(`/?view=${view}&as=${encodeURIComponent(EVIL)}`, { look });
      expect(html.match(/<script/g)).toHaveLength(1);
      expect(html).not.toMatch(/<img|onerror=/);
      expect(inside(html, 'aside')).toContain(EVIL);
      await preview?.close();
    }
  });

  it('is shown in the frame without scripts', async () => {
    const { get } = await open({ source });
    const { text } = await get('/mail');
    expect(text).not.toMatch(/<script|<img[^>]*onerror/);
    expect(text).toContain('&lt;script>alert(1)');
  });
});

describe('where there is no mail', () => {
  const source = '+++\ntitle = "x\n+++\nText.\n';

  it.each(['phone', 'desktop', 'text', 'headers'])('the page says so, with the line of what is wrong: %s', async (view) => {
    const html = await page(`/?view=${view}`, { source });
    expect(html).toContain('There is no mail to show until what is wrong is mended.');
    expect(html).toMatch(/<li class="error"><a href="[^"]*#L2">Line 2<\/a> The TOML front matter /);
  });

  it('the source is shown all the same', async () => {
    const html = await page('/?view=source', { source });
    expect(html).toMatch(/<li id="L2" class="told"><code>title &#x3D; &quot;x<\/code><p class="error">/);
  });

  it.each(['/mail', '/message.eml', '/i/0123456789abcdef0123.png'])('%s is not there', async (path) => {
    const { get } = await open({ source });
    expect((await get(path)).status).toBe(404);
  });
});

describe('a problem of another file', () => {
  const problem = {
    severity: 'error',
    rule: 'newsletter',
    message: 'The name is missing.',
    file: 'newsletter.yaml',
    line: 3,
  } as const;
  const look = () =>
    Promise.resolve({ ...NOTHING, source: 'One.\nTwo.\nThree.\n', file: 'issues/2023-02.md', problems: [problem], baseUrl: '' });

  // Whose line it is, is not said anywhere.
  it('is told with its file', async () => {
    expect(await page('/', { look })).toContain('newsletter.yaml');
  });

  it('is not told beside a line of the issue', async () => {
    expect(await page('/?view=source', { look })).not.toContain('class="told"');
  });
});
