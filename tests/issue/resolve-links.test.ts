// Links and images: absolute in the mail, an author's own to the byte, and none that could do harm.
import { describe, expect, it } from 'vitest';
import { BODY_LINE, parseBody, placesOf } from './parse-markdown.ts';

/** Where the only link leads. */
function hrefOf(body: string): string | undefined {
  const { links } = parseBody(body);
  return links.length === 1 ? links[0] : undefined;
}

describe('a relative address', () => {
  it.each([
    ['../2022-12/', 'https://press.example/this/2022-12/'],
    ['part.html#x', 'https://press.example/this/2023-01/part.html#x'],
    ['./a/../b', 'https://press.example/this/2023-01/b'],
    ['/about', 'https://press.example/about'],
    ['//cdn.example/x', 'https://cdn.example/x'],
    ['?page=2&x=%20', 'https://press.example/this/2023-01/?page=2&x=%20'],
    ['#comment-form', 'https://press.example/this/2023-01/#comment-form'],
    ['', 'https://press.example/this/2023-01/'],
  ])('is resolved against the issue’s: %j', (written, href) => {
    expect(hrefOf(`[a](${written})`)).toBe(href);
    expect(hrefOf(`[a][r]\n\n[r]: <${written}>`)).toBe(href);
    expect(hrefOf(`<a href="${written}">a</a>`)).toBe(href);
  });

  it('of an image is resolved too, in Markdown and in HTML', () => {
    const { html } = parseBody('![a](a.png) <img src="../b.png" alt="b">');
    expect(html).toBe(
      '<p><img src="https://press.example/this/2023-01/a.png" alt="a"> ' +
        '<img src="https://press.example/this/b.png" alt="b"></p>',
    );
  });

  it.each([
    ['a heading', '[a](#the-crate)\n\n## The crate', '#the-crate'],
    ['a heading in another script', '[a](#%C3%BCber-uns)\n\n## Über uns', '#%C3%BCber-uns'],
    ['a named place', '[a](#here)\n\n<a name="here"></a>b', '#here'],
    ['an element with an id', '[a](#here)\n\n<span id="here">b</span>', '#here'],
  ])('stays where it leads to %s in the mail', (_case, body, href) => {
    expect(hrefOf(body)).toBe(href);
  });

  it('leads to the web page where its heading is not in the mail', () => {
    expect(hrefOf('[a](#the-title)\n\n## Another')).toBe('https://press.example/this/2023-01/#the-title');
    expect(hrefOf('[a](#%E0%A4%A)\n\n## Another')).toBe('https://press.example/this/2023-01/#%E0%A4%A');
  });
});

describe('an absolute address', () => {
  it.each([
    'https://e.example',
    'HTTPS://E.Example:443/A/../b',
    'https://e.example/?a=1&b=2&copy=3&lt=4&amp=5&&',
    'https://e.example/?q=a+b%20c%2F%2f&x[]=1&y={z}|^',
    'https://e.example/über/日本/🦀?é=ñ#ß',
    'https://en.wikipedia.example/wiki/Rust_(language)_(x)',
    'https://e.example/%7Euser/%E4%BD%A0?%zz=%',
    "https://e.example/a;b=c,d/*_~`$!@:'(",
    'https://müller.example/',
    'https://user:pass@e.example/',
    'http://[::1]:8080/x',
    'https://e.example/#a#b',
    'mailto:ed@e.example?subject=A%20b&body=c',
    'tel:+49-30-1',
    'xmpp:room@e.example?join',
    'irc://e.example/rust',
  ])('is the author’s to the byte: %s', (written) => {
    for (const body of [`[a](<${written}>)`, `[a][r]\n\n[r]: <${written}>`, `<a href="${written}">a</a>`]) {
      expect(parseBody(body)).toMatchObject({ links: [written], problems: [] });
    }
  });

  it('loses the spaces around it and no more', () => {
    expect(hrefOf('<a href=" https://e.example/a%20b?c ">a</a>')).toBe('https://e.example/a%20b?c');
    expect(hrefOf('<a href="https://e.example/a%20b?c ">a</a>')).toBe('https://e.example/a%20b?c');
    expect(hrefOf('[a]( https://e.example/a%20b?c )')).toBe('https://e.example/a%20b?c');
  });

  it.each(['\n', '\t', '&#10;', '&#13;', '&Tab;'])('never holds a control character: %j', (character) => {
    expect(hrefOf(`<a href="https://e.exa${character}mple/a${character}b">a</a>`)).toBe('https://e.example/ab');
  });

  it('of an image is the author’s too', () => {
    const { html } = parseBody('![a](https://E.example/ü%7E.png?a=1&b=(2))');
    expect(html).toBe('<p><img src="https://E.example/ü%7E.png?a=1&amp;b=(2)" alt="a"></p>');
  });
});

