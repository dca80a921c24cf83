// What came back, as reports and admins ask for it.
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { NewReturn } from '../../../src/domain/returned.ts';
import { acceptAll, BOUNCED, COMPLAINED, GONE, report, returned } from './returned.ts';
import { claim, type LedgerOf, LIST, leaveInDoubt, mailingOf, people, settlement } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'one-click', form: '/u/:token', words: '', ip: '' };
const NEXT = { issue: '2023-02', at: 1_000 };

export function returnsShownContract(of: LedgerOf): void {
  const record = (mailing: number, sequence: number, consequence = GONE, rest: Partial<NewReturn> = {}) =>
    of().returns.record(returned({ mailing, sequence }, { fingerprint: `${mailing}/${sequence}`, ...rest }), () => consequence);
  const accepted = async (count: number, rest = {}) => {
    const mailing = await mailingOf(of(), count, rest);
    await acceptAll(of(), mailing);
    return mailing.id;
  };
  const leave = async (reader: number, at: number, list = LIST) =>
    of().subscriptions.leave(
      {
        subscriber: (await of().subscribers.find(`reader${reader}@example.org`))?.id ?? 0,
        list: await of().lists.ensure(list, 1),
      },
      EVIDENCE,
      at,
    );

  describe('the fates of a mailing', () => {
    it('are counted, and are those of no other', async () => {
      const mailing = await accepted(4);
      expect(await of().returns.fates(mailing)).toEqual({ bounced: 0, complained: 0 });
      for (const [index, consequence] of [GONE, BOUNCED, COMPLAINED].entries()) await record(mailing, index + 1, consequence);
      const next = await accepted(4, NEXT);
      await record(next, 2, BOUNCED);
      expect(await of().returns.fates(mailing)).toEqual({ bounced: 2, complained: 1 });
      expect(await of().returns.fates(next)).toEqual({ bounced: 1, complained: 0 });
      expect(await of().returns.fates(99)).toEqual({ bounced: 0, complained: 0 });
    });

    it('choose deliveries', async () => {
      const mailing = await accepted(4);
      for (const [index, consequence] of [GONE, COMPLAINED, BOUNCED].entries()) await record(mailing, index + 2, consequence);
      const listed = async (filter = {}) =>
        (await of().deliveries.list(mailing, { limit: 10, ...filter })).map(({ sequence }) => sequence);
      expect(await listed({ fate: 'bounced' })).toEqual([2, 4]);
      expect(await listed({ fate: 'bounced', after: 2 })).toEqual([4]);
      expect(await listed({ fate: 'complained', outcome: 'accepted' })).toEqual([3]);
      expect(await listed({ fate: 'complained', outcome: 'rejected' })).toEqual([]);
    });
  });

  describe('those who left by a mailing', () => {
    it('did so after it began, and before the next one to the list', async () => {
      const mailing = await accepted(5);
      for (const [reader, at] of [[0, 100], [1, 999], [2, 1_000], [3, 1_001]] as const) await leave(reader, at); // biome-ignore format: pairs
      expect(await of().returns.left(mailing)).toBe(4);
      const next = await accepted(5, NEXT);
      expect(await of().returns.left(mailing)).toBe(2);
      expect(await of().returns.left(next)).toBe(0);
      await leave(4, 2_000);
      expect([await of().returns.left(mailing), await of().returns.left(next)]).toEqual([2, 1]);
    });

    it('may have left before that, where the next one is to another list', async () => {
      const mailing = await accepted(2);
      await of().lists.ensure('weekly', 1);
      await mailingOf(of(), 2, { issue: '2023-02', at: 200, list: 'weekly' });
      await leave(0, 300);
      expect(await of().returns.left(mailing)).toBe(1);
    });

    it('were among its recipients, in doubt or not, and each counts once', async () => {
      const mailing = await mailingOf(of(), 4);
      await leaveInDoubt(of(), mailing, 1);
      const [held, refused] = await claim(of(), mailing, 'a', 300, 2);
      await of().deliveries.settle(settlement(held!));
      await of().deliveries.settle(settlement(refused!, { outcome: 'rejected' }));
      await of().subscribers.import(people(1, 9), LIST, 300);
      for (const reader of [0, 1, 2, 3, 9]) await leave(reader, 400);
      expect(await of().returns.left(mailing.id)).toBe(2);
      const reader = {
        subscriber: (await of().subscribers.find('reader1@example.org'))?.id ?? 0,
        list: await of().lists.ensure(LIST, 1),
      };
      await of().subscriptions.comeBack(reader, 0, EVIDENCE, 410);
      await of().subscriptions.leave(reader, EVIDENCE, 420);
      expect(await of().returns.left(mailing.id)).toBe(2);
    });

    it('are not those whose mail came back, nor those whom an admin removed', async () => {
      const mailing = await accepted(2);
      await record(mailing, 1);
      await of().subscribers.end('reader1@example.org', LIST, 'removed', 400);
      expect(await of().returns.left(mailing)).toBe(0);
    });
  });

  describe('what came back of a mailing', () => {
    it('is told with the returned words, and what was refused with the relay’s', async () => {
      const mailing = await mailingOf(of(), 5);
      for (const held of await claim(of(), mailing, 'a', 110)) {
        const refused = { outcome: 'rejected', reason: 'spam', reply: '554 5.7.1 Spam' } as const;
        const late = { outcome: 'expired', reason: 'greylisted', reply: null } as const;
        await of().deliveries.settle(settlement(held, held.sequence === 2 ? refused : held.sequence === 3 ? late : {}));
      }
      await record(mailing.id, 5, COMPLAINED, { reports: [report({ kind: 'complaint', words: 'abuse' })] });
      await record(mailing.id, 1, BOUNCED);
      await record(mailing.id, 1, BOUNCED, {
        fingerprint: 'later',
        reports: [report({ kind: 'auto-reply', words: 'I am away' })],
      });
      expect(await of().returns.ofMailing(mailing.id)).toEqual([
        { address: 'reader0@example.org', fate: 'bounced', reason: 'mailbox-full', words: report().words },
        { address: 'reader1@example.org', fate: null, reason: 'spam', words: '554 5.7.1 Spam' },
        { address: 'reader2@example.org', fate: null, reason: 'greylisted', words: '' },
        { address: 'reader4@example.org', fate: 'complained', reason: 'complaint', words: 'abuse' },
      ]);
      expect(await of().returns.ofMailing(mailing.id + 1)).toEqual([]);
    });
  });

  describe('a delivery that the relay has named', () => {
    const REPLY = '250 2.0.0 Ok <0100018c-ab@mail.example>: queued as 4F1B';

    it.each([
      ['4F1B', true],
      ['0100018c-ab@mail.example', true],
      ['4F1', false],
      ['4f1b', false],
      ['ab@mail.example', false],
      ['', false],
    ])('is found by a word of the reply: %j %s', async (id, isFound) => {
      const mailing = await accepted(2);
      const next = await mailingOf(of(), 2, NEXT);
      await acceptAll(of(), next, REPLY);
      const delivery = isFound ? { mailing: next.id, sequence: 2 } : undefined;
      expect(await of().returns.findByReply('reader1@example.org', id)).toEqual(delivery);
      expect(next.id).not.toBe(mailing);
    });

    it('is that to the address, and of nobody else', async () => {
      const mailing = await mailingOf(of(), 2);
      await acceptAll(of(), mailing, REPLY);
      expect(await of().returns.findByReply('reader0@example.org', '4F1B')).toEqual({ mailing: mailing.id, sequence: 1 });
      expect(await of().returns.findByReply('nobody@example.org', '4F1B')).toBeUndefined();
    });
  });
}
