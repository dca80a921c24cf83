// What a branch has changed since it left another, as git knows it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { changedSince } from '../../src/source/repository.ts';
import { findCommand } from '../services/install.ts';
import { commitAll, git, repositoryOf, writeFiles } from './in-git.ts';

describe.skipIf(findCommand('git') === undefined)('what has changed', () => {
  let folder: string;
  beforeEach(() => {
    folder = repositoryOf({ 'a.md': 'a\n', 'b.md': 'b\n', 'in/c.md': 'c\n', 'in/höhe.md': 'd\n' });
    commitAll(folder);
    git(folder, 'checkout', '--quiet', '-b', 'change');
  });

  const changed = (since = 'main', from = folder): string[] | undefined => changedSince(from, since)?.toSorted();

  it('is nothing at first', () => {
    expect(changed()).toEqual([]);
  });

  it('is what was committed, what was not, and what git does not know yet', () => {
    writeFiles(folder, { 'a.md': 'A\n' });
    commitAll(folder);
    writeFiles(folder, { 'b.md': 'B\n', 'new.md': 'new\n' });
    expect(changed()).toEqual(['a.md', 'b.md', 'new.md']);
  });

  it('is what was taken away, too, and both places of what was moved', () => {
    git(folder, 'rm', '--quiet', 'a.md');
    git(folder, 'mv', 'in/c.md', 'c.md');
    commitAll(folder);
    rmSync(join(folder, 'b.md'));
    expect(changed()).toEqual(['a.md', 'b.md', 'c.md', 'in/c.md']);
  });

  it('is not what the other branch has got meanwhile', () => {
    git(folder, 'checkout', '--quiet', 'main');
    writeFiles(folder, { 'a.md': 'A\n' });
    commitAll(folder);
    git(folder, 'checkout', '--quiet', 'change');
    writeFiles(folder, { 'b.md': 'B\n' });
    commitAll(folder);
    expect(changed()).toEqual(['b.md']);
  });

  it('is named from the newsletter’s folder, by its letters, and not beyond it', () => {
    writeFiles(folder, { 'a.md': 'A\n', 'in/höhe.md': 'D\n' });
    expect(changed('main', join(folder, 'in'))).toEqual(['höhe.md']);
  });

  it.each(['', '-', '--all', 'mian', 'main:a.md', 'main..change', '0'.repeat(40)])('is not known since “%s”', (since) => {
    writeFiles(folder, { 'a.md': 'A\n' });
    expect(changed(since)).toBeUndefined();
  });
});
