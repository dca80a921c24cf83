// Several files are written, or none.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeAll } from '../../src/source/write-all.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postrider-write-'));
});

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

it('new files are written, in folders that are made; a secret is its owner’s', () => {
  writeAll(folder, [
    { path: 'a/b/c.md', text: 'c' },
    { path: '.env', text: 's', isSecret: true },
  ]);
  expect([read('a/b/c.md'), read('.env')]).toEqual(['c', 's']);
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
});

it.each([
  ['a', 'a\nb\n'],
  ['a\n', 'a\nb\n'],
  ['a\r\n', 'a\r\nb\n'],
  ['', 'b\n'],
])('what is there, %j, keeps its bytes and gets the rest on lines of its own', (before, after) => {
  writeFileSync(join(folder, 'x'), before);
  writeAll(folder, [{ path: 'x', text: 'b\n' }]);
  expect(read('x')).toBe(after);
});

describe('where one cannot be written', () => {
  it('all is as before: files, their bytes, and folders', () => {
    writeFileSync(join(folder, 'old'), Buffer.from([0xff, 0x00]));
    mkdirSync(join(folder, 'taken'));
    const files = [
      { path: 'old', text: 'x' },
      { path: 'new', text: 'x' },
      { path: 'a/b/c', text: 'x' },
      { path: 'old/d', text: 'x' },
    ];
    expect(() => writeAll(folder, files)).toThrow(/ENOTDIR|EEXIST/);
    expect(readdirSync(folder).toSorted()).toEqual(['old', 'taken']);
    expect(readFileSync(join(folder, 'old'))).toEqual(Buffer.from([0xff, 0x00]));
  });

  it('what is in its place is not removed', () => {
    symlinkSync('nowhere', join(folder, '.env'));
    expect(() => writeAll(folder, [{ path: '.env', text: 'x' }])).toThrow(/EEXIST/);
    expect(readdirSync(folder)).toEqual(['.env']);
  });
});
