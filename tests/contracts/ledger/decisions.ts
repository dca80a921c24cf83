// What a person decides about deliveries: withheld, sent again, tried again, left as they are.
import { describe, expect, it } from 'vitest';
import type { Mailing } from '../../../src/domain/mailing.ts';
import { claim, type LedgerOf, leaveInDoubt, mailingOf, outcomesOf, settlement } from './setting.ts';

export function decisionsContract(of: LedgerOf): void {
  const slice = ({ id }: Mailing, first = 1, last = 1_000) => ({ mailing: id, first, last });
  const resolve = ({ id }: Mailing, ...rest: ['resend' | 'resend-once' | 'skip', number, { first: number; last: number }?]) =>
    of().deliveries.resolveUnknown(id, rest[0], rest[1], rest[2] && { mailing: id, ...rest[2] });

  describe('what is withheld', () => {
    it('is what waits in the slice and nobody holds', async () => {
      const mailing = await mailingOf(of(), 4);
      await claim(of(), mailing, 'a', 100, 1);
      expect(await of().deliveries.withhold(slice(mailing, 1, 3), 'cancelled', 149)).toBe(2);
      expect(await outcomesOf(of(), mailing)).toEqual(['due', 'withheld', 'withheld', 'due']);
      expect(await of().deliveries.list(mailing.id, { outcome: 'withheld', limit: 1 })).toMatchObject([
        { reason: 'cancelled', dueAt: null, settledAt: 149 },
      ]);
    });

    it('is what was held, too, once the claim has run out, and the old claim can mark it no more', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      expect(await of().deliveries.withhold(slice(mailing), 'cancelled', 150)).toBe(1);
      expect(await of().deliveries.mark(held!, 151)).toBe(false);
    });

    it('is never what was marked, since it may have arrived', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(held!, 101);
      expect(await of().deliveries.withhold(slice(mailing), 'cancelled', 900)).toBe(0);
    });

    it('is never what is settled', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.settle(settlement(held!));
      expect(await of().deliveries.withhold(slice(mailing), 'cancelled', 900)).toBe(0);
    });
  });

  describe('the unknown', () => {
    it('that are sent again are due at once, and the claim that ended their data settles them no more', async () => {
      const mailing = await mailingOf(of(), 1);
      const [lost] = await claim(of(), mailing, 'lost', 100);
      await of().deliveries.mark(lost!, 101);
      await of().deliveries.settleAbandoned(mailing.id, 200);
      expect(await resolve(mailing, 'resend', 300)).toBe(1);
      await of().deliveries.settle(settlement(lost!));
      expect(await of().deliveries.list(mailing.id, { limit: 1 })).toMatchObject([
        { outcome: 'due', reason: null, dueAt: 300, settledAt: null },
      ]);
      const [again] = await claim(of(), mailing, 'b', 300);
      expect(await of().deliveries.mark(again!, 301)).toBe(true);
    });

    it('are sent again as often as a person says, and by themselves once', async () => {
      const mailing = await mailingOf(of(), 1);
      const decided: number[] = [];
      for (const decision of ['resend-once', 'resend-once', 'resend', 'resend'] as const) {
        const [held] = await claim(of(), mailing, 'again', 100);
        if (held) await of().deliveries.mark(held, 101);
        await of().deliveries.settleAbandoned(mailing.id, 200);
        decided.push(await resolve(mailing, decision, 100));
      }
      expect(decided).toEqual([1, 0, 1, 1]);
    });

    it('that are skipped stay unknown, are not asked about again, and are settled by a late answer after all', async () => {
      const mailing = await mailingOf(of(), 1);
      const [lost] = await claim(of(), mailing, 'lost', 100);
      await of().deliveries.mark(lost!, 101);
      await of().deliveries.settleAbandoned(mailing.id, 200);
      expect(await resolve(mailing, 'skip', 300)).toBe(1);
      expect(await resolve(mailing, 'skip', 400)).toBe(0);
      expect(await resolve(mailing, 'resend', 400)).toBe(0);
      expect((await of().mailings.books(mailing.id)).reasons.unknown).toEqual({ skipped: 1 });
      await of().deliveries.settle(settlement(lost!));
      expect(await outcomesOf(of(), mailing)).toEqual(['accepted']);
    });

    it.each(['resend', 'resend-once', 'skip'] as const)('of a slice are settled in that slice only (%s)', async (decision) => {
      const mailing = await mailingOf(of(), 3);
      await leaveInDoubt(of(), mailing, 3);
      expect(await resolve(mailing, decision, 300, { first: 2, last: 3 })).toBe(2);
      expect((await of().deliveries.list(mailing.id, { limit: 1 }))[0]).toMatchObject({ outcome: 'unknown', reason: 'no-reply' });
    });

    it('of another mailing are left alone', async () => {
      const mailing = await mailingOf(of(), 1);
      const other = await mailingOf(of(), 1, { issue: '2023-02' });
      await leaveInDoubt(of(), other, 1);
      expect(await resolve(mailing, 'resend', 300)).toBe(0);
    });
  });

  describe('what is tried again by a person', () => {
    it.each([
      ['rejected', 'spam', 1],
      ['rejected', 'user-unknown', 0],
      ['rejected', null, 0],
      ['expired', 'greylisted', 1],
      ['expired', 'user-unknown', 1],
      ['accepted', null, 0],
      ['withheld', 'spam', 0],
      ['unknown', 'spam', 0],
    ] as const)('of %s for %s: %i', async (outcome, reason, count) => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.settle(settlement(held!, { outcome, reason }));
      expect(await of().deliveries.requeue(mailing.id, ['spam', 'policy'], 300)).toBe(count);
    });

    it('is due as if it had never been tried', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(held!, 101);
      await of().deliveries.settle(settlement(held!, { outcome: 'rejected', reason: 'spam' }));
      await of().deliveries.requeue(mailing.id, ['spam'], 300);
      expect(await claim(of(), mailing, 'b', 299)).toEqual([]);
      const [again] = await claim(of(), mailing, 'b', 300);
      expect(again).toMatchObject({ attempts: 0, firstTriedAt: null });
      expect(await of().deliveries.mark(again!, 301)).toBe(true);
    });
  });
}
