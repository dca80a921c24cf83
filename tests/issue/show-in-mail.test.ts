// What mail cannot show becomes something that works there.
import { describe, expect, it } from 'vitest';
import { parseBody } from './parse-markdown.ts';

const BASE = 'https://press.example/this/2023-01';
const squeezed = (body: string): string => parseBody(body).html.replace(/\n/g, '');

describe('a video', () => {
  it.each([
    [
      'with a poster is its poster and a caption, both in one link',
      '<video poster="p.png" src="v.mp4"></video>',
      `<p><a href="${BASE}/v.mp4"><img src="${BASE}/p.png" alt=""><br>▶ Watch</a></p>`,
    ],
    [
      'keeps the size of its poster',
      '<video poster="p.png" src="v.mp4" width="640" height="360"></video>',
      `<p><a href="${BASE}/v.mp4"><img src="${BASE}/p.png" alt="" width="640" height="360"><br>▶ Watch</a></p>`,
    ],
    [
      'leads where the link inside of it leads, under that name',
      '<video poster="p.png" src="v.mp4">\n<a href="../talk/">The <b>talk</b></a>\n</video>',
      `<a href="https://press.example/this/talk/"><img src="${BASE}/p.png" alt=""><br>▶ The talk</a>`,
    ],
    ['without a poster is a link', '<video src="v.mp4"></video>', `<p><a href="${BASE}/v.mp4">▶ Watch</a></p>`],
    [
      'with a title is called by it',
      '<video src="v.mp4" title="The talk"></video>',
      `<p><a href="${BASE}/v.mp4">▶ The talk</a></p>`,
    ],
    [
      'with sources leads to the first',
      '<video controls>\n<source src="v.webm">\n<source src="v.mp4">\n</video>',
      `<a href="${BASE}/v.webm">▶ Watch</a>`,
    ],
    ['that leads nowhere is what stands inside of it', '<video>No <i>video</i>.</video>', '<p>No <i>video</i>.</p>'],
  ])('%s', (_claim, body, html) => {
    expect(squeezed(body)).toBe(html);
  });
});

describe('an embedded thing', () => {
  it.each([
    ['<iframe src="https://e.example/x" title="A talk"></iframe>', '<a href="https://e.example/x">A talk</a>'],
    ['<iframe src="https://e.example/x" aria-label="A talk"></iframe>', '<a href="https://e.example/x">A talk</a>'],
    ['<iframe src="//e.example/x"></iframe>', '<a href="https://e.example/x">Open</a>'],
    ['<p><audio src="a.mp3"></audio></p>', `<p><a href="${BASE}/a.mp3">Listen</a></p>`],
    ['<p><audio controls><source src="a.ogg">No audio.</audio></p>', `<p><a href="${BASE}/a.ogg">Listen</a></p>`],
    ['<p><object data="x.pdf"></object></p>', `<p><a href="${BASE}/x.pdf">Open</a></p>`],
    ['<p><embed src="x.pdf"></p>', `<p><a href="${BASE}/x.pdf">Open</a></p>`],
    ['<p><audio>No audio.</audio></p>', '<p>No audio.</p>'],
  ])('becomes a link, or what stands inside of it: %s', (body, html) => {
    const parsed = parseBody(body);
    expect(parsed.html).toBe(html);
    expect(parsed.problems).toEqual([]);
  });

  it('becomes a link inside of lists and details too', () => {
    const body =
      '- a\n\n  <iframe src="https://e.example/x"></iframe>\n\n<details>\n\n<iframe src="https://e.example/y"></iframe>\n</details>';
    const { html } = parseBody(body);
    expect([...html.matchAll(/<a href="([^"]+)">Open<\/a>/g)].map((match) => match[1])).toEqual([
      'https://e.example/x',
      'https://e.example/y',
    ]);
  });
});

describe('a picture', () => {
  it('is its img, and the sources for other screens are left out', () => {
    const sources = '<source srcset="dark.png" media="(prefers-color-scheme: dark)"><source srcset="big.webp">';
    expect(parseBody(`a <picture>${sources}<img src="light.png" alt="L"></picture> b`).html).toBe(
      `<p>a <img src="${BASE}/light.png" alt="L"> b</p>`,
    );
  });
});

describe('details', () => {
  it('stand open, with Markdown inside, below their summary', () => {
    expect(squeezed('<details>\n<summary>The *sum*, <code>x</code></summary>\n\nInner **text**.\n\n- a\n\n</details>')).toBe(
      '<div class="details"><p class="summary">The *sum*, <code>x</code></p><p>Inner <strong>text</strong>.</p><ul><li>a</li></ul></div>',
    );
  });

  it('stand open inside of details, and the media in them works', () => {
    const inner = '<details><summary>in</summary>\n\n<video src="v.mp4"></video>\n\n- [x] done\n\n</details>';
    expect(squeezed(`<details>\n<summary>out</summary>\n\n${inner}\n\n</details>`)).toBe(
      '<div class="details"><p class="summary">out</p><div class="details"><p class="summary">in</p>' +
        `<p><a href="${BASE}/v.mp4">▶ Watch</a></p>` +
        '<ul class="contains-task-list"><li class="task-list-item">☑ done</li></ul></div></div>',
    );
  });
});
