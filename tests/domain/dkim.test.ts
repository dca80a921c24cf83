// What the world reads of a key in DNS, and which names a key may have there.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DKIM_BITS, dkimRecord, SELECTOR } from '../../src/domain/dkim.ts';

const BITS = [1_024, DKIM_BITS, 3_072, 4_096];

function newKey(modulusLength: number) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { domain: 'sender.example', selector: 'press2023', privateKey };
}

describe('the record of a key', () => {
  it('stands at the selector of the domain', () => {
    expect(dkimRecord(newKey(1_024)).name).toBe('press2023._domainkey.sender.example');
  });

  it.each(BITS)('has strings that DNS can hold, full but for the last, with %d bits', (bits) => {
    const lengths = dkimRecord(newKey(bits)).strings.map((each) => each.length);
    expect(lengths.slice(0, -1).every((length) => length === 255)).toBe(true);
    expect(lengths.at(-1)).toBeGreaterThan(0);
    expect(lengths.at(-1)).toBeLessThanOrEqual(255);
  });

  it.each(BITS)('holds the public key when its strings are joined, with %d bits', (bits) => {
    const key = newKey(bits);
    const value = dkimRecord(key).strings.join('');
    const [, encoded = ''] = /^v=DKIM1; k=rsa; p=([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
    const publicKey = createPublicKey({ key: Buffer.from(encoded, 'base64'), type: 'spki', format: 'der' });
    expect(publicKey.equals(createPublicKey(key.privateKey))).toBe(true);
  });

  it('is the same each time, and tells nothing of the private key', () => {
    const key = newKey(1_024);
    expect(dkimRecord(key)).toEqual(dkimRecord(key));
    const secret = key.privateKey.export({ format: 'jwk' }).d ?? '';
    expect(secret).not.toBe('');
    const octets = Buffer.from(dkimRecord(key).strings.join('').split('p=')[1] ?? '', 'base64');
    expect(octets.includes(Buffer.from(secret, 'base64url'))).toBe(false);
  });

  it('needs no character escaped in a zone file', () => {
    expect(dkimRecord(newKey(DKIM_BITS)).strings.join('')).not.toMatch(/["\\\r\n]/);
  });
});

describe('a selector', () => {
  it.each(['a', '1', 'postrider', 'Postrider2026', 'a-b', 'a--b', '2026.press', 'a.b.c', 'x'.repeat(63)])('may be %s', (name) => {
    expect(name).toMatch(SELECTOR);
  });

  it.each([
    ...['', '.', '.a', 'a.', 'a..b', '-a', 'a-', 'a.-b', 'a_b', 'a b', ' a', 'a\n', 'ä', 'a/b', '../a', 'a;b', 'a"b', '*'],
    'x'.repeat(64),
  ])('may not be %j', (name) => {
    expect(name).not.toMatch(SELECTOR);
  });
});
