// Numbers for the links of a plain text, and what they look like there.
import { describe, expect, it } from 'vitest';
import { documentToText } from '../../src/email/document-to-text.ts';
import { LinkNotes } from '../../src/email/link-notes.ts';
import { textOf, treeOf } from './render-markdown.ts';

describe('LinkNotes', () => {
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
});

describe('links of a text', () => {
  it('are noted at the end of their section, by number', () => {
    const text = textOf(
      '[a](https://e.example/a)\n\n## S\n\n[b](https://e.example/b) [c](https://e.example/c)\n\n### T\n\n[d](https://e.example/d)',
    );
    expect(text.split('\n\n')).toEqual([
      'a [1]',
      '[1] https://e.example/a',
      'S\n-',
      'b [2] c [3]',
      '[2] https://e.example/b\n[3] https://e.example/c',
      '## T',
      'd [4]',
      '[4] https://e.example/d',
    ]);
  });

  it('keep their number where the address is repeated, and are noted again in each section', () => {
    const text = textOf(
      '[a](https://e.example/a) [b](https://e.example/b) [a](https://e.example/a)\n\n## S\n\n[again](https://e.example/a)',
    );
    expect(text).toBe(
      'a [1] b [2] a [1]\n\n[1] https://e.example/a\n[2] https://e.example/b\n\nS\n-\n\nagain [1]\n\n[1] https://e.example/a',
    );
  });

  it.each([
    ['https://e.example/a?b=c&d', 'https://e.example/a?b=c&d'],
    ['<https://e.example>', 'https://e.example'],
    ['[https://e.example/](https://e.example/)', 'https://e.example/'],
    ['ed@e.example', 'ed@e.example'],
    ['[ed@e.example](mailto:ed@e.example)', 'ed@e.example'],
    ['[above](#s)\n\n## S', 'above\n\nS\n-'],
  ])('have no note where the text says it all: %s', (body, text) => {
    expect(textOf(body)).toBe(text);
  });

  it('have a note where the text is almost the address', () => {
    expect(textOf('[e.example](https://e.example)')).toBe('e.example [1]\n\n[1] https://e.example');
  });

  it('are the author’s to the byte', () => {
    const address = 'https://e.example/ü_(x)/%7E?a=1&b=2&copy=3#{y}';
    expect(textOf(`[a](<${address}>)`)).toBe(`a [1]\n\n[1] ${address}`);
  });
});

describe('images of a text', () => {
  it.each([
    ['![A boot](https://e.example/a.png)', '(image: A boot) [1]\n\n[1] https://e.example/a.png'],
    ['![](https://e.example/a.png)', '(image) [1]\n\n[1] https://e.example/a.png'],
    [
      '[![A](https://e.example/a.png)](https://e.example/b)',
      '(image: A) [1] [2]\n\n[1] https://e.example/a.png\n[2] https://e.example/b',
    ],
  ])('have their description and a note: %s', (body, text) => {
    expect(textOf(body)).toBe(text);
  });
});

describe('what a text cannot show', () => {
  it('is named in the language of the words', () => {
    const tree = treeOf('![A boot](https://e.example/a.png) ![](https://e.example/b.png)');
    expect(documentToText(tree, { image: 'Bild' })).toMatch(/^\(Bild: A boot\) \[1\] \(Bild\) \[2\]\n/);
  });
});

describe('footnotes of a text', () => {
  it('are marked in brackets and stand at the end, without the way back', () => {
    const text = textOf('A[^a] and b[^b] and a[^a].\n\n[^b]: B.\n[^a]: See [there](https://e.example).\n\n    More.');
    expect(text).toBe(
      'A (1) and b (2) and a (1).\n\nFootnotes\n---------\n\n1. See there [1].\n\n   More.\n\n2. B.\n\n[1] https://e.example',
    );
  });
});
