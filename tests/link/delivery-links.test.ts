// The signed names of a delivery: links, return path and Message-ID.
import { describe, expect, it } from 'vitest';
import {
  deliveryName,
  deliveryNamedIn,
  preferencesUrl,
  unsubscribeAddress,
  unsubscribeUrl,
  verpAddress,
} from '../../src/link/delivery-links.ts';
import { verifyToken } from '../../src/link/token.ts';

const SECRETS = ['a secret of many letters'];
const LINKS = { baseUrl: 'https://press.example/news', secrets: SECRETS };
const REF = { subscriber: 12, list: 3 };
const DELIVERY = { mailing: 7, sequence: 4_711 };

describe('links for the reader', () => {
  it('lead to Postrider’s own pages and name the subscription', () => {
    const [, leave] = /^https:\/\/press\.example\/news\/u\/([a-z2-7]+)$/.exec(unsubscribeUrl(REF, LINKS)) ?? [];
    const [, prefer] = /^https:\/\/press\.example\/news\/p\/([a-z2-7]+)$/.exec(preferencesUrl(REF, LINKS)) ?? [];
    expect(verifyToken('unsubscribe', leave ?? '', SECRETS)).toEqual([12, 3]);
    expect(verifyToken('preferences', prefer ?? '', SECRETS)).toEqual([12, 3]);
  });

  it('give no right to anything but what they are for', () => {
    const leave = unsubscribeUrl(REF, LINKS).split('/').at(-1) ?? '';
    expect(verifyToken('preferences', leave, SECRETS)).toBeUndefined();
    expect(verifyToken('return', leave, SECRETS)).toBeUndefined();
  });

  it('give the same right by mail as by link', () => {
    const address = unsubscribeAddress(REF, 'returns.example', SECRETS);
    expect(address).toBe(`u-${unsubscribeUrl(REF, LINKS).split('/').at(-1)}@returns.example`);
  });

  it('are another for each subscriber and each list', () => {
    const refs = [REF, { subscriber: 3, list: 12 }, { subscriber: 12, list: 4 }, { subscriber: 13, list: 3 }];
    expect(new Set(refs.map((ref) => unsubscribeUrl(ref, LINKS))).size).toBe(4);
  });
});

describe('the return path', () => {
  it.each([
    [{ mailing: 1, sequence: 1 }],
    [DELIVERY],
    [{ mailing: 2 ** 32, sequence: 2 ** 32 }],
    [{ mailing: 2 ** 40, sequence: 2 ** 40 }],
    [{ mailing: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER }],
  ])('names %j within 64 octets before the @', (delivery) => {
    const address = verpAddress(delivery, 'returns.example', SECRETS);
    expect(address).toMatch(/^r-[a-z2-7]{1,62}@returns\.example$/);
    expect(deliveryNamedIn(address, SECRETS)).toEqual(delivery);
  });

  it('is read whatever letter case and domain it comes back with', () => {
    const address = verpAddress(DELIVERY, 'returns.example', SECRETS);
    expect(deliveryNamedIn(address.toUpperCase(), SECRETS)).toEqual(DELIVERY);
    expect(deliveryNamedIn(address.replace('returns.example', 'mx.returns.example'), SECRETS)).toEqual(DELIVERY);
  });

  it('is read with an old secret while that is kept', () => {
    const address = verpAddress(DELIVERY, 'returns.example', SECRETS);
    expect(deliveryNamedIn(address, ['a newer secret of many letters', ...SECRETS])).toEqual(DELIVERY);
    expect(deliveryNamedIn(address, ['a newer secret of many letters'])).toBeUndefined();
  });

  it.each([
    '',
    'returns.example',
    '@returns.example',
    'r-@returns.example',
    'r-aaaaaaaaaaaaaaaaaaaa@returns.example',
    'bounces@returns.example',
    verpAddress(DELIVERY, 'returns.example', ['a stranger’s secret']),
    unsubscribeAddress(REF, 'returns.example', SECRETS),
    unsubscribeAddress(REF, 'returns.example', SECRETS).replace('u-', 'r-'),
  ])('is not %j', (address) => {
    expect(deliveryNamedIn(address, SECRETS)).toBeUndefined();
  });
});

describe('the name for the Message-ID', () => {
  it('is the same over all attempts and another for each delivery', () => {
    expect(deliveryName(DELIVERY, SECRETS)).toBe(deliveryName(DELIVERY, SECRETS));
    const ids = Array.from({ length: 1_000 }, (_, sequence) => deliveryName({ mailing: 7, sequence }, SECRETS));
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => /^[a-z2-7]+$/.test(id))).toBe(true);
  });

  it('does not give away the return path', () => {
    expect(verpAddress(DELIVERY, 'returns.example', SECRETS)).not.toContain(deliveryName(DELIVERY, SECRETS));
  });
});
