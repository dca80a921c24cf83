// What passes into a mail and what never does. What is left out is named, with its line.
import { describe, expect, it } from 'vitest';
import { BODY_LINE, parseBody, placesOf } from './parse-markdown.ts';

/** Anything that could act, in whatever spelling. */
const HARM =
  /<\s*(script|style|iframe|object|embed|form|input|button|select|textarea|svg|math|base|meta|link|template)|\son\w+\s*=|style\s*=|alert/i;

describe('inline HTML that mail can show', () => {
  it.each([
    '<span class="gray">a</span>',
    '<small>a <b>b</b></small>',
    'a<br>b',
    'x<sub>1</sub> y<sup>2</sup>',
    '<kbd>a</kbd> <mark>b</mark> <ins>c</ins> <u>d</u> <s>e</s> <q>f</q> <abbr>g</abbr> <cite>h</cite> <var>i</var>',
    '<span lang="de" dir="ltr">a</span>',
    '<a href="https://e.example/" title="T">a</a>',
    'a <img src="https://e.example/x.png" alt="A" title="T" width="20" height="10">',
  ])('is kept as it is: %s', (body) => {
    expect(parseBody(body)).toMatchObject({ html: `<p>${body}</p>`, problems: [] });
  });

  it.each([
    '<div align="center"><p>a</p></div>',
    '<center>a</center>',
    '<figure><img src="https://e.example/x.png" alt="A"><figcaption>B</figcaption></figure>',
    '<dl><dt>a</dt><dd>b</dd></dl>',
    '<table><caption>a</caption><tbody><tr><th scope="col">b</th><td colspan="2" align="right">c</td></tr></tbody></table>',
    '<ol start="3" reversed type="a"><li value="7">a</li></ol>',
  ])('is kept as a block too: %s', (body) => {
    expect(parseBody(body)).toMatchObject({ html: body, problems: [] });
  });

  it('keeps Markdown inside of it', () => {
    expect(parseBody('<span class="m">by [@a](https://e.example) **b**</span>').html).toBe(
      '<p><span class="m">by <a href="https://e.example">@a</a> <strong>b</strong></span></p>',
    );
  });

  it('is closed where the author forgot to, and no stray end tag closes the mail', () => {
    expect(parseBody('<div>a').html).toBe('<div>a</div>');
    expect(parseBody('a</div></td></table></body></html>').html).toBe('<p>a</p>');
  });
});

describe('what can act in a mail', () => {
  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script with a source', '<script src="https://e.example/x.js"></script>'],
    ['a script in capitals', '<ScRiPt>alert(1)</sCrIpT>'],
    ['a style', '<style>p { color: red }</style>'],
    ['a drawing with a script', '<svg><script>alert(1)</script></svg>'],
    ['a formula', '<math><mi>alert</mi></math>'],
    ['a template', '<template><b onclick="alert(1)">x</b></template>'],
    ['a noscript', '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>'],
    ['a button', '<button>alert</button>'],
    ['a choice', '<select><option>alert</option></select>'],
    ['a text field', '<textarea>alert</textarea>'],
    ['another base', '<base href="https://alert.example/">'],
    ['a refresh', '<meta http-equiv="refresh" content="0;url=https://alert.example/">'],
    ['a style sheet', '<link rel="stylesheet" href="https://alert.example/x.css">'],
    ['a comment that is none', '<!--><script>alert(1)</script>-->'],
  ])('never passes and is a warning with its line: %s', (_case, body) => {
    const { html, problems } = parseBody(`before\n\n${body}\n\nafter`);
    expect(html).not.toMatch(HARM);
    expect(html).toMatch(/^<p>before<\/p>.*<p>after<\/p>$/s);
    expect(problems).toContainEqual(expect.objectContaining({ severity: 'warning', rule: 'html', line: BODY_LINE + 2 }));
  });

  it.each([
    ['onclick', '<b onclick="alert(1)">x</b>'],
    ['in capitals', '<b ONCLICK=alert(1)>x</b>'],
    ['without quotes or spaces', '<img src="x.png"/onerror=alert(1)>'],
    ['on an image', '<img src="x.png" onerror="alert(1)">'],
    ['on a link', '<a href="https://e.example" onmouseover="alert(1)">x</a>'],
    ['behind a broken attribute', '<b title="x"onfocus="alert(1)">x</b>'],
  ])('never passes as a handler and is a warning with line and column: %s', (_case, body) => {
    const { html, problems } = parseBody(`<p>before\n${body}</p>`);
    expect(html).not.toMatch(HARM);
    expect(placesOf(problems)).toEqual([`warning ${BODY_LINE + 1}:1`]);
  });

  it.each([
    '<p style="color: red">x</p>',
    '<span style="position:fixed;inset:0">x</span>',
    '<table style="background:url(javascript:alert(1))"><tr><td style="x">x</td></tr></table>',
    '<form action="https://e.example/alert"><label>x</label> <input type="text" name="alert"></form>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>x',
    '<img src="https://e.example/x.png" srcset="https://e.example/alert 2x" style="x">x',
    '<a href="https://e.example" target="_blank" ping="https://alert.example">x</a>',
    '<body background="https://alert.example"><p>x</p></body>',
    '<scr<script>ipt>alert(1)</scr</script>ipt> x',
  ])('never passes: %s', (body) => {
    const { html, text } = parseBody(body);
    expect(html).not.toMatch(HARM);
    expect(text).toMatch(/x/);
  });
});

describe('an element that HTML does not know', () => {
  it('leaves what stands in it, and is a warning with line and column', () => {
    const { html, problems } = parseBody('A `Vec<u8>`\nand a Vec<Handle> of *these*.');
    expect(html).toBe('<p>A <code>Vec&lt;u8></code>\nand a Vec of <em>these</em>.</p>');
    expect(placesOf(problems)).toEqual([`warning ${BODY_LINE + 1}:10`]);
    expect(problems[0]).toMatchObject({ rule: 'html', advice: 'Put code between backticks.' });
  });

  it('may be a block of the web page, which is no cause for a warning', () => {
    expect(parseBody('<article><header>a</header><nav>b</nav></article>')).toMatchObject({ text: 'ab', problems: [] });
  });
});
