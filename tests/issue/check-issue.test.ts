// What embarrasses an editor and shows in the text: each finding at its place, and nothing where there is nothing.
import { describe, expect, it } from 'vitest';
import { checkBody, checkFile, findingsIn } from './check-body.ts';
import { BODY_LINE } from './parse-markdown.ts';

describe('a placeholder', () => {
  it.each([
    ['TODO: write this', '1:1'],
    ['A line.\nTODO: write this', '2:1'],
    ['A line,\nand then TODO', '2:10'],
    ['- One.\n- Two. TODO: more', '2:8'],
    ['- a TODO:\n  - b TODO:\n    - c TODO:', '1:5', '2:7', '3:9'],
    ['| a | b |\n| - | - |\n| x | FIXME: y |', '3:7'],
    ['## TBD\n\nText.', '1:4'],
    ['*Very* soon: TBD', '1:14'],
    ['**TODO**: x', '1:3'],
    ['[TODO]', '1:2'],
    ['<b>x</b> XXX: y\nz', '1:10'],
    ['<div>\n  TODO: x\n</div>', '2:3'],
    ['lorem ipsum dolor', '1:1'],
  ])('is found in %j', (body, ...places) => {
    expect(findingsIn(body)).toEqual(places.map((place) => `placeholder ${place}`));
  });

  it.each([
    ...[
      'The macro todo!() panics.',
      '`TODO: x`',
      '```\nTODO: x\n```',
      '    TODO: x',
      '<kbd>TODO</kbd>: x',
      'The TODO list is short.',
    ],
    ...['A TODOs: file', 'XXXL: a size', '<!-- TODO: ask Ada -->', 'Lore, ipsum'],
  ])('is not found in %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });

  // It is written with a capital wherever it begins a sentence, and it always does.
  it.each(['Lorem ipsum dolor sit amet.', 'TODO(ada): write this'])('is found in %j', (body) => {
    expect(findingsIn(body)).toEqual(['placeholder 1:1']);
  });

  // Only the first of a text is told, and once that is mended, or let pass, the next comes up.
  it('is found as often as it stands there', () => {
    expect(findingsIn('TODO: a\nTODO: b')).toEqual(['placeholder 1:1', 'placeholder 2:1']);
  });

  // The text of a node has lost the indent of its lines, and its escapes: the column counts without them.
  it.each([
    ['- a\n  TODO: x', '2:3'],
    ['> a\n> TODO: x', '2:3'],
    ['\\*a\\* TODO: x', '1:7'],
    ['a &amp; TODO: x', '1:9'],
  ])('is found at its own column in %j', (body, place) => {
    expect(findingsIn(body)).toEqual([`placeholder ${place}`]);
  });
});

describe('a backtick', () => {
  it.each([
    ['A `word without its end', '1:3'],
    ['One.\nA `word', '2:3'],
    ['- A `word', '1:5'],
    ['| a |\n| - |\n| x ` |', '3:5'],
    ['`a` and `b', '1:9'],
    ['``a`', '1:1'],
    ['`a\n\nb`', '1:1', '3:2'],
    ['<p>a ` b</p>', '1:6'],
  ])('without a partner is found in %j', (body, ...places) => {
    expect(findingsIn(body)).toEqual(places.map((place) => `backtick ${place}`));
  });

  it.each(['`a`', '`a\nb`', '``a ` b``', '```\n`\n```', '~~~\n`\n~~~', '    `', '<code>`</code>', '<pre>`</pre>', '<!-- ` -->'])(
    'in code is not: %j',
    (body) => {
      expect(findingsIn(body)).toEqual([]);
    },
  );

  // The advice says to write \`, and then complains of it.
  it.each(['The sign \\` itself', '\\`a\\`', 'The sign &#96; itself'])('that is meant is not: %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });
});

describe("a site generator's syntax", () => {
  it.each([
    ['{{ page.title }}', '1:1'],
    ['a\nb {{< youtube id="x" >}}', '2:3'],
    ['- {% raw %}', '1:3'],
    ['| a |\n| - |\n| {{ x }} |', '3:3'],
    ['{{% notice %}}', '1:1'],
    ['[a]({{ site.url }}/x)', '1:5'],
  ])('is found in %j', (body, place) => {
    expect(findingsIn(body)).toEqual([`generator ${place}`]);
  });

  it.each(['`{{ x }}`', '```\n{% x %}\n```', '{ x }', '{{', '{{}}', 'format!("{{")', '{name|reader}', '100 %} of {'])(
    'is not found in %j',
    (body) => {
      expect(findingsIn(body)).toEqual([]);
    },
  );

  // Without spaces it is a link, whose address nobody looks at.
  it.each(['[a]({{site.url}}/x)', '<a href="{{ site.url }}/x">a</a>'])('is found in the address of %j', (body) => {
    expect(findingsIn(body)).toEqual([expect.stringMatching('^generator 1:')]);
  });
});

describe('a reference', () => {
  it.each([
    ['[x][y]', '1:1'],
    ['a\nb [x][y]', '2:3'],
    ['- [x][]', '1:3'],
    ['| a |\n| - |\n| [x][y] |', '3:3'],
  ])('to nothing is found in %j', (body, place) => {
    expect(findingsIn(body)).toEqual([`reference ${place}`]);
  });

  it.each([
    ...[
      '[x][y]\n\n[y]: https://a.example',
      '[x][]\n\n[X]: https://a.example',
      '[x]',
      'a[^1]\n\n[^1]: n',
      '[^1]',
      '- [ ] a\n- [x] b',
    ],
    ...['`a[i][j]`', '```\n[x][y]\n```', '[x](https://a.example)[y](https://b.example)', '[x] [y]'],
  ])('is not found in %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });

  // Escaped brackets are meant; what follows a word is an index.
  it.each(['\\[x\\]\\[y\\]', 'The cell a[i][j] is free.'])('is not found in %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });
});

describe('a section', () => {
  it.each([
    ['## A\n\n## B\n\nText.', '1:1'],
    ['Text.\n\n## A', '3:1'],
    ['## A\n\n<!-- later -->\n\n## B\n\nText.', '1:1'],
    ['### A\n\n## B\n\nText.', '1:1'],
    ['A\n---\n\nB\n---\n\nText.', '1:1'],
    ['<h2>A</h2>\n\n## B\n\nText.', '1:1'],
  ])('is empty in %j', (body, place) => {
    expect(findingsIn(body)).toEqual([`section-empty ${place}`]);
  });

  it.each([
    ...[
      '## A\n\nText.',
      '## A\n\n- One.',
      '## A\n\n```\nx\n```',
      '## A\n\n### B\n\nText.',
      '## A\n\n> Quoted.',
      '## A\n\n![a crab](a.png)',
    ],
    ...['## A\n\n| a |\n| - |\n| x |', '## A\n\n<p>Text.</p>', '## A\nText.', '```\n## A\n## B\n```'],
  ])('has something in %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });
});

describe('a heading', () => {
  it.each([
    ['## A\n\n#### B\n\nText.', '3:1'],
    ['# A\n\nText.\n\n### B\n\nText.', '5:1'],
  ])('leaves out a level in %j', (body, place) => {
    expect(findingsIn(body)).toEqual([`heading-order ${place}`]);
  });

  it('is told how it is written', () => {
    expect(checkBody('## A\n\n#### B\n\nText.').problems[0]?.advice).toBe('Write it with ###.');
  });

  it.each(['## A\n\n### B\n\nx', '### A\n\nx', '# A\n\n## B\n\n### C\n\nx\n\n## D\n\nx', '### A\n\nx\n\n# B\n\nx'])(
    'leaves out none in %j',
    (body) => {
      expect(findingsIn(body)).toEqual([]);
    },
  );
});

describe('an image', () => {
  it.each([
    ['![](a.png)', '1:1'],
    ['a\nb ![](a.png)', '2:3'],
    ['- a\n\n  ![](a.png)', '3:3'],
    ['| a |\n| - |\n| ![](a.png) |', '3:3'],
    ['[![](a.png)](https://a.example)', '1:2'],
    ['![][x]\n\n[x]: a.png', '1:1'],
    ['<img src="a.png">', '1:1'],
  ])('has no description in %j', (body, place) => {
    expect(findingsIn(body)).toEqual([`image-alt ${place}`]);
  });

  it.each(['![A crab](a.png)', '<img src="a.png" alt="A crab">', '<img src="a.png" alt="" width="9">', '`![](a.png)`'])(
    'needs none, or has it, in %j',
    (body) => {
      expect(findingsIn(body)).toEqual([]);
    },
  );

  // In HTML an empty description is a decision, says the check, but takes an image without a width for Markdown.
  it.each(['<img src="a.png" alt="">', 'Text <img src="a.png" alt=""> text.'])('is meant to have none in %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });
});

describe('a link', () => {
  it.each([
    ['[a]()', 'link-empty 1:1'],
    ['b\n[a](#)', 'link-empty 2:1'],
    ['<a href="">x</a>', 'link-empty 1:1'],
    ['[a](http://a.example)', 'link-insecure 1:1'],
    ['One,\ntwo http://a.example', 'link-insecure 2:5'],
    ['- one\n  two <http://a.example>', 'link-insecure 2:7'],
    ['- a\n\n  - b [x](http://a.example)', 'link-insecure 3:7'],
    ['| a |\n| - |\n| [x](http://a.example) |', 'link-insecure 3:3'],
    ['[a](https://bit.ly/x)', 'link-shortened 1:1'],
    ['[a](https://a.example/?utm_source=x&b=1)', 'link-tracking 1:1'],
    ['[a](https://a.example/?fbclid=1#b)', 'link-tracking 1:1'],
    ['[a](http://localhost:3000/)', 'link-private 1:1'],
    ['[a](https://127.0.0.1/)', 'link-private 1:1'],
    ['[a](http://2130706433/)', 'link-private 1:1'],
    ['[a](http://192.168.0.1/)', 'link-private 1:1'],
    ['[a](http://172.20.0.1/)', 'link-private 1:1'],
    ['[a](http://[::1]/)', 'link-private 1:1'],
    ['[a](https://build.internal/)', 'link-private 1:1'],
    ['- [a](https://a.example)\n- [b](https://a.example)', 'link-duplicate 2:3'],
    ['- [a](https://a.example)\n  - [b](https://a.example)', 'link-duplicate 2:5'],
    ['- [a](https://a.example)\n\n- [b](https://a.example)', 'link-duplicate 3:3'],
  ])('is found in %j', (body, finding) => {
    expect(findingsIn(body)).toEqual([finding]);
  });

  it('may be wrong in several ways', () => {
    expect(findingsIn('[a](http://bit.ly/x?gclid=1)')).toEqual(['link-insecure 1:1', 'link-shortened 1:1', 'link-tracking 1:1']);
  });

  it.each([
    ...[
      '[a](https://a.example)',
      '[a](#b)',
      '[a](../b/)',
      '[a](mailto:a@b.example)',
      '`http://a.example`',
      '```\nhttp://a.example\n```',
    ],
    ...['<a name="x"></a>', '[a](https://not-bit.ly/x)', '[a](https://bit.ly.example/x)', '[a](https://a.example/utm_source)'],
    ...[
      '[a](https://localhost.example/)',
      '[a](https://172.32.0.1/)',
      '[a](https://10.example/)',
      '[a](https://a.example/?q=utm_source)',
    ],
    '- [a](https://a.example)\n- [b](https://a.example/b)',
    '- [a](https://a.example) and [a](https://a.example)',
    '- See [a](https://a.example)\n- see [b](https://a.example)',
    '[a](https://a.example)\n\n[b](https://a.example)',
  ])('is not found in %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });

  // The message names the line in which the first stands.
  it('is told where it began an item already', () => {
    const [problem] = checkBody('- [a](https://a.example)\n- [b](https://a.example)').problems;
    expect(problem?.message).toBe(`https://a.example begins the item in line ${BODY_LINE} already.`);
  });

  // Addresses that ask-links takes for private too.
  it.each(['https://169.254.169.254/', 'https://0.0.0.0/', 'https://[fd12::1]/', 'https://localhost./'])(
    'is private: %s',
    (url) => {
      expect(findingsIn(`[a](${url})`)).toEqual(['link-private 1:1']);
    },
  );
});

describe('check-off', () => {
  const BAD = '[a](http://bit.ly/x)';

  it.each([
    ['on the line', `${BAD} <!-- check-off: link-insecure, link-shortened -->`, []],
    ['alone before it', `<!-- check-off: link-insecure, link-shortened -->\n${BAD}`, []],
    ['without commas', `<!-- check-off: link-insecure link-shortened -->\n${BAD}`, []],
    ['without spaces', `<!--check-off:link-insecure,link-shortened-->\n${BAD}`, []],
    ['indented', `- x\n\n  <!-- check-off: link-insecure, link-shortened -->\n  ${BAD}`, []],
    ['in a table', `| a |\n| - |\n| ${BAD} <!-- check-off: link-insecure, link-shortened --> |`, []],
    ['of one rule', `<!-- check-off: link-shortened -->\n${BAD}`, ['link-insecure 2:1']],
    ['of another rule', `<!-- check-off: backtick -->\n${BAD}`, ['link-insecure 2:1', 'link-shortened 2:1']],
    ['of a part of a name', `<!-- check-off: link -->\n${BAD}`, ['link-insecure 2:1', 'link-shortened 2:1']],
    ['on another line', `Text. <!-- check-off: link-insecure -->\n${BAD}`, ['link-insecure 2:1', 'link-shortened 2:1']],
    ['two lines before', `<!-- check-off: link-insecure -->\nText.\n${BAD}`, ['link-insecure 3:1', 'link-shortened 3:1']],
    ['after it', `${BAD}\n\n<!-- check-off: link-insecure -->`, ['link-insecure 1:1', 'link-shortened 1:1']],
  ])('%s', (_case, body, findings) => {
    expect(findingsIn(body)).toEqual(findings);
  });

  // Each takes the place of the one before, where both are for one line.
  it.each([
    `<!-- check-off: link-shortened -->\n${BAD} <!-- check-off: link-insecure -->`,
    `<!-- check-off: link-shortened -->\n<!-- check-off: link-insecure -->\n${BAD}`,
    `${BAD} <!-- check-off: link-shortened --> <!-- check-off: link-insecure -->`,
  ])('may be said twice: %j', (body) => {
    expect(findingsIn(body)).toEqual([]);
  });
});

describe('a file', () => {
  it.each(['\n', '\r\n'])('has the same places with lines that end in %j', (lineEnd) => {
    const body = 'A line.\nTODO: x\n\n- a [x](http://a.example)\n\n<!-- check-off: backtick -->\n`\n\n## A';
    expect(findingsIn(body, lineEnd)).toEqual(['placeholder 2:1', 'section-empty 9:1', 'link-insecure 4:5']);
  });

  it('without front matter is checked from its first line', () => {
    expect(checkFile('TODO: x').problems).toEqual([
      expect.objectContaining({ severity: 'warning', rule: 'placeholder', file: 'issues/2023-01.md', line: 1, column: 1 }),
    ]);
  });

  it('whose front matter cannot be read is not checked', () => {
    expect(checkFile('+++\ntitle = "x\n+++\nTODO: x [a](http://a.example)')).toEqual({ problems: [], links: [], images: [] });
  });

  it('tells its links and images with their places', () => {
    const { links, images } = checkBody('[a](b/) ![c](d.png)\n<a href="#e">e</a> <mailto:f@g.example>');
    expect(links).toEqual([
      { url: 'https://press.example/this/2023-01/b/', line: BODY_LINE, column: 1 },
      { url: 'https://press.example/this/2023-01/d.png', line: BODY_LINE, column: 9 },
    ]);
    expect(images).toEqual([{ src: 'd.png', line: BODY_LINE, column: 9 }]);
  });

  it('of 20,000 lines is checked in below two seconds of work', () => {
    const section = `TODO: a \` b\n\n\`\`\`\n${'let a = 1;\n'.repeat(5)}\`\`\`\n\n`;
    const body = section.repeat(2_000);
    const before = process.cpuUsage();
    expect(findingsIn(body)).toHaveLength(4_000);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });

  // Parsing says of it that it is nested too deeply; the check throws.
  it('is checked without a throw, however deep it is', () => {
    expect(() => checkBody('<div>'.repeat(5_000))).not.toThrow();
  });
});
