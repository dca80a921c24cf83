// What follows from mail that comes back: who is suppressed, at once or in the end, and who never is.
import { describe, expect, it } from 'vitest';
import type { PastDelivery, ReadReport, ReturnedTo } from '../../src/domain/returned.ts';
import { afterRefusal, afterReturn, maySuppress } from '../../src/policy/after-a-return.ts';

const DAY_MS = 24 * 60 * 60_000;
const AT = Date.UTC(2023, 5, 1);
const ADA = 'ada@example.org';

const ABOUT_THE_READER = [
  'user-unknown',
  'host-unknown',
  'moved',
  'mailbox-full',
  'mailbox-inactive',
  'bad-address',
  'host-unreachable',
] as const;
const ABOUT_OTHERS = [
  'spam',
  'policy',
  'greylisted',
  'too-big',
  'relay',
  'other',
  'sender-quota',
  'sender-not-allowed',
  'sender-authentication',
  'sender-reputation',
  'connection-lost',
] as const;

function report(rest: Partial<ReadReport> = {}): ReadReport {
  return { kind: 'bounce', recipient: ADA, status: '5.1.1', words: '', reason: 'user-unknown', isGone: false, ...rest };
}

function reader(rest: Partial<ReturnedTo> = {}): ReturnedTo {
  return { address: ADA, openedAt: AT - DAY_MS, trustedAt: null, past: [], ...rest };
}

/** A delivery of so many days ago. */
function past(days: number, rest: Partial<PastDelivery> = {}): PastDelivery {
  return { mailing: days, at: AT - days * DAY_MS, outcome: 'accepted', fate: 'bounced', reason: 'mailbox-full', ...rest };
}

const FULL = report({ reason: 'mailbox-full', status: '5.2.2' });
const THREE = [past(10), past(20), past(30)];
const suppressionAfter = (reports: readonly ReadReport[], rest: Partial<ReturnedTo> = {}) =>
  afterReturn(reports, reader(rest), AT).suppression;

describe('a complaint', () => {
  it.each<[string, Partial<ReadReport>, Partial<ReturnedTo>]>([
    ['by the reader', {}, {}],
    ['whose reader is hidden', { recipient: null }, {}],
    ['about another address of theirs', { recipient: 'ada@forward.example' }, {}],
    ['though somebody vouched for the address since', {}, { trustedAt: AT - 1 }],
    ['though mail arrived before', {}, { past: [past(10, { fate: null, reason: null })] }],
    ['where no delivery is known', {}, { openedAt: null }],
  ])('%s suppresses at once', (_, rest, to) => {
    const reports = [report({ kind: 'complaint', reason: 'other', ...rest })];
    expect(afterReturn(reports, reader(to), AT)).toEqual({ fate: 'complained', reason: 'complaint', suppression: 'complaint' });
  });
});

describe('an address that is gone', () => {
  it.each([
    ['the reader’s own', ADA, 'gone'],
    ['in other letters', 'ADA@Example.ORG', 'gone'],
    ['not told', null, 'gone'],
    ['another, to which the mail was passed on', 'ada@forward.example', null],
  ])('is suppressed at once where it is %s', (_, recipient, suppression) => {
    const reports = [report({ recipient, isGone: true })];
    expect(afterReturn(reports, reader(), AT)).toEqual({ fate: 'bounced', reason: 'user-unknown', suppression });
  });

  it.each([
    [-1, 'gone'],
    [0, null],
    [1, null],
  ])('is old news where somebody vouched for it %i ms after the delivery was opened', (later, suppression) => {
    expect(suppressionAfter([report({ isGone: true })], { trustedAt: AT - DAY_MS + later })).toBe(suppression);
  });

  it.each([
    [AT - 1, 'gone'],
    [AT, null],
  ])('and is judged by this moment where no delivery is known (%i)', (trustedAt, suppression) => {
    expect(suppressionAfter([report({ isGone: true })], { openedAt: null, trustedAt })).toBe(suppression);
  });
});

