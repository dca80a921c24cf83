// Signed tokens: what we gave out is read, and nothing else is.
import { describe, expect, it } from 'vitest';
import { type Purpose, signToken, verifyToken } from '../../src/link/token.ts';

const OLD = 'an old secret of many letters';
const NEW = 'a new secret of many letters';
const PURPOSES: readonly Purpose[] = ['unsubscribe', 'preferences', 'return', 'message-id'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

describe('a token', () => {
  it.each([
    [[0]],
    [[1, 2]],
    [[127, 128]],
    [[16_383, 16_384]],
    [[2 ** 31, 2 ** 32]],
    [[2 ** 40, 2 ** 40 - 1]],
    [[Number.MAX_SAFE_INTEGER]],
    [[0, 0, 0]],
    [[5, 0]],
    [[0, 5]],
  ])('gives back the numbers %j', (numbers) => {
    for (const purpose of PURPOSES) expect(verifyToken(purpose, signToken(purpose, numbers, [NEW]), [NEW])).toEqual(numbers);
  });

  it('gives back every power of two up to 2^40 and its neighbours', () => {
    for (let power = 1; power <= 40; power++) {
      for (const number of [2 ** power - 1, 2 ** power, 2 ** power + 1]) {
        expect(verifyToken('return', signToken('return', [number, 1], [NEW]), [NEW])).toEqual([number, 1]);
      }
    }
  });

  it('is the same each time, and another for other numbers, another purpose and another secret', () => {
    const token = signToken('return', [1, 2], [NEW]);
    expect(signToken('return', [1, 2], [NEW])).toBe(token);
    const others = [
      signToken('return', [2, 1], [NEW]),
      signToken('return', [1], [NEW]),
      signToken('return', [1, 2, 0], [NEW]),
      signToken('return', [130], [NEW]),
      signToken('message-id', [1, 2], [NEW]),
      signToken('return', [1, 2], [OLD]),
    ];
    expect(new Set([token, ...others]).size).toBe(7);
  });

  it('consists of small letters and digits that any mail system leaves alone', () => {
    for (let number = 0; number < 500; number++) expect(signToken('unsubscribe', [number], [NEW])).toMatch(/^[a-z2-7]{18,}$/);
  });

  it('cannot be made without a secret', () => {
    expect(() => signToken('return', [1], [])).toThrow('A token needs a secret');
  });
});

describe('verifyToken', () => {
  const token = signToken('unsubscribe', [1_234, 2], [NEW]);

  it('ignores letter case', () => {
    expect(verifyToken('unsubscribe', token.toUpperCase(), [NEW])).toEqual([1_234, 2]);
  });

  it.each(PURPOSES.filter((purpose) => purpose !== 'unsubscribe'))('refuses it for %s', (purpose) => {
    expect(verifyToken(purpose, token, [NEW])).toBeUndefined();
  });

  it('refuses one that another secret signed, and any while there is none', () => {
    expect(verifyToken('unsubscribe', token, [OLD])).toBeUndefined();
    expect(verifyToken('unsubscribe', token, [])).toBeUndefined();
  });

  it('reads what an old secret signed while it is kept, and signs with the newest', () => {
    const old = signToken('unsubscribe', [1_234, 2], [OLD]);
    expect(verifyToken('unsubscribe', old, [NEW, OLD])).toEqual([1_234, 2]);
    expect(signToken('unsubscribe', [1_234, 2], [NEW, OLD])).toBe(token);
    expect(verifyToken('unsubscribe', old, [NEW])).toBeUndefined();
  });

  it('refuses it with any letter changed', () => {
    for (let place = 0; place < token.length; place++) {
      for (const letter of LETTERS.replace(token[place]!, '')) {
        const forged = `${token.slice(0, place)}${letter}${token.slice(place + 1)}`;
        expect(verifyToken('unsubscribe', forged, [NEW])).toBeUndefined();
      }
    }
  });

  it('refuses it with any letter left out, or any letter more', () => {
    for (let place = 0; place <= token.length; place++) {
      const [before, after] = [token.slice(0, place), token.slice(place)];
      if (after !== '') expect(verifyToken('unsubscribe', before + after.slice(1), [NEW])).toBeUndefined();
      for (const letter of LETTERS) expect(verifyToken('unsubscribe', before + letter + after, [NEW])).toBeUndefined();
    }
  });

  it.each([
    '',
    'a',
    'aaaaaaaaaaaaaaaa',
    'aaaaaaaaaaaaaaaaaa',
    ` ${token}`,
    `${token} `,
    `${token}\n`,
    `${token}=`,
    `${token}======`,
    token.slice(0, 16),
    `${token}${token}`,
    `${token.slice(0, 4)}-${token.slice(4)}`,
    `${token.slice(0, 4)}0${token.slice(5)}`,
    `${token.slice(0, 4)}1${token.slice(5)}`,
    `${token.slice(0, 4)}ä${token.slice(5)}`,
    `${token.slice(0, 4)}\u0000${token.slice(5)}`,
    'x'.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(verifyToken('unsubscribe', text, [NEW])).toBeUndefined();
  });

  it('reads one spelling of each token only: the bits left over at its end are zero', () => {
    for (let number = 0; number < 64; number++) {
      const signed = signToken('return', [number, 300, 7], [NEW]);
      const accepted = [...LETTERS].filter((letter) => verifyToken('return', signed.slice(0, -1) + letter, [NEW]) !== undefined);
      expect(accepted).toEqual([signed.at(-1)]);
    }
  });
});
