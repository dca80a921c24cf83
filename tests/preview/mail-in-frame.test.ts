// A mail for a frame: its dark rules are answered, its images come from this machine, its links open beside, and nothing
// else of it is touched.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailInFrame } from '../../src/preview/mail-in-frame.ts';
import { BASE, HEAD, type OpenPreview, openPreview } from './open-preview.ts';

const URL_OF_ISSUE = 'https://site.example/2023-02/';
const DARK = '@media (prefers-color-scheme:dark)';
const ANSWER = { light: '@media not all', dark: '@media all' } as const;

let preview: OpenPreview;
beforeAll(async () => {
  preview = await openPreview();
});
afterAll(() => preview.close());

async function mailOf(body: string): Promise<string> {
  preview.put('issues/2023-02.md', HEAD + body);
  return (await preview.seen()).shown?.html ?? '';
}

function framed(html: string, light: 'light' | 'dark' | 'bare' = 'light', url = URL_OF_ISSUE): string {
  return mailInFrame({ html, url }, BASE, light);
}

function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** With what was done for the eye undone again. */
function undone(shown: string, light: 'light' | 'dark'): string {
  return shown
    .replace('<base target="_blank">', '')
    .replace(ANSWER[light], DARK)
    .replace(`:root{color-scheme:${light};`, ':root{color-scheme:light dark;');
}

describe.each(['light', 'dark'] as const)('in the %s', (light) => {
  it('the mail’s one question for the dark is answered once, and nothing else is changed', async () => {
    const html = await mailOf('Text with `code`, a [link](https://e.example/) and\n\n| a | table |\n|---|---|\n| b | c |\n');
    expect(times(html, DARK)).toBe(1);
    const shown = framed(html, light);
    expect(times(shown, ANSWER[light])).toBe(1);
    expect(undone(shown, light)).toBe(html);
  });

  // It is looked for in all of the mail, and not in its styles only.
  it('what an issue says of the dark is not touched', async () => {
    const html = await mailOf(
      '```css\n@media (prefers-color-scheme: dark) { :root { color-scheme: light dark; } }\n```\n\ncolor-scheme:light dark\n',
    );
    expect(undone(framed(html, light), light)).toBe(html);
  });
});

describe('bare', () => {
  it('no style is left, and no image is loaded', async () => {
    const html = await mailOf('![A](https://e.example/a.png) <img src="b.png" alt="B" width="20">\n');
    const shown = framed(html, 'bare');
    expect(shown).not.toMatch(/<style|<\/style/);
    expect(shown.match(/<img [^>]*>/g)).toHaveLength(2);
    expect(shown.match(/ src="(?!data:,")[^"]*"/g)).toBeNull();
    expect(shown).toContain('alt="A"');
  });

  it('an image whose words have a > in them is not loaded either', async () => {
    const html = await mailOf('![a > b](https://e.example/a.png)\n');
    expect(framed(html, 'bare')).not.toContain('https://e.example/');
  });

  // HTML may say the words first, and a > in them is taken for the end of the tag.
  it('an image whose words come first and have a > in them is not loaded either', async () => {
    const html = await mailOf('<img alt="c > d" src="https://e.example/c.png">\n');
    expect(framed(html, 'bare')).not.toContain('https://e.example/');
  });

  it('what an issue says of styles and images is text, and stays', async () => {
    const html = await mailOf('`<style>a</style>`\n\n`<img alt="x" src="https://e.example/x.png">`\n');
    expect(framed(html, 'bare')).toContain('https://e.example/x.png');
    expect(framed(html, 'bare')).toContain('style>a');
  });
});

describe('images', () => {
  it.each([
    ['beside the issue', '![A](red.png)', '/beside/red.png'],
    ['in a folder beside it, with a space', '![A](a%20b/red.png?v=1)', '/beside/a%20b/red.png?v=1'],
    ['elsewhere', '![A](https://e.example/red.png)', 'https://e.example/red.png'],
    ['of the rest of the site', '![A](/logo.png)', 'https://site.example/logo.png'],
  ])('%s are asked for where they are', async (_, body, src) => {
    expect(framed(await mailOf(body))).toContain(` src="${src}"`);
  });

  it('in the archive come from the preview', () => {
    expect(framed(`<img alt="A" src="${BASE}/i/0123456789abcdef0123.png">`)).toBe(
      '<img alt="A" src="/i/0123456789abcdef0123.png">',
    );
  });

  // Its folder is then BASE_URL itself, and is looked for first.
  it('in the archive come from the preview where issues’ addresses end without a slash', () => {
    const html = `<img src="${BASE}/i/0123456789abcdef0123.png">`;
    expect(framed(html, 'light', `${BASE}/2023-02`)).toBe('<img src="/i/0123456789abcdef0123.png">');
  });

  it('leave links to them as they are', async () => {
    const html = await mailOf('[the picture](red.png)\n');
    expect(framed(html)).toContain(`href="${URL_OF_ISSUE}red.png"`);
  });

  // It is looked for in text as well, where quotes need no escape.
  it('leave what an issue says of them as it is', async () => {
    const html = await mailOf(`\`<img src="${URL_OF_ISSUE}red.png">\`\n`);
    expect(framed(html)).toContain(`img src="${URL_OF_ISSUE}red.png"`);
  });
});
