// What becomes of a claim, whatever the ledger holds of the address and in whatever order claims come.
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  type HeldSubscription,
  type HeldSuppression,
  type Holding,
  mergeClaim,
  type OwnWord,
} from '../../src/domain/claim.ts';

const OLD = Date.UTC(2019, 4, 1);
const HELD = Date.UTC(2021, 4, 1);
const LATE = Date.UTC(2023, 4, 1);
const NOW = Date.UTC(2025, 4, 1);
const NOTHING: Holding = { subscription: null, suppression: null };
const SILENT: OwnWord = { isAskedFor: false, confirmedAt: null, isErased: false };

function claim(state: Claim['state'], reason: string | null = null, since: number | null = null): Claim {
  return { state, reason, since };
}

function subscribed(state: HeldSubscription['state'], endedReason: string | null = null, since = HELD): Holding {
  return { subscription: { state, endedReason, since }, suppression: null };
}

function suppressed(reason: string, since = HELD): Holding {
  return { subscription: null, suppression: { reason, since } };
}

/** The holding after the claim; a claim that is kept out fails the test. */
function merge(held: Holding, claimed: Claim, own: OwnWord = SILENT): Holding {
  const merged = mergeClaim(held, claimed, own, NOW);
  return merged.kind === 'merged' ? merged.holding : expect.unreachable('the claim was kept out');
}

describe('of an address that the ledger does not know', () => {
  it.each<[Claim, HeldSubscription]>([
    [claim('active'), { state: 'active', endedReason: null, since: NOW }],
    [claim('active', null, OLD), { state: 'active', endedReason: null, since: OLD }],
    [claim('pending'), { state: 'pending', endedReason: null, since: NOW }],
    [claim('pending', null, OLD), { state: 'pending', endedReason: null, since: NOW }],
    [claim('ended'), { state: 'ended', endedReason: 'removed', since: NOW }],
    [claim('ended', 'unsubscribed', OLD), { state: 'ended', endedReason: 'unsubscribed', since: OLD }],
    [claim('active', 'a slip', OLD), { state: 'active', endedReason: null, since: OLD }],
  ])('%j is taken at its word', (claimed, subscription) => {
    expect(merge(NOTHING, claimed)).toEqual({ subscription, suppression: null });
  });

  it.each<[Claim, HeldSuppression]>([
    [claim('suppressed'), { reason: 'manual', since: NOW }],
    [claim('suppressed', 'gone', OLD), { reason: 'gone', since: OLD }],
  ])('%j makes a suppression and no subscription', (claimed, suppression) => {
    expect(merge(NOTHING, claimed)).toEqual({ subscription: null, suppression });
  });
});

describe('an active subscription', () => {
  const ACTIVE = subscribed('active');

  it.each([
    claim('active'),
    claim('active', null, HELD),
    claim('active', null, LATE),
    claim('pending'),
    claim('pending', null, OLD),
  ])('is the same after %j', (claimed) => {
    expect(merge(ACTIVE, claimed)).toBe(ACTIVE);
  });

  it('takes an earlier beginning', () => {
    expect(merge(ACTIVE, claim('active', null, OLD))).toEqual(subscribed('active', null, OLD));
  });

  it.each([
    [claim('ended'), subscribed('ended', 'removed', NOW)],
    [claim('ended', 'unsubscribed', OLD), subscribed('ended', 'unsubscribed', OLD)],
    [claim('ended', 'complaint', LATE), subscribed('ended', 'complaint', LATE)],
  ])('ends by %j', (claimed, after) => {
    expect(merge(ACTIVE, claimed)).toEqual(after);
  });

  it('stays as it is beside a suppression', () => {
    const after = { ...ACTIVE, suppression: { reason: 'gone', since: LATE } };
    expect(merge(ACTIVE, claim('suppressed', 'gone', LATE))).toEqual(after);
  });
});

describe('a pending subscription that only a file knows of', () => {
  const PENDING = subscribed('pending');

  it.each([
    [claim('active'), subscribed('active', null, NOW)],
    [claim('active', null, OLD), subscribed('active', null, OLD)],
    [claim('ended'), subscribed('ended', 'removed', NOW)],
    [claim('ended', 'unsubscribed', LATE), subscribed('ended', 'unsubscribed', LATE)],
  ])('becomes what %j says', (claimed, after) => {
    expect(merge(PENDING, claimed)).toEqual(after);
  });

  it.each([claim('pending'), claim('pending', null, OLD)])('is the same after %j', (claimed) => {
    expect(merge(PENDING, claimed)).toBe(PENDING);
  });
});

