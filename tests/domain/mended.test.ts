// What was once wrong here: each of these failed before it was mended.
import { describe, expect, it } from 'vitest';
import { addressKey, parseAddress } from '../../src/domain/address.ts';
import { matchIssueName, unknownPlaceholders } from '../../src/domain/issue-pattern.ts';

function keyOf(written: string): string {
  const result = parseAddress(written);
  if (result.kind === 'refused') throw new Error(result.why);
  return result.value.key;
}

describe('addresses', () => {
  it.each([
    'ada@example.org/x',
    'ada@example.org?x',
    'ada@example.org#x',
    'ada@example.org\\x',
    'ada@exa%6dple.org',
    'ada@a%2eexample',
  ])('refuses %j: the part after the @ is not a domain name', (written) => {
    expect(parseAddress(written)).toEqual({ kind: 'refused', why: 'the part after the @ is not a domain name' });
  });
  it('keeps the dotless ı apart from i: they are two mailboxes', () => {
    expect(keyOf('alı@example.org')).not.toBe(keyOf('ali@example.org'));
  });
  it('has one key for an address, however its domain is written', () => {
    expect(addressKey('ada@münchen.example')).toBe(keyOf('ada@münchen.example'));
  });
  it.each(['ad\ud800a@example.org', 'ad\ufffda@example.org', 'ad\ufdd0a@example.org'])(
    'refuses %j, which is no text',
    (written) => {
      expect(parseAddress(written).kind).toBe('refused');
    },
  );
});
describe('patterns', () => {
  it('knows no placeholder by the name of a method', () => {
    expect(unknownPlaceholders('{constructor}{toString}')).toEqual(['constructor', 'toString']);
  });
  it('does not build a pattern of a function’s source', () => {
    expect(matchIssueName('{slug}-{constructor}.md', 'a-b.md')).toEqual({ id: 'a', slug: 'a' });
  });
});
