// Images have a width and a height in the mail, so that nothing moves while they load, and none is wider than the text.
import { describe, expect, it } from 'vitest';
import { documentToHtml } from '../../src/email/document-to-html.ts';
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
