// Addresses: what is read, what is refused and why, and which spellings are one mailbox.
import { describe, expect, it } from 'vitest';
import { domainOf, maskAddress, needsSmtpUtf8, parseAddress } from '../../src/domain/address.ts';

function addressOf(written: string): string {
  const result = parseAddress(written);
  if (result.kind === 'refused') throw new Error(`${JSON.stringify(written)} was refused: ${result.why}`);
  return result.value.address;
}

const CONTROL = 'it holds a space or a control character';
const LOCAL = 'the part before the @ is not valid';
const DOMAIN = 'the part after the @ is not a domain name';

describe('parseAddress', () => {
  it.each([
    ['ada@example.org', 'ada@example.org'],
    ['  ada@example.org\t', 'ada@example.org'],
    ['ada@example.org\r\n', 'ada@example.org'],
    ['Ada.Lovelace+news@Example.ORG', 'Ada.Lovelace+news@example.org'],
    ["o'brien!#$%&*/=?^_`{|}~-@example.org", "o'brien!#$%&*/=?^_`{|}~-@example.org"],
    ['ada@mail.sub-domain.example.co.uk', 'ada@mail.sub-domain.example.co.uk'],
    ['ada@3com.example', 'ada@3com.example'],
    ['ada@münchen.example', 'ada@xn--mnchen-3ya.example'],
    ['ada@MÜNCHEN.example', 'ada@xn--mnchen-3ya.example'],
    ['ada@mu\u0308nchen.example', 'ada@xn--mnchen-3ya.example'],
    ['ada@xn--mnchen-3ya.example', 'ada@xn--mnchen-3ya.example'],
    ['ada@почта.рф', 'ada@xn--80a1acny.xn--p1ai'],
    ['ada@example。org', 'ada@example.org'],
    ['jürgen@example.org', 'jürgen@example.org'],
    ['用户@例子.example', '用户@xn--fsqu00a.example'],
    ['🦀@example.org', '🦀@example.org'],
  ])('reads %j as %j', (written, address) => {
    expect(addressOf(written)).toBe(address);
  });

  it.each([
    ['', 'it is empty'],
    [' \n\t ', 'it is empty'],
    ['ada', 'it has no @'],
    ['@example.org', 'nothing stands before the @'],
    ['ada lovelace@example.org', CONTROL],
    ['ada@exam ple.org', CONTROL],
    ['ada\u00a0@example.org', CONTROL],
    ['ada\r\nRCPT TO:<bob@example.org>', CONTROL],
    ['ada\n@example.org', CONTROL],
    ['ada@example.org\nbob@example.org', CONTROL],
    ['ada\u0000@example.org', CONTROL],
    ['ada\u001b[31m@example.org', CONTROL],
    ['ada\u007f@example.org', CONTROL],
    ['ada\u0085@example.org', CONTROL],
    ['ada\u2028@example.org', CONTROL],
    ['ada\u2029@example.org', CONTROL],
    ['ada\u202e@example.org', CONTROL],
    ['ada\u2066@example.org', CONTROL],
    ['ada\u200f@example.org', CONTROL],
    ['ada\u200b@example.org', CONTROL],
    ['ada@exa\u00admple.org', CONTROL],
    ['a\ufeffda@example.org', CONTROL],
    ['ada\u{e0041}@example.org', CONTROL],
    ['"ada"@example.org', LOCAL],
    ['"ada@home"@example.org', LOCAL],
    ['.ada@example.org', LOCAL],
    ['ada.@example.org', LOCAL],
    ['ada..lovelace@example.org', LOCAL],
    ['ada@home@example.org', LOCAL],
    ['<ada@example.org>', LOCAL],
    ['ada,bob@example.org', LOCAL],
    ['ada;bob@example.org', LOCAL],
    ['ada(comment)@example.org', LOCAL],
    ['ada\\@example.org', LOCAL],
    ['ada:bob@example.org', LOCAL],
    ['ada@', DOMAIN],
    ['ada@localhost', DOMAIN],
    ['ada@example.org.', DOMAIN],
    ['ada@.example.org', DOMAIN],
    ['ada@example..org', DOMAIN],
    ['ada@-example.org', DOMAIN],
    ['ada@example-.org', DOMAIN],
    ['ada@under_score.example', DOMAIN],
    ['ada@example.org>', DOMAIN],
    ['ada@[192.0.2.1]', DOMAIN],
    ['ada@[IPv6:2001:db8::1]', DOMAIN],
    ['ada@192.0.2.1', DOMAIN],
    ['ada@0x7f.1', DOMAIN],
    ['ada@example.123', DOMAIN],
    ['ada@example.org:25', DOMAIN],
    [`ada@${'a'.repeat(64)}.example`, DOMAIN],
  ])('refuses %j: %s', (written, why) => {
    expect(parseAddress(written)).toEqual({ kind: 'refused', why });
  });
});

describe('the limits of an address', () => {
  it('takes 64 bytes before the @ and refuses 65', () => {
    expect(addressOf(`${'a'.repeat(64)}@example.org`)).toHaveLength(76);
    expect(parseAddress(`${'a'.repeat(65)}@example.org`)).toEqual({
      kind: 'refused',
      why: 'the part before the @ is over 64 bytes',
    });
  });

  it('counts the bytes before the @, not the letters', () => {
    expect(addressOf(`${'ü'.repeat(32)}@example.org`)).toBe(`${'ü'.repeat(32)}@example.org`);
    expect(parseAddress(`${'ü'.repeat(33)}@example.org`).kind).toBe('refused');
  });

  it('takes 254 bytes in all and refuses 255', () => {
    const labels = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}`;
    expect(addressOf(`${'x'.repeat(54)}@${labels}.example`)).toHaveLength(254);
    expect(parseAddress(`${'x'.repeat(55)}@${labels}.example`)).toEqual({ kind: 'refused', why: 'it is over 254 bytes' });
  });

  it('refuses a very long text without stumbling over it', () => {
    expect(parseAddress(`${'a.'.repeat(200_000)}@example.org`).kind).toBe('refused');
    expect(parseAddress(`a@${'a.'.repeat(200_000)}example`).kind).toBe('refused');
  });
});

describe('what an address asks of its way', () => {
  it('has the domain after the last @', () => {
    expect(domainOf('ada@mail.example.org')).toBe('mail.example.org');
    expect(domainOf('odd@name@example.org')).toBe('example.org');
  });

  it.each([
    ['ada.lovelace@engine.example', 'a***@e***.example'],
    ['a@b.co.uk', 'a***@b***.uk'],
    ['😀@xn--maana-pta.example', '😀***@x***.example'],
  ])('is shown as little of it as its owner needs to know it', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });

  it('needs SMTPUTF8 for letters beyond ASCII before the @, not for a domain in A-labels', () => {
    expect(needsSmtpUtf8(addressOf('jürgen@example.org'))).toBe(true);
    expect(needsSmtpUtf8(addressOf('jurgen@münchen.example'))).toBe(false);
  });
});
