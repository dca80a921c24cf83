// Slots of a whole email: each recipient's values in the package's templates and in others, and no slot that an
// author could write.
import { describe, expect, it } from 'vitest';
import { fillSlots } from '../../src/email/slots.ts';
import { readHtml } from './reading.ts';
import { renderBody } from './render-markdown.ts';

const URL_OF_ISSUE = 'https://press.example/2023-01/';

describe('slots of an email', () => {
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
      '{{slot "name"}}</mj-button><mj-text>{{opening}}{{sections}}</mj-text></mj-column></mj-section></mj-body></mjml>';
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
    expect(page.texts.filter((each) => each.includes(braces))).toHaveLength(4);
    expect(page.code).toEqual([braces]);
    expect(page.links).toContain('https://e.example/{{name}}?{list}');
    expect(text).toContain(`\n    ${braces}\n`);
    expect(text.replace(/\s+/g, ' ').split(braces)).toHaveLength(5);
    expect(text).toContain('] https://e.example/{{name}}?{list}\n');
  });

  it('are all that differs between two recipients', async () => {
    const { email } = await renderBody('Text.');
    const slots = email.html.flatMap((part) => (typeof part === 'string' ? [] : [part.name]));
    expect(slots).toEqual(['name', 'address', 'unsubscribeUrl', 'preferencesUrl', 'subscribeUrl']);
    expect(email.text.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))).toEqual(slots);
    expect(fillSlots(email.html, { name: 'A' })).not.toBe(fillSlots(email.html, { name: 'B' }));
  });
});
