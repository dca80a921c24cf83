// A whole email: its frame, its slots, and that whatever an author writes arrives as written.
import { describe, expect, it } from 'vitest';
import { readHtml } from './reading.ts';
import { renderBody, renderMarkdown } from './render-markdown.ts';

const URL_OF_ISSUE = 'https://press.example/2023-01/';

/** The words of the page as a reader sees them. */
async function pageOf(body: string, circumstances = {}): Promise<string> {
  const { html } = await renderBody(body, circumstances);
  return readHtml(html, URL_OF_ISSUE).texts.join(' ').replace(/\s+/g, ' ');
}

describe('the frame', () => {
  it('has title, preheader, masthead and web version', async () => {
    const { html, text } = await renderMarkdown(
      '+++\ntitle = "The title"\ndate = 2023-02-07\npreheader = "A teaser"\n+++\nText.',
    );
    expect(html).toContain('<title>The title</title>');
    expect(html).toMatch(/<body[^>]*>\s*<div[^>]*>\s*<div style="display:none;[^"]*">A teaser<\/div>/);
    expect(readHtml(html, URL_OF_ISSUE).headings).toEqual(['The title']);
    expect(html).toContain('<b class="name">The Press</b> <span class="dot">·</span> February 7, 2023');
    expect(html).toContain(`<a href="${URL_OF_ISSUE}">Read this issue on the web</a>`);
    expect(text).toMatch(/^The Press · February 7, 2023\n\nThe title\n=========\n\nRead this issue on the web:\n/);
    expect(text).toContain(`\n${URL_OF_ISSUE}\n`);
  });

  it('says why one gets this and at which address, and how to leave, in both parts', async () => {
    const { html, text } = await renderBody('Text.');
    const why = 'You get this email because ada@lovelace.example is subscribed to Monthly letter.';
    expect(await pageOf('Text.')).toContain(why);
    expect(text.replaceAll('\n', ' ')).toContain(` ${why} `);
    expect(html).toContain('<a href="https://press.example/u/1">Unsubscribe</a>');
    expect(text).toContain('\nUnsubscribe:\nhttps://press.example/u/1\n');
    expect(html).toContain('<a href="https://press.example/p/1">Change what you get</a>');
    expect(text).toContain('\nChange what you get:\nhttps://press.example/p/1\n');
    expect(html).toContain('<p>1 Kernel Street, 10115 Berlin</p>');
    expect(text).toMatch(/\n\n1 Kernel Street, 10115 Berlin\n$/);
  });

  it('leaves out what the newsletter does not have', async () => {
    const { html, text } = await renderMarkdown('# Title\n\nText.', { settings: { greeting: null, postalAddress: null } });
    expect(text.split('\n\n').slice(0, 4)).toEqual([
      'The Press',
      'Title\n=====',
      `Read this issue on the web:\n${URL_OF_ISSUE}`,
      'Text.',
    ]);
    expect(html).not.toMatch(/Hello|Kernel Street|undefined|null|<p><\/p>/);
    expect(text).not.toMatch(/Hello|Kernel Street|undefined|null|\n{3}/);
  });

  it.each([
    ['en', 'ltr'],
    ['de', 'ltr'],
    ['ar', 'rtl'],
    ['he-IL', 'rtl'],
  ])('speaks its language: %s', async (language, direction) => {
    const { html } = await renderMarkdown(`+++\ntitle = "T"\nlanguage = "${language}"\n+++\nx`);
    expect(html).toMatch(new RegExp(`<html lang="${language}" dir="${direction}"`));
  });

  it('escapes every word of ours and of the author’s', async () => {
    const nasty = '</title><b>"x" & \'y\'</b> &amp; $&';
    const file = `+++\ntitle = ${JSON.stringify(nasty)}\npreheader = ${JSON.stringify(nasty)}\nlanguage = 'x" onload="y'\n+++\nText.`;
    const { html, text } = await renderMarkdown(file, {
      settings: { newsletter: nasty, list: nasty, postalAddress: nasty, greeting: nasty },
    });
    const page = readHtml(html, URL_OF_ISSUE);
    expect(page.texts.filter((each) => each.includes(nasty))).toHaveLength(6);
    expect(html).not.toMatch(/<b>|onload="/);
    expect(text.split(nasty)).toHaveLength(6);
  });
});

describe('the bytes', () => {
  it('are the same for the same source', async () => {
    const body = '## A\n\n[a](https://e.example)[^1]\n\n```rust\nlet x;\n```\n\n[^1]: b';
    expect((await renderBody(body)).email).toEqual((await renderBody(body)).email);
  });

  it('are the author’s in code, wherever MJML or HTML would see something in it', async () => {
    const code = '<mj-text>&amp;</mj-text> ]]> --> <!-- x --> <![CDATA[ $& $1 $`\n\n\n  two  blanks\t\n</pre></code><script>';
    const { html } = await renderBody(`~~~\n${code}\n~~~\n\n~~~html\n${code}\n~~~`);
    expect(readHtml(html, URL_OF_ISSUE).code).toEqual([code, code]);
  });

  it('are the author’s in links', async () => {
    const links = [
      'https://e.example/ü_(x)/%7E?a=1&b=2&copy=3&lt=4#{y}',
      'HTTPS://E.example:443/a/../b',
      'https://e.example/]]$&',
    ];
    const { html } = await renderBody(links.map((link) => `[x](<${link}>)`).join(' '));
    expect(readHtml(html, URL_OF_ISSUE).links).toEqual(expect.arrayContaining(links));
  });

  it.each([
    ['an element that MJML does not know', '<mjml><mj-body><mj-foo /></mj-body></mjml>', /mj-foo/],
    ['a block without an end', '{{#if x}}', /Parse error on line 1/],
    ['a helper that is not there', '{{nope "x"}}', /nope/],
  ])('are none where the template is broken: %s', async (_case, html, message) => {
    await expect(renderBody('Text.', { templates: { html } })).rejects.toThrow(message);
  });
});
