// Mailboxes: a display name and an address, as people write them into newsletter.yaml.
import { describe, expect, it } from 'vitest';
import { parseMailbox } from '../../src/domain/mailbox.ts';

describe('parseMailbox', () => {
  it.each([
    ['ada@example.org', '', 'ada@example.org'],
    ['  ada@example.org  ', '', 'ada@example.org'],
    ['<ada@example.org>', '', 'ada@example.org'],
    ['Ada <ada@example.org>', 'Ada', 'ada@example.org'],
    ['Ada<ada@example.org>', 'Ada', 'ada@example.org'],
    ['  Ada  Lovelace  < ada@example.org > ', 'Ada  Lovelace', 'ada@example.org'],
    ['"Lovelace, Ada" <ada@example.org>', 'Lovelace, Ada', 'ada@example.org'],
    ['"Ada \\"Byron\\" Love\\\\lace" <ada@example.org>', 'Ada "Byron" Love\\lace', 'ada@example.org'],
    ['"" <ada@example.org>', '', 'ada@example.org'],
    ['Lovelace, Ada <ada@example.org>', 'Lovelace, Ada', 'ada@example.org'],
    ['Ada (editor) <ada@example.org>', 'Ada (editor)', 'ada@example.org'],
    ['ada@home <ada@example.org>', 'ada@home', 'ada@example.org'],
    ['This Month in Rüst 🦀 <news@München.example>', 'This Month in Rüst 🦀', 'news@xn--mnchen-3ya.example'],
  ])('reads %j', (written, name, address) => {
    expect(parseMailbox(written)).toEqual({ name, address });
  });

  it.each([
    '',
    'Ada',
    'Ada ada@example.org',
    'Ada <ada>',
    'Ada <>',
    '<>',
    'Ada <ada@example.org',
    'Ada ada@example.org>',
    'Ada <<ada@example.org>>',
    'Ada <ada@example.org> and more',
    'Ada <ada@example.org>, Bob <bob@example.org>',
    'ada@example.org, bob@example.org',
    '"Ada "Byron" Lovelace" <ada@example.org>',
    '"Ada\\" <ada@example.org>',
    'Ada\r\nBcc: bob@example.org <ada@example.org>',
    'Ada\nLovelace <ada@example.org>',
    'Ada\rLovelace <ada@example.org>',
    'Ada\u0000 <ada@example.org>',
    'Ada <ada@exa\nmple.org>',
    'Ada <ada\u202e@example.org>',
  ])('refuses %j', (written) => {
    expect(parseMailbox(written)).toBeUndefined();
  });
});
