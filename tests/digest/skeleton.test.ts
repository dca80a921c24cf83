// What of an issue's headings the next one begins with.
import { expect, it } from 'vitest';
import { readSections } from '../../src/digest/sections.ts';
import { skeletonOf } from '../../src/digest/skeleton.ts';

it('keeps sections, and repositories with the line on their maintainers, and no news', () => {
  const issue = `+++
# a comment
title = "January"
+++

Welcome.

## Projects

Text.

### [\`a\`](https://github.com/o/a)
<span class="maintainers">Maintained by [@x](https://github.com/x)</span>

- [News](https://github.com/o/a/pull/1)

#### Mended

### [b][b]

The crate is good. Thanks to @y.

### News without a repository

## Others
`;
  expect(skeletonOf(`${issue}\n[b]: https://github.com/o/b\n`)).toBe(`## Projects

### [\`a\`](https://github.com/o/a)
<span class="maintainers">Maintained by [@x](https://github.com/x)</span>

### [b](https://github.com/o/b)

## Others`);
});

it('takes the end of YAML for no heading', () => {
  const matter = '---\ntitle: January\ndate: 2023-02-07\n---\n\n';
  expect(skeletonOf(`${matter}## Projects\n`)).toBe('## Projects');
  expect(skeletonOf(`\uFEFF${matter}## Projects\n`.replaceAll('\n', '\r\n'))).toBe('## Projects');
  expect(skeletonOf('---\n---\n\n## Projects\n')).toBe('## Projects');
});

it('keeps names that go on in the next line, and none of what is told after them', () => {
  const issue = '### [a](https://github.com/o/a)\n\nMaintained by @x,\nand @y.\nThis month @z came.\n';
  expect(skeletonOf(issue)).toBe('### [a](https://github.com/o/a)\nMaintained by @x,\nand @y.');
});

it('is empty where an issue has no headings', () => {
  expect(skeletonOf('Text.\n\n```\n## Code\n```\n')).toBe('');
});

it('is read as it was', () => {
  const issue = '## Projects\n\n### [`a`][a]\n(Section written by @x)\n\nNews.\n\n[a]: https://github.com/o/a\n';
  const names = (text: string): unknown => readSections(text).map(({ repository, maintainers }) => [repository, maintainers]);
  expect(names(skeletonOf(issue))).toEqual(names(issue));
  expect(skeletonOf(skeletonOf(issue))).toBe(skeletonOf(issue));
});
