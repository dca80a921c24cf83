// Which addresses anybody can reach, by their name alone.
import { expect, it } from 'vitest';
import { isPrivateAddress, whyNotPublic } from '../../src/domain/public-address.ts';

it.each([
  '8.8.8.8',
  '140.82.121.3',
  '203.0.114.7',
  '172.32.0.1',
  '::ffff:8.8.8.8',
  '2606:50c0:8000::153',
  '2001:4860:4860::8888',
  // As an IPv4 address is written in a network that has IPv6 only.
  '64:ff9b::808:808',
])('%s is public', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});

it.each([
  '10.0.0.1',
  '127.0.0.1',
  '0.0.0.0',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  '::',
  '::ffff:10.0.0.1',
  '::ffff:127.0.0.1',
  '192.0.2.1',
  '198.51.100.7',
  '203.0.113.9',
  '::ffff:203.0.113.9',
  '2001:db8::1',
  '100::1',
  '64:ff9b:1::a00:1',
  'fd00::1',
  'fe80::1',
  'ff02::1',
])('%s is not', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

it.each([
  ['https://letters.rust-osdev.com', null],
  ['https://letters.rust-osdev.com./press', null],
  ['https://[2606:50c0:8000::153]', null],
  ['http://letters.rust-osdev.com', 'is not https'],
  ['https://press', 'is a name that only this network knows'],
  ['https://a.localhost', 'is a name that only this network knows'],
  ['https://192.168.1.1', 'is an address of this machine, of a private network or of a manual'],
  ['https://a.example.com', 'is a name for examples'],
  ['https://myexample.com', null],
])('%s: %s', (url, why) => {
  expect(whyNotPublic(url)).toBe(why);
});
