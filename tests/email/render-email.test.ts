// A whole email: its frame, its slots, and that whatever an author writes arrives as written.
import { describe, expect, it } from 'vitest';
import { fillSlots } from '../../src/email/slots.ts';
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
    expect(html).toMatch(/<body[^>]*>\s*<div style="display:none;[^"]*">A teaser<\/div>/);
    expect(readHtml(html, URL_OF_ISSUE).headings).toEqual(['The title']);
    expect(html).toContain('<span class="name">The Press</span> <span class="dot">·</span> February 7, 2023');
    expect(html).toContain(`<a href="${URL_OF_ISSUE}">Read this issue on the web</a>`);
    expect(text).toMatch(/^The Press · February 7, 2023\n\nThe title\n=========\n\nRead this issue on the web:\n/);
    expect(text).toContain(`\n${URL_OF_ISSUE}\n`);
  });

  it('says why one gets this and at which address, and how to leave, in both parts', async () => {
    const { html, text } = await renderBody('Text.');
    const why = 'You get this email because ada@lovelace.example is subscribed to Monthly letter.';
    expect(await pageOf('Text.')).toContain(why);
    expect(text).toContain(`\n${why}\n`);
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
    const nasty = '</title><b>"x" & \'y\'</b> {{z}} $&';
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

describe('slots', () => {
  const values = { name: '<b>Ada & "co"</b>\n', address: 'a&b@e.example', unsubscribeUrl: 'https://e.example/?a=1&b=2' };

  it('are filled with the recipient’s values, escaped for where they stand', async () => {
    const { html, text } = await renderBody('Text.', { values });
    expect(html).toContain('<p>Hello &lt;b&gt;Ada &amp; &quot;co&quot;&lt;/b&gt;,</p>');
    expect(html).toContain('because a&amp;b@e.example is');
    expect(html).toContain('<a href="https://e.example/?a=1&amp;b=2">Unsubscribe</a>');
    expect(text).toContain('\nHello <b>Ada & "co"</b>,\n');
    expect(text).toContain('\nhttps://e.example/?a=1&b=2\n');
  });

  it('fall back where there is no name, and never carry a script', async () => {
    const { html, text } = await renderBody('Text.', { values: { name: ' ', unsubscribeUrl: 'javascript:alert(1)' } });
    expect(html).toContain('<p>Hello reader,</p>');
    expect(text).toContain('\nHello reader,\n');
    expect(html).toContain('<a href="">Unsubscribe</a>');
  });

  it('may be anywhere in a template: attributes, parts of addresses, with fallbacks', async () => {
    const html =
      '<mjml><mj-body><mj-section><mj-column><mj-text><i title="{{slot "attributes.city" fallback="your town"}}">x</i>' +
      '<a href="https://e.example/?c={{slot "attributes.city"}}">y</a></mj-text><mj-button href="{{slot "unsubscribeUrl"}}">' +
      '{{slot "name"}}</mj-button></mj-column></mj-section></mj-body></mjml>';
    const render = (city: string) => renderBody('Text.', { templates: { html }, values: { ...values, 'attributes.city': city } });
    const filled = (await render('Bad "Ems" & co')).html;
    expect(filled).toContain('<i title="Bad &quot;Ems&quot; &amp; co">');
    expect(filled).toContain('<a href="https://e.example/?c=Bad%20%22Ems%22%20%26%20co">');
    expect(filled).toMatch(/<a\s[^>]*href="https:\/\/e\.example\/\?a=1&amp;b=2"/);
    expect((await render('')).html).toContain('<i title="your town">');
  });

  it('are no author’s: braces in prose, code and links arrive as written', async () => {
    const braces = '{{name}} {{{address}}} {{#if x}} {{slot "name"}} {name|reader} {list}';
    const body = `## ${braces}\n\n${braces} \`${braces}\`\n\n\`\`\`js\n${braces}\n\`\`\`\n\n[x](<https://e.example/{{name}}?{list}>)`;
    const { html, text } = await renderBody(body);
    const page = readHtml(html, URL_OF_ISSUE);
    expect(page.texts.filter((each) => each.includes(braces))).toHaveLength(2 + 1);
    expect(page.code).toEqual([braces]);
    expect(page.links).toContain('https://e.example/{{name}}?{list}');
    expect(text).toContain(`\n    ${braces}\n`);
    expect(text.replace(/\s+/g, ' ').split(braces)).toHaveLength(5);
    expect(text).toContain('] https://e.example/{{name}}?{list}\n');
  });

  it('are all that differs between two recipients', async () => {
    const { email } = await renderBody('Text.');
    const slots = email.html.flatMap((part) => (typeof part === 'string' ? [] : [part.name]));
    expect(slots).toEqual(['name', 'address', 'unsubscribeUrl', 'preferencesUrl']);
    expect(email.text.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))).toEqual(slots);
    expect(fillSlots(email.html, { name: 'A' })).not.toBe(fillSlots(email.html, { name: 'B' }));
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
      'https://e.example/]]>$&',
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
