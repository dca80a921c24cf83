// Slots: found where the templates put them, filled with each recipient's values, escaped for where they stand.
import { describe, expect, it } from 'vitest';
import type { SlotContext } from '../../src/domain/email.ts';
import { fillSlot, fillSlots, markSlots, slotMark, splitSlots } from '../../src/email/slots.ts';

const fill = (context: SlotContext, value: string | undefined, fallback = ''): string =>
  fillSlot({ name: 'n', fallback, context }, { n: value });

const contextsOf = (html: string): (string | undefined)[] =>
  splitSlots(html.replaceAll('_', slotMark('n', '')), 'html').flatMap((part) => (typeof part === 'string' ? [] : [part.context]));

describe('a slot', () => {
  it.each<[string, SlotContext[]]>([
    ['<p>Hello _,</p>', ['html']],
    ['_', ['html']],
    ['<a title="_">x</a>', ['html']],
    ["<a title='_' href='_'>x</a>", ['html', 'url']],
    ['<a href="_">_</a>', ['url', 'html']],
    ['<a class="x"\n href = "_" id="y">x</a>', ['url']],
    ['<A HREF="_">x</A>', ['url']],
    ['<a href="https://e.example/?a=_&amp;b=_">x</a>', ['url-part', 'url-part']],
    ['<a href="__">x</a>', ['url', 'url-part']],
    ['<a href=" _">x</a>', ['url-part']],
    ['<img src="_" alt="_">', ['url', 'html']],
    ['<td background="_">_</td>', ['url', 'html']],
    ['<p>href="</p>_', ['html']],
    ['<a data-href="_">x</a>', ['html']],
  ])('knows where it stands: %s', (html, contexts) => {
    expect(contextsOf(html)).toEqual(contexts);
  });

  it('is plain text in a text, whatever it looks like there', () => {
    expect(splitSlots(`<a href="${slotMark('name', 'x')}">`, 'text')).toEqual([
      '<a href="',
      { name: 'name', fallback: 'x', context: 'text' },
      '">',
    ]);
  });

  it('is what stands between two marks, and the text around it is as it was', () => {
    const text = `a${slotMark('one', '')}${slotMark('attributes.two', 'x')}\n$& {{b}} {c}`;
    expect(splitSlots(text, 'text')).toEqual([
      'a',
      { name: 'one', fallback: '', context: 'text' },
      { name: 'attributes.two', fallback: 'x', context: 'text' },
      '\n$& {{b}} {c}',
    ]);
    expect(fillSlots(splitSlots(text, 'text'), { one: '$1', 'attributes.two': '{{b}}' })).toBe('a$1{{b}}\n$& {{b}} {c}');
    expect(splitSlots('', 'html')).toEqual([]);
  });
});

describe('a value', () => {
  it.each<[SlotContext, string, string]>([
    ['html', 'Ada', 'Ada'],
    ['html', `<b>"O'Neil" & co</b>`, '&lt;b&gt;&quot;O&#39;Neil&quot; &amp; co&lt;/b&gt;'],
    ['html', '&amp;', '&amp;amp;'],
    ['html', '" onmouseover="alert(1)', '&quot; onmouseover=&quot;alert(1)'],
    ['html', '{{name}} $1 日本 🦀', '{{name}} $1 日本 🦀'],
    ['text', `<b>"O'Neil" & co</b>`, `<b>"O'Neil" & co</b>`],
    ['url', 'https://e.example/?a=1&b="2"', 'https://e.example/?a=1&amp;b=&quot;2&quot;'],
    ['url', 'HTTP://e.example/%20', 'HTTP://e.example/%20'],
    ['url', 'mailto:ed@e.example', 'mailto:ed@e.example'],
    ['url-part', 'a b&c=d/é?#', 'a%20b%26c%3Dd%2F%C3%A9%3F%23'],
    ['url-part', `"'<>`, '%22&#39;%3C%3E'],
    ['url-part', '../../etc', '..%2F..%2Fetc'],
    ['url-part', '🦀', '%F0%9F%A6%80'],
  ])('is escaped for %s: %s', (context, value, escaped) => {
    expect(fill(context, value)).toBe(escaped);
  });

  it.each([
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', '  javascript:alert(1)', 'java\tscript:alert(1)', '\0javascript:alert(1)',
    'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '//e.example', '/path', 'e.example', 'https', 'xhttps://e.example',
  ])('is refused as a whole address: %j', (value) => {
    expect(fill('url', value)).toBe('');
  }); // biome-ignore format: a list to read across

  it('refuses a fallback too that is no address', () => {
    expect(fill('url', '', 'javascript:alert(1)')).toBe('');
    expect(fill('url', '', 'https://e.example')).toBe('https://e.example');
  });

  it.each<[SlotContext, string, string]>([
    ['html', 'A\r\nB\0C\u0085D\u009fE\tF', 'A B C D E F'],
    ['text', 'A\r\nBcc: x@y.example', 'A Bcc: x@y.example'],
    ['url', 'https://e.example/\r\nx', 'https://e.example/ x'],
    ['url-part', 'A\nB', 'A%20B'],
    ['text', '\n\0', ' '],
  ])('loses its control characters in %s: %j', (context, value, clean) => {
    expect(fill(context, value)).toBe(clean);
  });

  it.each([undefined, '', '   ', '\n\t'])('that is not there leaves the fallback: %j', (value) => {
    expect(fill('html', value, 'reader')).toBe('reader');
    expect(fill('text', value, 'reader')).toBe('reader');
    expect(fill('text', value)).toBe('');
  });

  it.each(['constructor', 'toString', '__proto__'])('is nobody’s because every object has one: %s', (name) => {
    expect(fillSlot({ name, fallback: 'reader', context: 'html' }, { name: 'Ada' })).toBe('reader');
    expect(fillSlots(splitSlots(markSlots({ pattern: `{${name}|reader}`, fixed: {} }, String), 'text'), {})).toBe('reader');
  });

  it('is not taken for a fallback because it looks false', () => {
    expect(fill('html', '0', 'reader')).toBe('0');
  });

  it('loses the spaces around it', () => {
    expect(fill('text', '  Ada ')).toBe('Ada');
  });
});

describe('markSlots', () => {
  const filled = (pattern: string, fixed: Record<string, string> = {}): string =>
    fillSlots(
      splitSlots(
        markSlots({ pattern, fixed }, (text) => text.replaceAll('&', '&amp;')),
        'html',
      ),
      { name: 'A&B' },
    );

  it.each([
    ['Hello {name|reader},', 'Hello A&amp;B,'],
    ['Hello {nickname|reader},', 'Hello reader,'],
    ['Hello {nickname},', 'Hello ,'],
    ['{name} & {attributes.city|somewhere}', 'A&amp;B &amp; somewhere'],
    ['{} { a {{name}}', '{} { a {A&amp;B}'],
    ['no slot & no brace', 'no slot &amp; no brace'],
  ])('fills %s', (pattern, text) => {
    expect(filled(pattern)).toBe(text);
  });

  it('writes what is fixed at once, and escapes it as text', () => {
    expect(filled('{list} for {name}', { list: 'Q&A {name}' })).toBe('Q&amp;A {name} for A&amp;B');
  });
});
