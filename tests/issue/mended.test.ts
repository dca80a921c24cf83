// What was once wrong in the issue room: each of these failed before it was mended.
import { describe, expect, it } from 'vitest';
import { BODY_LINE, issueOf, parseBody, parseFile, placesOf } from './parse-markdown.ts';

const toml = (...lines: string[]): string => `+++\n${lines.join('\n')}\n+++\nText.`;

describe('front-matter', () => {
  it.each([
    '---\ntitle: T\nx: *nope\n---\nhi',
    '---\ntitle: T\na: &a ["x"]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n---\nhi',
  ])('returns a problem for an alias that cannot be followed: %j', (text) => {
    const { issue, problems } = parseFile(text);
    expect(issue).toBeNull();
    expect(problems[0]).toMatchObject({ severity: 'error', rule: 'front-matter', file: 'issues/2023-01.md' });
  });

  it('complains of front matter that cannot be read, and of nothing that follows from it', () => {
    expect(parseFile('+++\ntitle = "T\ndate = 2023-02-07\n+++\nx').problems).toHaveLength(1);
  });
});

describe('metadata', () => {
  it.each(['date = 2023-02-30', 'date = 2023-02-29T10:00:00Z', 'date = 2023-04-31T10:00:00', 'date = 2023-02-30 10:00:00+01:00'])(
    'refuses an impossible day in TOML: %s',
    (line) => {
      const { issue, problems } = parseFile(toml('title = "T"', line));
      expect(issue).toBeNull();
      expect(problems).toEqual([expect.objectContaining({ severity: 'error', line: 3 })]);
    },
  );

  it.each(['title = " "', 'title = "\\n"'])('misses a title that is blank: %s', (line) => {
    expect(parseFile(toml(line, 'date = 2023-02-07')).issue).toBeNull();
  });

  it('tells the column of a date that cannot be read', () => {
    expect(parseFile(toml('title = "T"', 'date = "soon"')).problems[0]).toMatchObject({ line: 3, column: expect.any(Number) });
  });
});

describe('parse-issue', () => {
  it.each([
    ['title = "T \\uFDD0name\\uFDD2x\\uFDD1"', 'x'],
    ['title = "T"', '<div>&#xFDD0;name&#xFDD2;x&#xFDD1;</div>'],
    ['title = "T"', '<div>x<img src="a.png" alt="&#xFDD0;"></div>'],
  ])('never lets the marks of a slot through: %s %s', (line, body) => {
    const issue = issueOf(`+++\n${line}\ndate = 2023-02-07\n+++\n${body}`);
    expect(JSON.stringify(issue)).not.toMatch(/[\uFDD0-\uFDD2]/);
  });

  it.each(['<div>'.repeat(5000), '- '.repeat(1000)])('returns, however deep the tree', (deep) => {
    expect(() => parseFile(`${toml('title = "T"', 'date = 2023-02-07')}\n\n${deep}x`)).not.toThrow();
  });
});

describe('web-address', () => {
  it.each([['https://e.example/{slug}/', { id: 'x', slug: 'a/b?c#d' }, 'https://e.example/a%2Fb%3Fc%23d/']])(
    'encodes a value as a part of an address: %s',
    (urlPattern, name, url) => {
      expect(issueOf(toml('title = "T"', 'date = 2023-02-07'), { name, urlPattern }).url).toBe(url);
    },
  );

  it.each([['https://e.example/{slug}/', 'title = "🎉"']])('misses a value that is empty or nobody’s: %s', (urlPattern, line) => {
    expect(parseFile(toml(line, 'date = 2023-02-07'), { urlPattern }).issue).toBeNull();
  });

  it('tells the line of a placeholder that every object has', () => {
    const { problems } = parseFile(toml('title = "T"', 'date = 2023-02-07'), { urlPattern: 'https://e.example/{constructor}/' });
    expect(problems.map(({ line }) => line)).toEqual([1]);
  });

  it('advises to write the date where a part of it is missing', () => {
    const { problems } = parseFile(toml('title = "T"'), { urlPattern: 'https://e.example/{year}/' });
    expect(problems.find(({ severity }) => severity === 'error')?.advice).toContain('`date`');
  });
});

describe('summary', () => {
  it.each([
    ['a script', 'Text <script>alert(1)</script> here.', 'Text here.'],
    ['a style', 'Text <style>p{}</style> here.', 'Text here.'],
    ['footnote marks', 'Stable[^1] now.\n\n[^1]: Note.', 'Stable now.'],
    ['words run together at a break', 'Until next month,<br>your editors', 'Until next month, your editors'],
  ])('has none of what a reader does not see there: %s', (_case, body, preheader) => {
    expect(parseBody(body).preheader).toBe(preheader);
  });
});

describe('show-in-mail', () => {
  it.each([
    '<iframe src="javascript:alert(1)"></iframe>',
    '<video src="data:text/html,x"></video>',
    '<p><audio src="vbscript:x"></audio></p>',
    '<p><object data="javascript:x"></object></p>',
  ])('warns of the address of a medium with its line: %s', (body) => {
    expect(placesOf(parseBody(`a\n\n${body}`).problems)).toEqual([expect.stringMatching(`^warning ${BODY_LINE + 2}:`)]);
  });

  it.each([
    '<p style="color: red">x</p>',
    '<span style="x">x</span>',
    '<form action="https://e.example"><label>x</label></form>',
    '<p>x <input type="text" name="a"></p>',
    '<details ontoggle="alert(1)">x</details>',
    '<p>x <video src="v.mp4" onplay="alert(1)"></video></p>',
    '<p>x</p><iframe srcdoc="<script>alert(1)</script>"></iframe>',
  ])('warns of what it leaves out, with its line: %s', (body) => {
    expect(placesOf(parseBody(`a\n\n${body}`).problems)).toEqual([expect.stringMatching(`^warning ${BODY_LINE + 2}:`)]);
  });

  it.each(['<p>x <math><mi>x</mi></math></p>', '<p>x <select><option>a</option></select></p>'])(
    'warns once of a thing with parts: %s',
    (body) => {
      expect(parseBody(body).problems).toHaveLength(1);
    },
  );

  it('shows the description of an image that may not be mailed', () => {
    expect(parseBody('![A boot](data:image/png;base64,AAAA)').html).toBe('<p>A boot</p>');
  });
});

describe('resolve-links', () => {
  it.each([
    ['<a href="https://e.example/ü|x ">a</a>', 'https://e.example/ü|x'],
    ['<a href="\n HTTPS://E.example/%7e\n">a</a>', 'HTTPS://E.example/%7e'],
  ])('loses the spaces around an address and no more: %j', (body, href) => {
    expect(parseBody(body).links).toEqual([href]);
  });
});

describe('comments', () => {
  it('says so where a comment has no end and swallows the rest', () => {
    expect(parseBody('One.\n\n<!-- no end\n\nTwo.').problems).toEqual([
      expect.objectContaining({ severity: 'warning', line: BODY_LINE + 2 }),
    ]);
  });
});
