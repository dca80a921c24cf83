// What joining may cost, and who counts as whose neighbour.
import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/policy/joining.ts';
import { mayBeLiftedByReader } from '../../src/policy/suppression.ts';

describe('a neighbourhood', () => {
  it.each([
    ['203.0.113.9', '203.0.113'],
    ['::ffff:203.0.113.9', '203.0.113'],
    ['2001:db8:12::1', '2001:db8:12'],
    ['2001:0DB8:0012:ffff:1:2:3:4', '2001:db8:12'],
    ['2001:db8::1', '2001:db8:0'],
    ['::1', '0:0:0'],
    ['::', '0:0:0'],
    ['fe80::', 'fe80:0:0'],
  ])('of %s is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});

describe('a suppression', () => {
  it.each([
    [null, true],
    ['complaint', true],
    ['gone', false],
    ['manual', false],
    ['anything that is not known', false],
  ])('for %s: may the reader lift it? %s', (reason, may) => {
    expect(mayBeLiftedByReader(reason)).toBe(may);
  });
});
