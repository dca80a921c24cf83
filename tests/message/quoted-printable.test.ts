// Quoted-printable: every line is short and plain, and the very text comes out again.
import { describe, expect, it } from 'vitest';
import { encodeQuotedPrintable, SOFT_BREAK } from '../../src/message/quoted-printable.ts';
import { randomText, seeded } from './random-text.ts';

/** RFC 2045 6.7, read as strictly as it is written. */
function decode(encoded: string): string {
  const joined = encoded.replaceAll(SOFT_BREAK, '');
  const bytes = joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

describe('encodeQuotedPrintable', () => {
  it.each([
    ['', ''],
    ['Hello, world!', 'Hello, world!'],
    ['a = b', 'a =3D b'],
    ['Grüße', 'Gr=C3=BC=C3=9Fe'],
    ['🦀', '=F0=9F=A6=80'],
    ['one\ntwo', 'one\r\ntwo'],
    ['one\n', 'one\r\n'],
    ['\n\n', '\r\n\r\n'],
    ['space \nend', 'space=20\r\nend'],
    ['tab\t\nend', 'tab=09\r\nend'],
    ['two  \n', 'two =20\r\n'],
    [' ', '=20'],
    ['inner space and\ttab', 'inner space and\ttab'],
    ['.', '=2E'],
    ['.\nx', '=2E\r\nx'],
    ['..a', '=2E.a'],
    ['a.b.', 'a.b.'],
    ['From me', '=46rom me'],
    ['\nFrom me', '\r\n=46rom me'],
    ['>From me', '>From me'],
    ['from me', 'from me'],
    ['a\rb', 'a=0Db'],
    ['a\r\nb', 'a=0D\r\nb'],
    ['a\u0000b\u007f', 'a=00b=7F'],
    ['x'.repeat(75), 'x'.repeat(75)],
    ['x'.repeat(80), `${'x'.repeat(75)}=\r\n${'x'.repeat(5)}`],
    [`${'x'.repeat(74)}=y`, `${'x'.repeat(74)}=\r\n=3Dy`],
    [`${'x'.repeat(75)}.y`, `${'x'.repeat(75)}=\r\n=2Ey`],
    [`${'x'.repeat(75)}From y`, `${'x'.repeat(75)}=\r\n=46rom y`],
  ])('writes %j as %j', (text, encoded) => {
    expect(encodeQuotedPrintable(text)).toBe(encoded);
  });

  it('never splits a character between two lines', () => {
    for (let indent = 0; indent < 80; indent++) {
      for (const line of encodeQuotedPrintable(`${'x'.repeat(indent)}${'🦀漢é'.repeat(20)}`).split(SOFT_BREAK)) {
        expect(decode(line)).not.toContain('\ufffd');
      }
    }
  });

  it('gives back any text, in lines of at most 76 plain characters', () => {
    const random = seeded(2045);
    for (let round = 0; round < 2_000; round++) {
      const text = randomText(random, 40);
      const encoded = encodeQuotedPrintable(text);
      expect(decode(encoded)).toBe(text);
      for (const line of encoded.split('\r\n')) {
        expect(line).toMatch(/^[\t\x20-\x7e]{0,76}$/);
        expect(line).not.toMatch(/[ \t]$|^\.|^From/);
      }
    }
  });

  it('lets pieces that were encoded apart be laid one after the other', () => {
    const random = seeded(5321);
    for (let round = 0; round < 500; round++) {
      const pieces = Array.from({ length: 5 }, () => randomText(random, 10));
      expect(decode(pieces.map(encodeQuotedPrintable).join(SOFT_BREAK))).toBe(pieces.join(''));
    }
  });
});
