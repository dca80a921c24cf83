// Colours on a screen: how well they can be told apart, and what is done about it.
import { describe, expect, it } from 'vitest';
import { COLOUR, contrast, lightenFor, READABLE_CONTRAST, textOn } from '../../src/domain/colour.ts';

const DARK = '#161b22';
const TOO_DARK = [
  ...['#000000', '#0000ff', '#000080', '#800000', '#008000', '#4b0082', '#2f4f4f', '#191970', '#8b0000', '#556b2f'],
  ...['#161b22', '#333333', '#5b21b6', '#1d4ed8', '#7c2d12', '#9f1239', '#064e3b', '#0f172a', '#6a5acd', '#ff0000'],
];
const READABLE = ['#ffffff', '#ffff00', '#00ff00', '#00ffff', '#ff8c00', '#8b949e', '#58a6ff', '#f0883e'];

describe('a contrast', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#161b22', '#161b22', 1],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#ff0000', '#ffffff', 4.0],
    ['#00ff00', '#ffffff', 1.37],
    ['#0000ff', '#ffffff', 8.59],
    ['#0000ff', '#000000', 2.44],
    ['#808080', '#000000', 5.32],
  ])('of %s and %s is %d, whichever comes first', (one, other, expected) => {
    expect(contrast(one, other)).toBeCloseTo(expected, 2);
    expect(contrast(other, one)).toBe(contrast(one, other));
  });

  it('is the same for capital letters', () => {
    expect(contrast('#AABBCC', '#FFFFFF')).toBe(contrast('#aabbcc', '#ffffff'));
  });
});

describe('text on a colour', () => {
  it.each([
    ['#000000', '#ffffff'],
    ['#161b22', '#ffffff'],
    ['#0000ff', '#ffffff'],
    ['#5b21b6', '#ffffff'],
    ['#ffffff', '#000000'],
    ['#ffff00', '#000000'],
    ['#ff0000', '#000000'],
    ['#777777', '#000000'],
  ])('%s is %s', (colour, text) => {
    expect(textOn(colour)).toBe(text);
  });

  it.each([...TOO_DARK, ...READABLE])('%s can be read', (colour) => {
    expect(contrast(textOn(colour), colour)).toBeGreaterThanOrEqual(READABLE_CONTRAST);
  });
});

describe('a colour on a dark page', () => {
  it.each(TOO_DARK)('%s is lightened until it can be read', (colour) => {
    expect(contrast(colour, DARK)).toBeLessThan(4.5);
    const lighter = lightenFor(colour, DARK);
    expect(lighter).toMatch(COLOUR);
    expect(contrast(lighter, DARK)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(TOO_DARK)('%s is lightened no more than it takes', (colour) => {
    expect(contrast(lightenFor(colour, DARK), DARK)).toBeLessThan(6);
  });

  it.each(READABLE)('%s is left alone', (colour) => {
    expect(lightenFor(colour, DARK)).toBe(colour);
  });

  it('is as light as can be where nothing can be read on what is behind it', () => {
    expect(lightenFor('#336699', '#cccccc')).toBe('#ffffff');
  });
});
