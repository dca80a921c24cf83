// Links that answered lately: kept for a week in a file that may be lost, broken or nobody's to write.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openLinkCache } from '../../src/reach/link-cache.ts';

const URL_A = 'https://a.example/';
const NOW = Date.UTC(2023, 1, 7);
const WEEK = 7 * 24 * 60 * 60_000;

let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'postrider-links-')), 'own', 'links.json');
});

describe('what was there', () => {
  beforeEach(() => {
    const cache = openLinkCache(file, NOW);
    cache.add(URL_A);
    cache.save();
  });

  it('is known at once, before anything is saved', () => {
    const cache = openLinkCache(file, NOW);
    cache.add('https://b.example/');
    expect(cache.knows('https://b.example/')).toBe(true);
    expect(openLinkCache(file, NOW).knows('https://b.example/')).toBe(false);
  });

  it.each([
    ['at once', 0, true],
    ['six days later', 6 * (WEEK / 7), true],
    ['a moment before the week is over', WEEK - 1, true],
    ['a week later', WEEK, false],
    ['by a clock that was set back', -1, false],
  ])('is known %s: after %d ms, %s', (_case, later, isKnown) => {
    expect(openLinkCache(file, NOW + later).knows(URL_A)).toBe(isKnown);
  });

  it('is forgotten in the file as well, when it is old', () => {
    openLinkCache(file, NOW + WEEK).save();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({});
  });

  it('is not made younger by being known', () => {
    const cache = openLinkCache(file, NOW + 1_000);
    expect(cache.knows(URL_A)).toBe(true);
    cache.save();
    expect(openLinkCache(file, NOW + WEEK).knows(URL_A)).toBe(false);
  });

  it('is known byte for byte only', () => {
    expect(openLinkCache(file, NOW).knows(`${URL_A}?b`)).toBe(false);
  });
});

describe('a file', () => {
  it.each(['', '{', 'null', '7', '"text"', '[1, 2]', `{"${URL_A}": "yesterday"}`, `{"${URL_A}": null}`])(
    'that holds something else is as good as none: %j',
    (text) => {
      openLinkCache(file, NOW).save();
      writeFileSync(file, text);
      expect(openLinkCache(file, NOW).knows(URL_A)).toBe(false);
    },
  );

  it('that is a folder is no trouble', () => {
    mkdirSync(file, { recursive: true });
    const cache = openLinkCache(file, NOW);
    cache.add(URL_A);
    expect(() => cache.save()).not.toThrow();
    expect(cache.knows(URL_A)).toBe(true);
  });

  it('that may not be written is no trouble', () => {
    openLinkCache(file, NOW).save();
    chmodSync(file, 0o400);
    expect(() => openLinkCache(file, NOW).save()).not.toThrow();
  });

  it.each(['__proto__', 'constructor', 'toString'])('knows nothing of itself: %s', (name) => {
    expect(openLinkCache(file, NOW).knows(name)).toBe(false);
  });
});
