// Where a new issue lies, by the newsletter's patterns, and where none may lie.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Newsletter } from '../../config/schema.ts';
import { type Begun, beginIssue } from '../../src/flows/begin-issue.ts';

const TODAY = '2024-11-23';

function begun(
  id: string,
  files: readonly string[],
  there: Readonly<Record<string, string>> = {},
  name = 'This Week, in Ünits!',
): Begun {
  const root = mkdtempSync(join(tmpdir(), 'postrider-begin-'));
  for (const [path, text] of Object.entries(there)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const newsletter = { name, language: 'en', issues: { files } } as unknown as Newsletter;
  return beginIssue({ root, cwd: root, templates: [join(root, 'none')], newsletter, imagesFrom: null }, id, TODAY);
}

describe('a new issue lies where its pattern says', () => {
  it.each([
    ['{id}', '2023-02', ['issues/{id}.md'], 'issues/2023-02.md'],
    ['{id} in a folder of its own', '2023-02', ['content/{id}/index.md'], 'content/2023-02/index.md'],
    ['{date}-{slug}', '2024-11-20', ['content/{date}-{slug}.md'], 'content/2024-11-20-this-week-in-units.md'],
    ['{number}', '12', ['issue-{number}.md'], 'issue-12.md'],
    ['{number} with zeroes', '012', ['issue-{number}.md'], 'issue-012.md'],
    ['{number}-{slug}', '12', ['{number}-{slug}.md'], '12-this-week-in-units.md'],
    ['{year}/{month}', '2023-02', ['{year}/{month}.md'], '2023/02.md'],
    ['{year}-{month} in a folder of its own', '2023-02', ['{year}-{month}/index.md'], '2023-02/index.md'],
    ['{year}/{month}/{day}', '2023-02-07', ['{year}/{month}/{day}.md'], '2023/02/07.md'],
    ['{year}/{slug}, in this year', 'special', ['{year}/{slug}.md'], '2024/special.md'],
    ['{slug}', 'special', ['{slug}.md'], 'special.md'],
    ['the second, where the first does not fit', 'special', ['{date}-{slug}.md', 'extra/{slug}.md'], 'extra/special.md'],
    ['{id} in a name that has other marks', '2023+02 (draft)', ['{id}.md'], '2023+02 (draft).md'],
  ])('%s', (_what, id, files, path) => {
    expect(begun(id, files)).toMatchObject({ kind: 'begun', path });
  });

  it('whose newsletter has a name in another script', () => {
    expect(begun('2024-11-20', ['{date}-{slug}.md'], {}, '新闻')).toMatchObject({ kind: 'begun', path: '2024-11-20-issue.md' });
  });

  it('as the newest does, where there are several', () => {
    const there = { 'b/2024-11-13/index.md': 'Text.' };
    expect(begun('2024-11-20', ['a/{id}.md', 'b/{id}/index.md'], there)).toMatchObject({ path: 'b/2024-11-20/index.md' });
  });

  it('and goes on from the newest, though other files lie beside it', () => {
    const there = { '2023-01.md': '+++\ntitle = "x"\n+++\n\n## Projects\n', 'README.md': '# How to write\n\n## Rules\n' };
    const result = begun('2023-02', ['{id}.md'], there);
    expect(result).toMatchObject({ kind: 'begun', text: expect.stringMatching(/^\+\+\+\n[\s\S]*\n## Projects\n$/) });
  });

  it('with no heading out of YAML', () => {
    const result = begun('2023-02', ['{id}.md'], { '2023-01.md': '---\ntitle: Old\ndate: 2023-02-01\n---\n\n## Projects\n' });
    expect(result).toMatchObject({ kind: 'begun', text: expect.not.stringContaining('Old') });
  });
});

describe('no issue', () => {
  it.each([
    ['..', ['issues/{id}/index.md']],
    ['..', ['{id}/index.md']],
    ['.', ['issues/{id}/index.md']],
    ['../x', ['issues/{id}.md']],
    ['/etc/x', ['{id}.md']],
    ['a/b', ['issues/{id}.md']],
    ['a\\..\\b', ['issues/{id}.md']],
    ['..\\x', ['{slug}.md']],
    ['.hidden', ['{id}.md']],
    ['', ['{id}.md']],
    ['a\0b', ['{id}.md']],
    ['a\nb', ['{id}.md']],
    ['special', ['{date}-{slug}.md']],
    ['2023-02-30', ['{date}-{slug}.md']],
    ['2023-13-45', ['{date}-{slug}.md']],
    ['x', ['{number}.md']],
    ['2023', ['{year}/{month}.md']],
  ])('is called %j by %j', (id, files) => {
    expect(begun(id, files)).toMatchObject({
      kind: 'problem',
      problem: { message: `No issue can be called ${id}, by ${files.join(' or ')}.` },
    });
  });

  it('is begun twice', () => {
    const there = { '2023-02/index.md': 'Text.' };
    expect(begun('2023-02', ['{id}.md', '{id}/index.md'], there)).toMatchObject({
      kind: 'problem',
      problem: { message: 'Issue 2023-02 is there already: 2023-02/index.md.' },
    });
  });
});
