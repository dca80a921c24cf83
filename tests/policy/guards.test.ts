// What keeps an editor from sending by mistake, as a list.
import { describe, expect, it } from 'vitest';
import { DOUBTS, type DoubtfulIssue, doubts, GUARDS, refusals, type SendingFacts } from '../../src/policy/guards.ts';

const GOOD: SendingFacts = {
  list: 'monthly',
  ledger: '.postrider/ledger.sqlite',
  baseUrl: 'https://letters.rust-osdev.com',
  senderDomain: 'rust-osdev.com',
  probe: { kind: 'ours' },
  exposed: [],
  isCi: false,
  isDefaultLedger: true,
  url: 'https://rust-osdev.com/this-month/2023-01/',
  notOnWeb: null,
  recipients: 20_100,
  recipientsBefore: 20_000,
  isSizeExpected: false,
};

const told = (facts: Partial<SendingFacts>): string[] =>
  refusals({ ...GOOD, ...facts }).map(({ message, advice }) => `${message} ${advice}`);

it('where all is well, nothing is refused', () => {
  expect(told({})).toEqual([]);
});

describe('refused is', () => {
  it.each<[keyof typeof GUARDS, string, Partial<SendingFacts>, RegExp]>([
    [
      'public-https',
      'an address for readers that is not https',
      { baseUrl: 'http://a.rust-osdev.com' },
      /not https.*`postrider serve`/,
    ],
    ['public-https', 'one on this machine', { baseUrl: 'https://localhost:8080' }, /only this network knows/],
    ['public-https', 'one of a private network', { baseUrl: 'https://10.1.2.3' }, /private network/],
    ['public-https', 'one of a private network by IPv6', { baseUrl: 'https://[fd00::1]' }, /private network/],
    ['public-https', 'one of a local network’s names', { baseUrl: 'https://press.lan' }, /only this network knows/],
    ['public-https', 'the one of the manual', { baseUrl: 'https://newsletter.example.org' }, /a name for examples/],
    ['sender', 'a sender that nobody is', { senderDomain: 'example.org' }, /`from` in newsletter\.yaml/],
    ['one-click', 'a link that cannot be tried', { probe: { kind: 'no-secret' } }, /POSTRIDER_SECRET is not set here/],
    [
      'one-click',
      'a web that does not answer',
      { probe: { kind: 'silence', why: 'ECONNREFUSED' } },
      /ECONNREFUSED.*postrider serve/,
    ],
    [
      'one-click',
      'a web of another ledger',
      { probe: { kind: 'stranger', status: 404 } },
      /not this ledger \(\.postrider.*DATABASE_URL/,
    ],
    ['one-click', 'a web with nothing behind it', { probe: { kind: 'stranger', status: 502 } }, /with 502\. Look whether/],
    ['one-click', 'a web that leads on', { probe: { kind: 'redirect', to: 'https://www.x.org/' } }, /one click.*Set BASE_URL/],
    ['in-git', 'a secret that git would take in', { exposed: ['.env'] }, /\.env.*\.gitignore/],
    [
      'in-git',
      'many files, of which three are named',
      { exposed: ['a.csv', 'b.csv', 'c.csv', 'd.csv', '.env'] },
      /c\.csv and 2 more/,
    ],
    ['passing-ledger', 'a ledger that dies with its machine', { isCi: true }, /CI is set.*DATABASE_URL/],
    ['web-version', 'an issue that is not on the web yet', { notOnWeb: 'it answers 404' }, /404.*--no-web-check/],
    [
      'empty-list',
      'a list without anybody',
      { recipients: 0, recipientsBefore: null },
      /Nobody.*ledger \.postrider\/ledger\.sqlite.*import FILE/,
    ],
    ['list-size', 'a list that has grown beyond reason', { recipients: 41_000 }, /41,000.*20,000.*--expect 41000/],
    ['list-size', 'a list that has shrunk beyond reason', { recipients: 9_000 }, /9,000.*--expect 9000/],
  ])('%s: %s', (name, _what, facts, words) => {
    expect(told(facts)).toEqual([expect.stringMatching(words)]);
    expect(GUARDS[name]?.({ ...GOOD, ...facts })).not.toBeNull();
  });

  it('all of it at once, in order', () => {
    const wrong = { baseUrl: 'http://x', exposed: ['.env'], isCi: true, notOnWeb: 'it answers 404', recipients: 1 } as const;
    expect(told(wrong).map((words) => words.split(/[ :]/)[0])).toEqual(['BASE_URL', 'Git', 'CI', 'The', 'monthly']);
  });
});

describe('let pass is', () => {
  it.each<[string, Partial<SendingFacts>]>([
    ['a server’s ledger where CI is set', { isCi: true, isDefaultLedger: false }],
    ['a list’s first issue', { recipientsBefore: null, recipients: 5 }],
    ['a month’s growth', { recipients: 24_000 }],
    ['what chance does among few', { recipientsBefore: 10, recipients: 40 }],
    ['a list whose new size the editor has said', { recipients: 41_000, isSizeExpected: true }],
    ['a public address that is no name', { baseUrl: 'https://203.0.114.7' }],
  ])('%s', (_what, facts) => {
    expect(told(facts)).toEqual([]);
  });
});

const NEWEST: DoubtfulIssue = {
  issue: '2023-01',
  newest: '2023-01',
  date: '2023-02-07',
  today: '2023-02-08',
  adopted: '2022-01-01',
  commit: 'c0ffee',
  isModified: false,
};

describe('the issue’s id is to be typed', () => {
  it.each<[keyof typeof DOUBTS, string, Partial<DoubtfulIssue>, string]>([
    ['not-newest', 'where there is a newer one', { newest: '2023-02' }, 'It is not the newest issue, which is 2023-02.'],
    ['far-away', 'where it is long past', { today: '2023-03-20' }, 'It is dated 2023-02-07, 41 days ago.'],
    ['far-away', 'where it is long to come', { today: '2022-12-31' }, 'It is dated 2023-02-07, in 38 days.'],
    [
      'before-adoption',
      'where it is from before',
      { adopted: '2023-02-08' },
      'It is from before 2023-02-08, since when the newsletter is sent from here.',
    ],
    ['not-committed', 'where it has been changed', { isModified: true }, 'It has changes that are in no commit.'],
    ['not-committed', 'where it is not in git', { commit: null, isModified: true }, 'It is in no commit.'],
  ])('%s: %s', (name, _what, issue, words) => {
    expect(doubts({ ...NEWEST, ...issue })).toEqual([words]);
    expect(DOUBTS[name]?.({ ...NEWEST, ...issue })).toBe(words);
  });

  it.each<[string, Partial<DoubtfulIssue>]>([
    ['for the newest of yesterday', {}],
    ['for one of thirty days ago', { today: '2023-03-09' }],
    ['for one of the day of adoption', { adopted: '2023-02-07' }],
    ['for one without a date', { date: null }],
  ])('not %s', (_what, issue) => {
    expect(doubts({ ...NEWEST, ...issue })).toEqual([]);
  });
});
