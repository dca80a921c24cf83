// Texts that are hard on an encoder, the same ones at every run.

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  'word',
  ' ',
  '  ',
  '\t',
  '\n',
  '\n\n',
  '\n.',
  '.',
  '..',
  '\n.\n',
  'From ',
  '\nFrom the start',
  '\n>From',
  '=',
  '=3D',
  '=\n',
  '=_',
  '--',
  '\n--=_',
  'é',
  'ü'.repeat(20),
  '漢字'.repeat(15),
  '🦀',
  '👩‍👩‍👧',
  '🇩🇪',
  'e\u0301',
  '\u00a0',
  '\u200b',
  ' \n',
  '\t\n',
  'x'.repeat(75),
  'x'.repeat(76),
  'x'.repeat(77),
  'longer'.repeat(200),
  '"quoted" & <tagged>',
  '\\',
  '\u007f',
];

/** Up to `most` pieces, one after the other. */
export function randomText(random: () => number, most: number): string {
  const length = Math.floor(random() * (most + 1));
  return Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
}
