// Images have a width and a height in the mail, so that nothing moves while they load, and none is wider than the text.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentToHtml } from '../../src/email/document-to-html.ts';
import { dimensionsOf } from '../../src/source/image-files.ts';
import { treeOf } from './render-markdown.ts';

const SRC = 'https://press.example/2023-01/a.png';

function imageOf(body: string, width: number, height: number): string {
  const imageSizes = new Map([[SRC, { width, height }]]);
  const html = documentToHtml(treeOf(body), { textWidthPx: 576, imageSizes }).join('');
  return (/<img [^>]*>/.exec(html)?.[0] ?? '').replace(/ style="[^"]*"/, '');
}

describe('an image', () => {
  it.each([
    ['as large as it is', '![a](a.png)', 400, 300, 'width="400" height="300"'],
    ['no wider than the text', '![a](a.png)', 1_152, 600, 'width="576" height="300"'],
    ['as wide as the author wants it', '<img src="a.png" alt="a" width="200">', 400, 300, 'width="200" height="150"'],
    [
      'no wider than the text, whatever the author wants',
      '<img src="a.png" alt="a" width="900">',
      400,
      300,
      'width="576" height="432"',
    ],
    ['with the height that belongs to its width', '<img src="a.png" alt="a" width="200" height="200">', 400, 300, 'height="150"'],
    ['a share of the text where the author says so', '<img src="a.png" alt="a" width="50%">', 400, 300, 'width="50%"'],
  ])('is %s', (_, body, width, height, attributes) => {
    expect(imageOf(body, width, height)).toContain(attributes);
  });
});

describe('the size of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-image-'));
  /** The head of a PNG: what says its size. */
  const png = (width: number, height: number): Buffer => {
    const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000802000000', 'hex');
    head.writeUInt32BE(width, 16);
    head.writeUInt32BE(height, 20);
    return head;
  };
  writeFileSync(join(folder, 'a b.png'), png(800, 600));
  writeFileSync(join(folder, 'a@2x.png'), png(800, 600));
  writeFileSync(join(folder, 'cut.png'), png(800, 600).subarray(0, 12));
  writeFileSync(join(folder, 'words.png'), 'no image at all');

  it.each([
    ['a%20b.png', { width: 800, height: 600 }],
    ['a@2x.png', { width: 400, height: 300 }],
    ['cut.png', null],
    ['words.png', null],
    ['nowhere.png', null],
    ['.', null],
  ])('of %s', (path, size) => {
    expect(dimensionsOf([folder], path)).toEqual(size);
  });
});