describe('a subscription that has ended', () => {
  it.each(['unsubscribed', 'complaint', 'gone', 'removed'])('because of %s is not brought back', (reason) => {
    for (const claimed of [claim('active'), claim('active', null, LATE), claim('pending', null, LATE)])
      expect(mergeClaim(subscribed('ended', reason), claimed, SILENT, NOW)).toEqual({ kind: 'kept' });
  });

  it.each([
    ['removed', 'unsubscribed', 'unsubscribed'],
    ['removed', 'complaint', 'complaint'],
    ['gone', 'unsubscribed', 'unsubscribed'],
    ['complaint', 'unsubscribed', 'unsubscribed'],
    ['unsubscribed', 'complaint', 'unsubscribed'],
    ['unsubscribed', 'gone', 'unsubscribed'],
    ['complaint', 'removed', 'complaint'],
    ['gone', 'removed', 'gone'],
    ['removed', 'gone', 'gone'],
    ['unsubscribed', null, 'unsubscribed'],
    [null, 'gone', 'gone'],
    [null, null, 'removed'],
  ])('because of %j, and claimed to because of %j, ended because of %j', (held, claimed, reason) => {
    expect(merge(subscribed('ended', held), claim('ended', claimed, HELD))).toEqual(subscribed('ended', reason));
  });

  it('takes the later of two dates', () => {
    const after = subscribed('ended', 'unsubscribed', LATE);
    expect(merge(subscribed('ended', 'unsubscribed'), claim('ended', 'unsubscribed', LATE))).toEqual(after);
  });

  it.each([
    claim('ended', 'unsubscribed'),
    claim('ended', 'unsubscribed', OLD),
    claim('ended', 'complaint', HELD),
    claim('ended'),
  ])('is the same after %j', (claimed) => {
    const ended = subscribed('ended', 'unsubscribed');
    expect(merge(ended, claimed)).toBe(ended);
  });
});

describe('a suppression', () => {
  it.each([
    ['manual', 'gone', 'gone'],
    ['gone', 'manual', 'gone'],
    ['gone', 'requested', 'requested'],
    ['manual', 'complaint', 'complaint'],
    ['requested', 'complaint', 'complaint'],
    ['complaint', 'requested', 'complaint'],
    ['complaint', 'manual', 'complaint'],
    ['requested', 'gone', 'requested'],
    ['requested', null, 'requested'],
  ])('for %j, claimed for %j, is for %j', (held, claimed, reason) => {
    expect(merge(suppressed(held), claim('suppressed', claimed, OLD)).suppression?.reason).toBe(reason);
  });

  it('has the date of the reason that it takes', () => {
    expect(merge(suppressed('manual'), claim('suppressed', 'complaint', LATE))).toEqual(suppressed('complaint', LATE));
    expect(merge(suppressed('manual'), claim('suppressed', 'complaint'))).toEqual(suppressed('complaint', NOW));
  });

  it('takes the earlier date for the same reason, and else is the same', () => {
    expect(merge(suppressed('gone'), claim('suppressed', 'gone', OLD))).toEqual(suppressed('gone', OLD));
    expect(merge(suppressed('gone'), claim('suppressed', 'gone', LATE)).suppression).toEqual({ reason: 'gone', since: HELD });
    expect(merge(suppressed('gone'), claim('suppressed', 'gone')).suppression).toEqual({ reason: 'gone', since: HELD });
  });

  it.each([claim('active'), claim('pending'), claim('ended')])('stands whatever %j says of the subscription', (claimed) => {
    expect(merge(suppressed('gone'), claimed).suppression).toEqual({ reason: 'gone', since: HELD });
  });
});