describe('an address that could do harm', () => {
  const ADDRESSES = [
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', '&#106;avascript:alert(1)', 'javascript&colon;alert(1)',
    '&#x6A;&#x61;vascript&#58;alert(1)', 'java&#9;script:alert(1)', 'java&Tab;script:alert(1)', 'java&#10;script:alert(1)',
    '\u0001javascript:alert(1)', '&#32; javascript:alert(1)', 'data:text/html,alert', 'DATA:text/html;base64,YWxlcnQ=',
    'data:image/svg+xml,alert', 'vbscript:alert(1)', 'VbScRiPt&colon;alert(1)', 'file:///etc/passwd', 'blob:https://e.example/x',
    'view-source:https://e.example', 'about:blank', 'filesystem:https://e.example/x',
  ]; // biome-ignore format: a list to read across

  it.each(ADDRESSES)('never passes in a Markdown link and is a warning with its place: %s', (address) => {
    const { html, problems } = parseBody(`a\nb [x](<${address}>)`);
    expect(html).toBe('<p>a\nb <a>x</a></p>');
    expect(placesOf(problems)).toEqual([`warning ${BODY_LINE + 1}:3`]);
  });

  it.each(ADDRESSES)('never passes in an HTML link and is a warning with its place: %s', (address) => {
    for (const body of [`<a href="${address}">x</a>`, `<a href='   ${address}'>x</a>`, `<a HREF="${address}" id="y">x</a>`]) {
      const { html, problems } = parseBody(`a\nb ${body}`);
      expect(html).toMatch(/^<p>a\nb <a( id="y")?>x<\/a><\/p>$/);
      expect(placesOf(problems)).toEqual([`warning ${BODY_LINE + 1}:3`]);
    }
  });

  it.each([...ADDRESSES, 'mailto:ed@e.example', 'tel:1'])('never passes as an image and is a warning: %s', (address) => {
    const { html, problems } = parseBody(`a\n![x](<${address}>)\n<img src="${address}" alt="x">`);
    expect(html).not.toContain('src');
    expect(placesOf(problems)).toEqual([`warning ${BODY_LINE + 1}:1`, `warning ${BODY_LINE + 2}:1`]);
  });

  it.each(ADDRESSES)('never passes in a reference or in a medium: %s', (address) => {
    const media = `<iframe src="${address}"></iframe><video src="${address}" poster="${address}"></video>`;
    const { html, problems } = parseBody(`[x][r]\n\n${media}\n\n[r]: <${address}>`);
    expect(html).not.toMatch(/ (href|src|poster)=/);
    expect(problems.filter(({ severity, rule }) => severity === 'warning' && rule === 'link')).toHaveLength(4);
  });

  it.each(['https://', 'http://[x', 'https://e.example:99999/'])('is left out where it is none at all: %s', (address) => {
    const { html, problems } = parseBody(`[x](<${address}>)`);
    expect(html).toBe('<p><a>x</a></p>');
    expect(problems).toEqual([expect.objectContaining({ severity: 'warning', rule: 'link', line: BODY_LINE })]);
    expect(problems[0]?.message).toContain(`\`${address}\` is not a web address`);
  });

  it.each(['@/posts/x.md', '{filename}/x.md', '{static}/x.png'])(
    'is warned of where only a generator knows it: %s',
    (address) => {
      expect(parseBody(`[x](${address})`).problems).toEqual([
        expect.objectContaining({ severity: 'warning', rule: 'link', line: BODY_LINE, column: 1 }),
      ]);
    },
  );
});
