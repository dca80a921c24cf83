// What comes back: written down once, what the delivery becomes by it, and what follows for its reader.
import { describe, expect, it } from 'vitest';
import type { DeliveryId, Settlement } from '../../../src/domain/delivery.ts';
import type { Mailing } from '../../../src/domain/mailing.ts';
import { OUTCOMES, totalOf } from '../../../src/domain/outcome.ts';
import type { Consequence, NewReturn, ReturnedTo } from '../../../src/domain/returned.ts';
import { ADDRESS, acceptAll, BOUNCED, COMPLAINED, firstOf, GONE, NOTHING, RETURNED_AT, report, returned } from './returned.ts';
import { claim, type LedgerOf, LIST, leaveInDoubt, mailingOf, people, settlement } from './setting.ts';

const OTHER = 'reader1@example.org';

export function returnsContract(of: LedgerOf): void {
  const record = (delivery: DeliveryId | null, consequence = NOTHING, rest: Partial<NewReturn> = {}) =>
    of().returns.record(returned(delivery, rest), () => consequence);
  /** Whom the judge was asked about. */
  const askedOf = async (delivery: DeliveryId | null, rest: Partial<NewReturn> = {}) => {
    const asked: ReturnedTo[] = [];
    await of().returns.record(returned(delivery, rest), (to) => {
      asked.push(to);
      return NOTHING;
    });
    return asked;
  };
  const find = (key = ADDRESS) => of().subscribers.find(key);
  const first = async (mailing: Mailing) => (await of().deliveries.list(mailing.id, { limit: 1 }))[0];
  const acceptedTo = async (count: number, rest = {}) => {
    const mailing = await mailingOf(of(), count, rest);
    await acceptAll(of(), mailing);
    return mailing;
  };
  const settleFirst = async (mailing: Mailing, rest: Partial<Settlement>) => {
    const [held] = await claim(of(), mailing, 'a', 110, 1);
    await of().deliveries.settle(settlement(held!, rest));
  };

  describe('a return', () => {
    it('is written down once, by its fingerprint', async () => {
      const delivery = firstOf(await acceptedTo(1));
      expect(await of().returns.isKnown('one')).toBe(false);
      expect([await record(delivery), await record(delivery), await record(null)]).toEqual(['recorded', 'known', 'known']);
      expect(await record(delivery, NOTHING, { fingerprint: 'two' })).toBe('recorded');
      expect([await of().returns.isKnown('one'), await of().returns.isKnown('three')]).toEqual([true, false]);
      expect(await of().returns.latest(10)).toHaveLength(2);
    });

    it.each([true, false])('is so by several at the same moment (of a delivery: %s)', async (isOfDelivery) => {
      const delivery = isOfDelivery ? firstOf(await acceptedTo(1)) : null;
      const results = await Promise.all(Array.from({ length: 6 }, () => record(delivery)));
      expect(results.toSorted()).toEqual([...Array.from({ length: 5 }, () => 'known'), 'recorded']);
      expect(await of().returns.latest(10)).toHaveLength(1);
    });

    it('has a line for each report, with all that it says, the newest first', async () => {
      const delivery = firstOf(await acceptedTo(1));
      const delayed = report({ kind: 'delayed', recipient: null, status: null, reason: 'other', isGone: false, words: '' });
      await record(delivery, NOTHING, { reports: [report(), delayed], way: 'pipe' });
      await record(null, NOTHING, { fingerprint: 'two', at: 600, effect: 'left' });
      expect(await of().returns.latest(10)).toEqual([
        { ...report(), at: 600, way: 'mailbox', delivery: null, effect: 'left' },
        { ...delayed, at: RETURNED_AT, way: 'pipe', delivery, effect: '' },
        { ...report(), at: RETURNED_AT, way: 'pipe', delivery, effect: '' },
      ]);
      expect(await of().returns.latest(1)).toHaveLength(1);
    });

    it('of a delivery is written down twenty times, and of another still', async () => {
      const mailing = await acceptedTo(2);
      const results: string[] = [];
      for (let each = 0; each < 22; each++) results.push(await record(firstOf(mailing), NOTHING, { fingerprint: `${each}` }));
      expect(results.slice(18)).toEqual(['recorded', 'recorded', 'known', 'known']);
      expect(await record({ mailing: mailing.id, sequence: 2 }, NOTHING, { fingerprint: 'other' })).toBe('recorded');
    });

    it('of a delivery that is not there is written down, and nobody is asked about it', async () => {
      const { id } = await acceptedTo(1);
      expect(await askedOf({ mailing: id, sequence: 9 })).toEqual([]);
      expect(await askedOf({ mailing: id + 1, sequence: 1 }, { fingerprint: 'two' })).toEqual([]);
      expect(await of().returns.latest(10)).toMatchObject([{ delivery: null }, { delivery: null }]);
    });
  });

  describe('a delivery that something came back of', () => {
    it.each<[string, Partial<Settlement> | null]>([
      ['is due', null],
      ['is deferred', { outcome: 'deferred', reason: 'greylisted', dueAt: 900 }],
    ])('and that %s is accepted, and not sent again', async (_, settled) => {
      const mailing = await mailingOf(of(), 1);
      if (settled) await settleFirst(mailing, settled);
      await record(firstOf(mailing));
      expect(await first(mailing)).toMatchObject({ outcome: 'accepted', reason: null, dueAt: null, settledAt: RETURNED_AT });
      expect(await claim(of(), mailing, 'b', 1_000)).toEqual([]);
      expect(await of().returns.latest(1)).toMatchObject([{ effect: 'settled' }]);
    });

    it.each(['held', 'skipped'])('and that is in doubt (%s) is accepted', async (doubt) => {
      const mailing = await mailingOf(of(), 1);
      await leaveInDoubt(of(), mailing, 1);
      if (doubt === 'skipped') await of().deliveries.resolveUnknown(mailing.id, 'skip', 300);
      await record(firstOf(mailing), BOUNCED);
      expect(await first(mailing)).toMatchObject({
        outcome: 'accepted',
        reason: null,
        fate: { kind: 'bounced', at: RETURNED_AT },
      });
      expect(await of().deliveries.resolveUnknown(mailing.id, 'resend', 600)).toBe(0);
    });

    it.each([
      ['rejected', 'user-unknown'],
      ['expired', 'greylisted'],
      ['withheld', 'ended'],
    ] as const)('and that is %s stays so, and nothing follows', async (outcome, reason) => {
      const mailing = await mailingOf(of(), 1);
      await settleFirst(mailing, { outcome, reason });
      await record(firstOf(mailing), GONE);
      expect(await first(mailing)).toMatchObject({ outcome, reason, fate: null, settledAt: 120 });
      expect(await find()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
    });

    it('and that somebody holds at this moment is left to whoever holds it', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', RETURNED_AT - 10);
      await record(firstOf(mailing), BOUNCED);
      expect(await first(mailing)).toMatchObject({ outcome: 'due', fate: { kind: 'bounced' } });
      expect(await of().deliveries.mark(held!, RETURNED_AT + 1)).toBe(true);
      await of().deliveries.settle(settlement(held!));
      expect(await first(mailing)).toMatchObject({ outcome: 'accepted', reply: '250 OK' });
    });

    it.each(['by its holder', 'by a crash'])('and that is in doubt only then (%s) is accepted', async (how) => {
      const mailing = await mailingOf(of(), 2);
      const [held, other] = await claim(of(), mailing, 'a', RETURNED_AT - 10);
      for (const each of [held!, other!]) await of().deliveries.mark(each, RETURNED_AT - 5);
      await record(firstOf(mailing), BOUNCED);
      if (how === 'by a crash') await of().deliveries.settleAbandoned(mailing.id, 1_000);
      else
        for (const each of [held!, other!])
          await of().deliveries.settle(settlement(each, { outcome: 'unknown', reason: 'no-reply' }));
      expect(await of().deliveries.list(mailing.id, { limit: 2 })).toMatchObject([
        { outcome: 'accepted', reason: null },
        { outcome: 'unknown', reason: 'no-reply' },
      ]);
    });

    // Proposed: what has a fate is `accepted` whatever its holder says but a refusal, and is claimed by nobody.
    it.each(['put off by its holder', 'given back'])('and that is %s is not mailed again', async (how) => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', RETURNED_AT - 10);
      await record(firstOf(mailing), BOUNCED);
      if (how === 'given back') await of().deliveries.release([held!]);
      else await of().deliveries.settle(settlement(held!, { outcome: 'deferred', reason: 'greylisted', dueAt: 600 }));
      expect(await claim(of(), mailing, 'b', 1_000)).toEqual([]);
    });

    it('has bounced once, complains after that, and bounces no more', async () => {
      const mailing = await acceptedTo(1);
      const fates: unknown[] = [];
      for (const [index, consequence] of [BOUNCED, GONE, COMPLAINED, BOUNCED, COMPLAINED].entries()) {
        await record(firstOf(mailing), consequence, { fingerprint: `${index}`, at: 500 + index });
        fates.push((await first(mailing))?.fate);
      }
      const bounced = { kind: 'bounced', reason: 'mailbox-full', at: 500 };
      const complained = { kind: 'complained', reason: 'complaint', at: 502 };
      expect(fates).toEqual([bounced, bounced, complained, complained, complained]);
      expect((await of().returns.latest(5)).map(({ effect }) => effect)).toEqual([
        '',
        '',
        'complained, complaint',
        '',
        'bounced',
      ]);
      expect((await find())?.suppression).toMatchObject({ reason: 'complaint' });
    });

    it('stands in the books once, whatever came back', async () => {
      const mailing = await mailingOf(of(), 4);
      await leaveInDoubt(of(), mailing, 1);
      for (const [index, consequence] of [GONE, COMPLAINED, BOUNCED].entries())
        await record({ mailing: mailing.id, sequence: index + 1 }, consequence, { fingerprint: `${index}` });
      const { counts } = await of().mailings.books(mailing.id);
      expect(totalOf(counts)).toBe(4);
      expect(counts).toMatchObject({ accepted: 3, due: 1, unknown: 0 });
      expect(Object.keys(counts).toSorted()).toEqual([...OUTCOMES].toSorted());
    });
  });

  describe('whoever judges a return', () => {
    it('is told whom it is about, and of the reader’s other deliveries, the newest first', async () => {
      const january = await acceptedTo(2, { at: 100 });
      await record(firstOf(january), BOUNCED, { fingerprint: 'january' });
      const february = await mailingOf(of(), 2, { issue: '2023-02', at: 200 });
      const [held] = await claim(of(), february, 'a', 210, 1);
      await of().deliveries.settle(settlement(held!, { outcome: 'rejected', reason: 'spam', at: 220 }));
      await mailingOf(of(), 2, { issue: '2023-03', at: 300 });
      const april = await mailingOf(of(), 2, { issue: '2023-04', at: 400 });
      const [asked] = await askedOf(firstOf(april));
      expect(asked).toMatchObject({ address: ADDRESS, openedAt: 400, trustedAt: null });
      expect(asked?.past).toEqual([
        { mailing: february.id + 1, at: 300, outcome: 'due', fate: null, reason: null },
        { mailing: february.id, at: 220, outcome: 'rejected', fate: null, reason: 'spam' },
        { mailing: january.id, at: 120, outcome: 'accepted', fate: 'bounced', reason: 'mailbox-full' },
      ]);
    });

    it('is told when somebody last vouched for the address', async () => {
      const delivery = firstOf(await acceptedTo(1));
      const evidence = { origin: 'web', form: '', words: '', ip: '' } as const;
      const reader = { subscriber: (await find())?.id ?? 0, list: await of().lists.ensure(LIST, 1) };
      const trustedAt = async (fingerprint: string) => (await askedOf(delivery, { fingerprint }))[0]?.trustedAt;
      expect(await trustedAt('never')).toBeNull();
      await of().subscriptions.leave(reader, evidence, 300);
      expect(await trustedAt('left')).toBeNull();
      await of().subscriptions.comeBack(reader, 0, evidence, 310);
      expect(await trustedAt('came back')).toBe(310);
      await of().suppressions.add({ key: ADDRESS, address: ADDRESS, reason: 'manual', note: '', since: 320 });
      await of().suppressions.remove(ADDRESS, 'manual', 330);
      expect(await trustedAt('lifted')).toBe(330);
      await of().subscribers.move(ADDRESS, { address: 'ada@new.example', key: 'ada@new.example' }, 340);
      expect(await trustedAt('moved')).toBe(340);
    });

    it('is asked about the address that the mail went to, though the reader has another by now', async () => {
      const delivery = firstOf(await acceptedTo(1));
      await of().subscribers.move(ADDRESS, { address: 'ada@new.example', key: 'ada@new.example' }, 300);
      expect(await askedOf(delivery)).toMatchObject([{ address: ADDRESS }]);
    });

    it.each([
      [false, []],
      [true, [{ address: ADDRESS, openedAt: null, trustedAt: null }]],
    ])('is asked by an address alone where the word is verified (%s)', async (isVerified, asked) => {
      await of().subscribers.import(people(2), LIST, 1);
      const reports = [
        report({ recipient: 'READER0@Example.org' }),
        report({ recipient: null }),
        report({ recipient: 'x@y.example' }),
      ];
      expect(await askedOf(null, { isVerified, reports })).toMatchObject(asked);
    });

    it('is asked about a reader of whom nobody knows a delivery once it is verified, and heard', async () => {
      await of().subscribers.import(people(2), LIST, 1);
      const reports = [report({ recipient: 'x@y.example' }), report({ recipient: 'READER0@Example.org' })];
      expect(await record(null, COMPLAINED, { isVerified: true, reports })).toBe('recorded');
      expect(await find()).toMatchObject({ suppression: { reason: 'complaint' }, subscriptions: [{ state: 'ended' }] });
      expect(await find(OTHER)).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
      expect((await of().returns.latest(5)).map(({ recipient, effect }) => [recipient, effect])).toEqual([
        ['READER0@Example.org', 'complained, complaint'],
        ['x@y.example', ''],
      ]);
    });

    it.each<[string, Consequence, NewReturn['delivery'] | undefined]>([
      ['says nothing', NOTHING, undefined],
      ['counts it only', BOUNCED, undefined],
      ['is not asked', GONE, null],
    ])('leaves the reader alone where it %s', async (_, consequence, delivery) => {
      const mailing = await acceptedTo(1);
      await record(delivery === undefined ? firstOf(mailing) : delivery, consequence);
      expect(await find()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active', since: 1 }] });
      expect(await of().suppressions.page('', 10)).toEqual([]);
      expect((await of().subscriptions.history((await find())?.id ?? 0)).map(({ kind }) => kind)).toEqual(['imported']);
    });
  });
}
