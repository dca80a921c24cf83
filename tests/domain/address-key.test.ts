// Which spellings are one mailbox: for uniqueness, suppression and erasure alike.
import { describe, expect, it } from 'vitest';
import { type Address, addressKey, parseAddress } from '../../src/domain/address.ts';

function read(written: string): Address {
  const result = parseAddress(written);
  if (result.kind === 'refused') throw new Error(`${JSON.stringify(written)} was refused: ${result.why}`);
  return result.value;
}

function keyOf(written: string): string {
  return read(written).key;
}

describe('the key of an address', () => {
  it('is the same however an accent is written', () => {
    expect(keyOf('ju\u0308rgen@example.org')).toBe(keyOf('j\u00fcrgen@example.org'));
  });

  it.each([
    ['Ada@Example.org', 'aDA@example.ORG'],
    ['JÜRGEN@example.org', 'jürgen@example.org'],
    ['ada@münchen.example', 'ADA@xn--mnchen-3ya.example'],
    ['STRASSE@example.org', 'straße@example.org'],
    ['ΟΔΟΣ@example.org', 'οδος@example.org'],
    ['οδοσ@example.org', 'οδος@example.org'],
  ])('is the same for %s and %s', (one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each([
    ['ada@example.org', 'ad.a@example.org'],
    ['ada@example.org', 'ada+news@example.org'],
    ['ada@example.org', 'ada@example.com'],
    ['ada@example.org', 'adà@example.org'],
    ['jurgen@example.org', 'jürgen@example.org'],
  ])('is another for %s and %s', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it('is what addressKey gives for the address, and its own key', () => {
    for (const written of ['Ada@Example.org', 'ΟΔΟΣ@example.org', 'Straße@example.org', '🦀@münchen.example']) {
      const { address, key } = read(written);
      expect(addressKey(address)).toBe(key);
      expect(addressKey(key)).toBe(key);
    }
    expect(addressKey('  Ada@Example.org\n')).toBe('ada@example.org');
  });
});
