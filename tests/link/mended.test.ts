// What was once wrong here: each of these failed before it was mended.
import { expect, it } from 'vitest';
import { signToken, verifyToken } from '../../src/link/token.ts';

it('reads no letter but the thirty-two, in small or in capitals', () => {
  const secrets = ['a secret of many letters'];
  const token = Array.from({ length: 200 }, (_, n) => signToken('return', [n], secrets)).find((each) => each.includes('k'))!;
  expect(verifyToken('return', token.replace('k', '\u212a'), secrets)).toBeUndefined();
});
