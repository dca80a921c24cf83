// Numbers for the links of a plain text.
import { expect, it } from 'vitest';
import { LinkNotes } from '../../src/email/link-notes.ts';

it('numbers addresses as they come, and one address once', () => {
  const notes = new LinkNotes();
  expect(['a', 'b', 'a', 'c'].map((url) => notes.numberOf(url))).toEqual([1, 2, 1, 3]);
  expect(notes.take()).toBe('[1] a\n[2] b\n[3] c');
});

it('gives what came since the last time, by number', () => {
  const notes = new LinkNotes();
  expect(notes.take()).toBe('');
  notes.numberOf('a');
  notes.numberOf('b');
  notes.take();
  notes.numberOf('c');
  notes.numberOf('a');
  expect(notes.take()).toBe('[1] a\n[3] c');
  expect(notes.take()).toBe('');
});

it('tells addresses apart that differ by a byte', () => {
  const notes = new LinkNotes();
  const urls = ['https://e.example', 'https://e.example/', 'https://E.example', '__proto__', 'constructor'];
  expect(urls.map((url) => notes.numberOf(url))).toEqual([1, 2, 3, 4, 5]);
});
