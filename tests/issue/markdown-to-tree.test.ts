// GitHub-flavoured Markdown, as GitHub shows it, with inline HTML as a browser reads it.
import { describe, expect, it } from 'vitest';
import { parseBody } from './parse-markdown.ts';

const squeezed = (body: string): string => parseBody(body).html.replace(/\n/g, '');

describe('GitHub-flavoured Markdown', () => {
  it.each([
    ['strikethrough', '~~gone~~ and ~gone~', '<p><del>gone</del> and <del>gone</del></p>'],
    ['emphasis', '_a_ **b** ***c***', '<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em></p>'],
    ['hard breaks', 'a  \nb\\\nc', '<p>a<br>b<br>c</p>'],
    ['escapes and entities', '\\*a\\* &lt;b> &copy; &amp;lt;', '<p>*a* &lt;b> © &amp;lt;</p>'],
    ['a quote with a list', '> q\n>\n> - a', '<blockquote><p>q</p><ul><li>a</li></ul></blockquote>'],
    ['a list that begins at four', '4. a\n5. b', '<ol start="4"><li>a</li><li>b</li></ol>'],
    ['a loose list', '- a\n\n- b', '<ul><li><p>a</p></li><li><p>b</p></li></ul>'],
    ['a rule', 'a\n\n---\n\nb', '<p>a</p><hr><p>b</p>'],
    ['inline code', 'a ``b ` c`` d', '<p>a <code>b ` c</code> d</p>'],
    ['indented code', 'a\n\n    b < c', '<p>a</p><pre><code>b &lt; c</code></pre>'],
  ])('shows %s', (_case, body, html) => {
    expect(squeezed(body)).toBe(html);
  });

  it('nests lists of both kinds', () => {
    const html = squeezed('- a\n  1. b\n     - c\n       1. d\n  2. e\n- f');
    expect(html).toBe('<ul><li>a<ol><li>b<ul><li>c<ol><li>d</li></ol></li></ul></li><li>e</li></ol></li><li>f</li></ul>');
  });

  it('shows a table, aligned, with inline Markdown and escaped bars in its cells', () => {
    const html = squeezed('| a | b | c |\n|:--|:-:|--:|\n| `x\\|y` | **2** |  |\n| only |');
    expect(html).toBe(
      '<table><thead><tr><th align="left">a</th><th align="center">b</th><th align="right">c</th></tr></thead>' +
        '<tbody><tr><td align="left"><code>x|y</code></td><td align="center"><strong>2</strong></td><td align="right"></td></tr>' +
        '<tr><td align="left">only</td><td align="center"></td><td align="right"></td></tr></tbody></table>',
    );
  });

  it('shows a task list with signs for its boxes', () => {
    const { html, problems } = parseBody('- [x] done\n- [ ] open\n- neither');
    expect(html.replace(/\n/g, '')).toBe(
      '<ul class="contains-task-list"><li class="task-list-item">☑ done</li><li class="task-list-item">☐ open</li>' +
        '<li>neither</li></ul>',
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['https://e.example/a?b=c&d', 'https://e.example/a?b=c&amp;d', 'https://e.example/a?b=c&amp;d'],
    ['<https://e.example/a>', 'https://e.example/a', 'https://e.example/a'],
    ['www.e.example', 'http://www.e.example', 'www.e.example'],
    ['ed@e.example', 'mailto:ed@e.example', 'ed@e.example'],
  ])('links a bare address: %s', (body, href, label) => {
    expect(parseBody(`At ${body}.`).html).toBe(`<p>At <a href="${href}">${label}</a>.</p>`);
  });
});

describe('reference links', () => {
  it.each([
    ['[text][ref]', '<a href="https://e.example/r" title="T">text</a>'],
    ['[Ref][]', '<a href="https://e.example/r" title="T">Ref</a>'],
    ['[REF]', '<a href="https://e.example/r" title="T">REF</a>'],
    ['[`code`][ref]', '<a href="https://e.example/r" title="T"><code>code</code></a>'],
    ['![alt][ref]', '<img src="https://e.example/r" alt="alt" title="T">'],
    ['[missing]', '[missing]'],
    ['[missing][]', '[missing][]'],
    ['[*text*][missing]', '[<em>text</em>][missing]'],
    ['![alt][missing]', '![alt][missing]'],
  ])('shows %s with its definition, or as it is written', (body, html) => {
    expect(parseBody(`${body}\n\n[ref]: https://e.example/r "T"`).html).toBe(`<p>${html}</p>`);
  });

  it('takes the first of two definitions', () => {
    const { html } = parseBody('[a]\n\n[a]: https://e.example/1\n[a]: https://e.example/2');
    expect(html).toBe('<p><a href="https://e.example/1">a</a></p>');
  });
});

describe('footnotes', () => {
  it('stand at the end, in the order of their marks, with links both ways', () => {
    const { html } = parseBody('One[^b] two[^a].\n\n[^a]: A note.\n[^b]: B [note](https://e.example).');
    const ids = [...html.matchAll(/(?:href="#|id=")([^"]+)"/g)].map((match) => match[1]);
    expect(ids).toEqual(['fn-b', 'fnref-b', 'fn-a', 'fnref-a', 'footnote-label', 'fn-b', 'fnref-b', 'fn-a', 'fnref-a']);
    expect(html).toContain('<h2 id="footnote-label">Notes</h2>');
    expect(html.indexOf('B <a href="https://e.example">note</a>')).toBeLessThan(html.indexOf('A note.'));
  });

  it('are text where they have no definition', () => {
    expect(parseBody('One[^missing].').html).toBe('<p>One[^missing].</p>');
  });
});

describe('headings', () => {
  it('have an anchor each, and no two the same', () => {
    const { html } = parseBody('## The `x86` *news*!\n\n## Ümlaut\n\n## Ümlaut\n\n<h2 id="own">Own</h2>');
    const ids = [...html.matchAll(/<h2 id="([^"]+)"/g)].map((match) => match[1]);
    expect(ids).toEqual(['the-x86-news', 'ümlaut', 'ümlaut-1', 'own']);
  });
});