describe('of several reports in one return', () => {
  const other = report({ recipient: 'bob@example.org', reason: 'spam' });
  const own = report({ isGone: true });

  it.each<[string, ReadReport[], ReturnType<typeof afterReturn>]>([
    ['the reader’s own counts', [other, own], { fate: 'bounced', reason: 'user-unknown', suppression: 'gone' }],
    ['another counts where there is no own', [other], { fate: 'bounced', reason: 'spam', suppression: null }],
    [
      'of another nobody is gone',
      [{ ...own, recipient: 'bob@example.org' }],
      { fate: 'bounced', reason: 'user-unknown', suppression: null },
    ],
    [
      'none counts that is not serious',
      [report({ kind: 'delayed' }), other],
      { fate: 'bounced', reason: 'spam', suppression: null },
    ],
  ])('%s', (_, reports, consequence) => {
    expect(afterReturn(reports, reader(), AT)).toEqual(consequence);
  });

  it.each(['delayed', 'delivered', 'auto-reply', 'other'] as const)(
    'nothing follows where all are %s, whatever they say',
    (kind) => {
      const reports = [report({ kind, isGone: true }), report({ kind })];
      expect(afterReturn(reports, reader({ past: THREE }), AT)).toEqual({ fate: null, reason: null, suppression: null });
    },
  );

  // Proposed: what is about other addresses counts against a delivery only, and not against a reader known by address alone.
  it('a complaint of one is none of another who is known by the address alone', () => {
    const reports = [report({ kind: 'complaint', recipient: 'bob@example.org' }), report({ kind: 'delivered' })];
    expect(afterReturn(reports, reader({ openedAt: null }), AT).suppression).toBeNull();
  });
});

describe('what is said of others', () => {
  it.each(ABOUT_OTHERS)('never counts against the reader, whatever came before: %s', (reason) => {
    expect(maySuppress({ reason, isGone: false })).toBe(false);
    expect(suppressionAfter([report({ reason })], { past: THREE })).toBeNull();
    expect(afterRefusal({ reason, isGone: false }, reader({ past: THREE }), AT)).toBeNull();
    expect(suppressionAfter([FULL], { past: THREE.map((each) => ({ ...each, reason })) })).toBeNull();
  });

  it.each(ABOUT_THE_READER)('is not this: %s', (reason) => {
    expect(maySuppress({ reason, isGone: false })).toBe(true);
    expect(suppressionAfter([report({ reason })], { past: THREE })).toBe('bounces');
    expect(suppressionAfter([report({ reason })])).toBeNull();
    expect(suppressionAfter([FULL], { past: THREE.map((each) => ({ ...each, reason })) })).toBe('bounces');
  });
});

describe('mail that keeps coming back', () => {
  it.each<[string, PastDelivery[], 'bounces' | null]>([
    ['the first time', [], null],
    ['of three mailings in years', [past(400), past(800)], null],
    ['of four within 29 days', [past(5), past(15), past(29)], null],
    ['of four over thirty days', THREE, 'bounces'],
    ['of ten within a week', Array.from({ length: 9 }, (_, day) => past(day * 0.7)), null],
    ['of three, one of them on two lists twice', [past(10), past(30), past(30)], null],
    [
      'refused at the door, and given up',
      [past(10, { outcome: 'rejected', fate: null }), past(20, { outcome: 'expired', fate: null }), past(30)],
      'bounces',
    ],
    [
      'with words that say nothing of the reader between',
      [past(10), past(15, { reason: 'spam' }), past(20), past(30)],
      'bounces',
    ],
    [
      'with some not mailed, in doubt or waiting between',
      [
        past(10),
        ...(['withheld', 'unknown', 'due', 'deferred'] as const).map((outcome) =>
          past(15, { outcome, fate: null, reason: null }),
        ),
        past(20),
        past(30),
      ],
      'bounces',
    ],
    ['with an acceptance between that is older than five days', [past(5.01, { fate: null, reason: null }), ...THREE], null],
    ['with one that may come back still', [past(5, { fate: null, reason: null }), ...THREE], 'bounces'],
    ['with an acceptance before all of them', [...THREE, past(40, { fate: null, reason: null })], 'bounces'],
    ['with an acceptance among them', [past(10), past(15, { fate: null, reason: null }), past(20), past(30)], null],
    ['with a complaint among them, which says that mail arrives', [past(10), past(20, { fate: 'complained' }), past(30)], null],
  ])('%s', (_, before, suppression) => {
    expect(suppressionAfter([FULL], { past: before })).toBe(suppression);
    expect(afterRefusal({ reason: 'mailbox-full', isGone: false }, reader({ past: before }), AT)).toBe(suppression);
  });

  it.each([
    [31, 'bounces'],
    [30, null],
    [15, null],
  ])('counts from when somebody vouched for the address, %i days ago', (days, suppression) => {
    expect(suppressionAfter([FULL], { past: THREE, trustedAt: AT - days * DAY_MS })).toBe(suppression);
  });
});