describe('the reader’s own word', () => {
  const EVERY_STATE = [
    claim('active', null, LATE),
    claim('pending'),
    claim('ended', 'unsubscribed'),
    claim('suppressed', 'gone'),
  ];

  it.each(EVERY_STATE)('that everything be erased keeps out %j', (claimed) => {
    const erased = { ...SILENT, isErased: true };
    for (const held of [NOTHING, subscribed('ended', 'removed'), subscribed('pending'), suppressed('requested')])
      expect(mergeClaim(held, claimed, erased, NOW)).toEqual({ kind: 'kept' });
  });

  it.each([claim('active'), claim('active', null, OLD), claim('pending'), claim('pending', null, OLD)])(
    'that somebody asked for by a form is not given by %j',
    (claimed) => {
      const asked = { ...SILENT, isAskedFor: true };
      expect(mergeClaim(subscribed('pending'), claimed, asked, NOW)).toEqual({ kind: 'kept' });
    },
  );

  it('by a form does not keep an active subscription from its earlier beginning', () => {
    const asked = { ...SILENT, isAskedFor: true };
    expect(merge(subscribed('active'), claim('active', null, OLD), asked)).toEqual(subscribed('active', null, OLD));
  });

  it('of joining stands against a leaving from before it', () => {
    const confirmed = { ...SILENT, confirmedAt: HELD };
    const leaving = claim('ended', 'unsubscribed', HELD - 1);
    expect(mergeClaim(subscribed('active'), leaving, confirmed, NOW)).toEqual({ kind: 'kept' });
  });

  it.each([
    ['of the same moment', claim('ended', 'unsubscribed', HELD), HELD],
    ['from after it', claim('ended', 'unsubscribed', LATE), LATE],
    ['that has no date', claim('ended', 'unsubscribed'), NOW],
  ])('of joining gives way to a leaving %s', (_, leaving, since) => {
    const confirmed = { ...SILENT, confirmedAt: HELD };
    expect(merge(subscribed('active'), leaving, confirmed)).toEqual(subscribed('ended', 'unsubscribed', since));
  });

  it('of joining does not stand against a suppression from before it', () => {
    const confirmed = { ...SILENT, confirmedAt: HELD };
    const { suppression } = merge(subscribed('active'), claim('suppressed', 'gone', OLD), confirmed);
    expect(suppression).toEqual({ reason: 'gone', since: OLD });
  });
});

describe('several claims', () => {
  const CLAIMS = [
    ...[claim('active'), claim('active', null, OLD), claim('active', null, LATE)],
    ...[claim('pending'), claim('pending', null, HELD)],
    ...[claim('ended'), claim('ended', null, OLD), claim('ended', 'gone', LATE), claim('ended', 'unsubscribed', HELD)],
    ...[claim('ended', 'complaint'), claim('suppressed'), claim('suppressed', 'gone', OLD), claim('suppressed', 'gone', LATE)],
    ...[claim('suppressed', 'complaint'), claim('suppressed', 'requested', HELD)],
  ];
  const HANDFULS = [2, 3, 4].flatMap((count) => choose(CLAIMS, count));

  it('come to the same state and the same reasons in whatever order', () => {
    const torn = HANDFULS.filter(
      (handful) => new Set(ordersOf(handful).map((order) => gist(holdingsAfter(order).at(-1)))).size > 1,
    );
    expect(torn).toEqual([]);
  });

  it('never make active what one of them has ended', () => {
    const broken = HANDFULS.flatMap(ordersOf).filter((order) => {
      const holdings = holdingsAfter(order);
      const first = order.findIndex(({ state }) => state === 'ended');
      return first >= 0 && holdings.slice(first).some(({ subscription }) => subscription?.state !== 'ended');
    });
    expect(broken).toEqual([]);
  });

  it('never lose a suppression', () => {
    const broken = HANDFULS.flatMap(ordersOf).filter((order) => {
      const holdings = holdingsAfter(order);
      const first = order.findIndex(({ state }) => state === 'suppressed');
      return first >= 0 && holdings.slice(first).some(({ suppression }) => suppression === null);
    });
    expect(broken).toEqual([]);
  });

  it.each(['complaint', 'requested'])('leave a suppression that only the reader may lift, as %s, to the reader', (reason) => {
    const mine = HANDFULS.filter((handful) => handful.some((each) => each.state === 'suppressed' && each.reason === reason));
    const lifted = mine.flatMap(ordersOf).filter((order) => {
      const last = holdingsAfter(order).at(-1)?.suppression?.reason ?? '';
      return !['complaint', 'requested'].includes(last);
    });
    expect(mine).not.toEqual([]);
    expect(lifted).toEqual([]);
  });

  it('that are the same make no difference beyond the first', () => {
    for (const claimed of CLAIMS) expect(holdingsAfter([claimed, claimed])[1]).toEqual(holdingsAfter([claimed])[0]);
  });
});

/** The holding after each of the claims, beginning with nothing. */
function holdingsAfter(claims: readonly Claim[]): Holding[] {
  let held = NOTHING;
  return claims.map((each) => {
    const merged = mergeClaim(held, each, SILENT, NOW);
    if (merged.kind === 'merged') held = merged.holding;
    return held;
  });
}

function gist(holding: Holding = NOTHING): string {
  const { subscription, suppression } = holding;
  return [subscription?.state, subscription?.endedReason, suppression?.reason].join(' / ');
}

function choose<T>(items: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return items.flatMap((item, index) => choose(items.slice(index + 1), count - 1).map((rest) => [item, ...rest]));
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
