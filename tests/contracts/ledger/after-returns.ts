// What a return ends for its reader, what nobody may bring back of it, and what is forgotten.
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/consent.ts';
import type { ClaimedDelivery, DeliveryId } from '../../../src/domain/delivery.ts';
import type { NewReturn, ReturnedTo } from '../../../src/domain/returned.ts';
import { ADDRESS, acceptAll, COMPLAINED, firstOf, GONE, RETURNED_AT, report, returned } from './returned.ts';
import { claim, type LedgerOf, LIST, mailingOf, settlement } from './setting.ts';

const EVIDENCE: Evidence = { origin: 'web', form: '/join', words: 'Subscribe', ip: '203.0.113.9' };
const REFUSED = { outcome: 'rejected', reason: 'user-unknown', reply: '550 5.1.1 User unknown', at: RETURNED_AT } as const;
const NEW = { address: 'Ada@new.example', key: 'ada@new.example' };

export function afterReturnsContract(of: LedgerOf): void {
  const record = (delivery: DeliveryId | null, consequence = GONE, rest: Partial<NewReturn> = {}) =>
    of().returns.record(returned(delivery, rest), () => consequence);
  const find = (key = ADDRESS) => of().subscribers.find(key);
  const idOf = async () => (await find())?.id ?? 0;
  const refOf = async (list = LIST) => ({ subscriber: await idOf(), list: await of().lists.ensure(list, 1) });
  const historyOf = async (id: number) => (await of().subscriptions.history(id)).filter(({ at }) => at >= RETURNED_AT);
  const statesOf = async (key = ADDRESS) =>
    Object.fromEntries(((await find(key))?.subscriptions ?? []).map(({ list, state }) => [list, state]));
  const lift = (reason = 'gone', key = ADDRESS) => of().suppressions.remove(key, reason, 700);
  const accepted = async () => {
    const mailing = await mailingOf(of(), 2);
    await acceptAll(of(), mailing);
    return firstOf(mailing);
  };
  const ask = async (list: string, at: number) => {
    await of().lists.ensure(list, 1);
    const asked = { address: ADDRESS, key: ADDRESS, lists: [list], evidence: EVIDENCE, at, noLetterSince: at - 1 };
    await of().subscriptions.ask({ ...asked, mayGetLetter: () => true });
  };
  /** Active on one list, waiting on another, and gone from a third by the reader's own hand. */
  const onThreeLists = async () => {
    const delivery = await accepted();
    await ask('waiting', 300);
    await of().lists.ensure('left', 1);
    await of().subscribers.import([{ address: ADDRESS, key: ADDRESS, name: '', attributes: {} }], 'left', 1);
    await of().subscriptions.leave(await refOf('left'), EVIDENCE, 310);
    return delivery;
  };

  describe('a reader whose address is gone', () => {
    it('is suppressed, and every subscription ends, each with its entry in the log', async () => {
      const delivery = await onThreeLists();
      await record(delivery);
      expect(await find()).toMatchObject({
        suppression: { reason: 'gone', at: RETURNED_AT },
        subscriptions: [
          { list: 'left', state: 'ended', endedReason: 'unsubscribed', since: 310 },
          { list: LIST, state: 'ended', endedReason: 'gone', since: RETURNED_AT },
          { list: 'waiting', state: 'ended', endedReason: 'gone', since: RETURNED_AT },
        ],
      });
      const byMail = { id: expect.any(Number), at: RETURNED_AT, origin: 'mail', form: '', words: '', ip: '' };
      const [suppressed, ...ended] = await historyOf(await idOf());
      expect(suppressed).toEqual({ ...byMail, list: '', kind: 'suppressed', detail: 'gone' });
      expect(ended.toSorted((a, b) => (a.list < b.list ? -1 : 1))).toEqual([
        { ...byMail, list: LIST, kind: 'returned', detail: 'active' },
        { ...byMail, list: 'waiting', kind: 'returned', detail: 'pending' },
      ]);
      expect(await of().letters.due(1e12, 10)).toEqual([]);
      expect(await of().returns.latest(1)).toMatchObject([{ effect: 'bounced, gone' }]);
    });

    it('is one: others stay as they are', async () => {
      const delivery = await accepted();
      const before = await find('reader1@example.org');
      await record(delivery);
      expect(await find('reader1@example.org')).toEqual(before);
    });

    it('keeps a suppression that is the reader’s own', async () => {
      const delivery = await accepted();
      await of().suppressions.add({ key: ADDRESS, address: ADDRESS, reason: 'requested', note: '', since: 300 });
      await record(delivery);
      expect(await find()).toMatchObject({ suppression: { reason: 'requested', at: 300 } });
    });

    it('keeps the subscriptions after a move to another address', async () => {
      const delivery = await accepted();
      await of().subscribers.move(ADDRESS, NEW, 300);
      await record(delivery);
      expect(await of().suppressions.find(ADDRESS)).toMatchObject({ reason: 'gone' });
      expect(await find(NEW.key)).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
    });

    it('loses them by a complaint even then', async () => {
      const delivery = await accepted();
      await of().subscribers.move(ADDRESS, NEW, 300);
      await record(delivery, COMPLAINED);
      expect(await of().suppressions.find(ADDRESS)).toMatchObject({ reason: 'complaint' });
      expect(await find(NEW.key)).toMatchObject({ subscriptions: [{ state: 'ended', endedReason: 'complaint' }] });
    });
  });

  describe('a refusal by the relay', () => {
    const held = async (count = 1) => (await claim(of(), await mailingOf(of(), count), 'a', 110))[0]!;
    const refuse = (delivery: ClaimedDelivery, reason: string | null = 'gone') =>
      of().returns.refuse(settlement(delivery, REFUSED), () => reason);
    const first = async () => (await of().deliveries.list(1, { limit: 1 }))[0];

    it('settles the delivery and suppresses the reader, and done twice is done once', async () => {
      const delivery = await held();
      for (let time = 0; time < 2; time++) await refuse(delivery);
      expect(await first()).toMatchObject({ outcome: 'rejected', reason: 'user-unknown', attempts: 1, fate: null });
      expect(await find()).toMatchObject({
        suppression: { reason: 'gone', at: RETURNED_AT },
        subscriptions: [{ state: 'ended', endedReason: 'gone' }],
      });
      expect((await historyOf(await idOf())).map(({ kind }) => kind)).toEqual(['suppressed', 'returned']);
      expect(await of().returns.latest(10)).toEqual([]);
    });

    it('that says nothing of the reader settles the delivery alone', async () => {
      await refuse(await held(), null);
      expect(await first()).toMatchObject({ outcome: 'rejected' });
      expect(await find()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
    });

    it('heard under a claim that has run out is not ours to tell: whoever has it now hears it again', async () => {
      const mailing = await mailingOf(of(), 1);
      const [late] = await claim(of(), mailing, 'a', 110);
      const [now] = await claim(of(), mailing, 'b', 200);
      await refuse(late!);
      expect(await find()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
      await refuse(now!);
      expect(await first()).toMatchObject({ outcome: 'rejected' });
      expect(await find()).toMatchObject({ suppression: { reason: 'gone' } });
    });

    it('withholds what waits for the reader elsewhere', async () => {
      const delivery = await held();
      const other = await mailingOf(of(), 1, { issue: '2023-02' });
      await refuse(delivery);
      expect(await claim(of(), other, 'b', 600)).toMatchObject([{ standing: { state: 'ended', suppression: 'gone' } }]);
    });

    it('of a delivery that is not there, or whose reader was erased, suppresses nobody', async () => {
      const delivery = await held(2);
      await refuse({ ...delivery, sequence: 9 });
      await of().subscribers.erase(ADDRESS, 150);
      await refuse(delivery);
      expect(await first()).toMatchObject({ address: '', outcome: 'rejected' });
      expect(await of().suppressions.page('', 10)).toEqual([]);
    });

    it('asks the judge about the reader’s other deliveries only', async () => {
      const delivery = await held();
      const asked: ReturnedTo[] = [];
      await of().returns.refuse(settlement(delivery, REFUSED), (to) => {
        asked.push(to);
        return null;
      });
      expect(asked).toEqual([{ address: ADDRESS, openedAt: 100, trustedAt: null, past: [] }]);
    });
  });

  describe('a suppression by returned mail that is lifted', () => {
    it('brings back what it ended, as it was, and not what the reader had ended', async () => {
      await record(await onThreeLists());
      expect(await lift()).toBe(true);
      expect(await statesOf()).toEqual({ [LIST]: 'active', waiting: 'pending', left: 'ended' });
      expect(await find()).toMatchObject({ suppression: null });
      const lifted = (await historyOf(await idOf())).filter(({ kind }) => kind === 'lifted');
      expect(lifted.map(({ list, origin, detail }) => [list, origin, detail]).toSorted()).toEqual([
        ['', 'command', 'gone'],
        [LIST, 'command', 'gone'],
        ['waiting', 'command', 'gone'],
      ]);
    });

    it('brings back nothing that somebody else has ended meanwhile', async () => {
      const delivery = await accepted();
      await of().subscribers.end(ADDRESS, LIST, 'removed', 400);
      await record(delivery);
      await lift();
      expect(await statesOf()).toEqual({ [LIST]: 'ended' });
    });

    it('ends again what comes back again, and brings that back, too', async () => {
      const delivery = await accepted();
      await record(delivery);
      await lift();
      const next = await mailingOf(of(), 2, { issue: '2023-02', at: 800 });
      await record(firstOf(next), GONE, { fingerprint: 'two', at: 900 });
      expect(await statesOf()).toEqual({ [LIST]: 'ended' });
      expect(await of().suppressions.remove(ADDRESS, 'gone', 1_000)).toBe(true);
      expect(await statesOf()).toEqual({ [LIST]: 'active' });
    });

    // Proposed: `takeUpAgain` leaves alone what has an entry `left` after its entry `returned`, as `leave` promises.
    it('brings nobody back who has left since', async () => {
      await record(await accepted());
      await of().subscriptions.leave(await refOf(), EVIDENCE, 600);
      await lift();
      expect(await statesOf()).toEqual({ [LIST]: 'ended' });
    });

    // Proposed: a subscription ends for the reason for which the address is suppressed from now on.
    it('brings back what a second reason had ended, which the first outweighs', async () => {
      const delivery = await accepted();
      await of().suppressions.add({ key: ADDRESS, address: ADDRESS, reason: 'bounces', note: '', since: 300 });
      await record(delivery);
      expect(await lift('bounces')).toBe(true);
      expect(await statesOf()).toEqual({ [LIST]: 'active' });
    });

    // Proposed: the entry `returned` must be of the moment since when the subscription has ended.
    it('brings back nothing that an admin has ended for the same reason', async () => {
      await record(await accepted());
      await lift();
      await of().subscribers.end(ADDRESS, LIST, 'gone', 800);
      await of().suppressions.add({ key: ADDRESS, address: ADDRESS, reason: 'gone', note: '', since: 800 });
      await of().suppressions.remove(ADDRESS, 'gone', 900);
      expect(await statesOf()).toEqual({ [LIST]: 'ended' });
    });
  });

  describe('two who speak for one reader at the same moment', () => {
    it('end the subscription once, whatever comes back', async () => {
      const delivery = await accepted();
      await Promise.all(['one', 'two', 'three'].map((fingerprint) => record(delivery, GONE, { fingerprint })));
      expect((await historyOf(await idOf())).map(({ kind }) => kind)).toEqual(['suppressed', 'returned']);
    });

    it('of whom one leaves and the other is returned end it once', async () => {
      const delivery = await accepted();
      await Promise.all([record(delivery), of().subscriptions.leave(await refOf(), EVIDENCE, RETURNED_AT)]);
      const ended = (await historyOf(await idOf())).filter(({ kind, detail }) => kind !== 'suppressed' && detail === 'active');
      expect(ended).toHaveLength(1);
    });
  });

  describe('a reader who was erased', () => {
    it('leaves that something came back, and neither the address nor what was said', async () => {
      const delivery = await accepted();
      await record(delivery);
      await record(null, GONE, { fingerprint: 'two', reports: [report({ recipient: ADDRESS.toUpperCase() })] });
      await record(null, GONE, { fingerprint: 'three', reports: [report({ recipient: 'bob@x.example', words: 'Bob' })] });
      expect(await of().subscribers.erase(ADDRESS, 600)).toBe(true);
      expect(await of().returns.latest(10)).toMatchObject([
        { recipient: 'bob@x.example', words: 'Bob' },
        { recipient: null, words: '', delivery: null, reason: 'user-unknown' },
        { recipient: null, words: '', delivery, reason: 'user-unknown', effect: 'bounced, gone' },
      ]);
      expect(await of().returns.ofMailing(delivery.mailing)).toMatchObject([{ address: '', words: '' }]);
    });

    it('may be known by a return alone', async () => {
      await record(null, GONE, { reports: [report({ recipient: 'Eve@x.example' })] });
      expect(await of().subscribers.erase('eve@x.example', 600)).toBe(true);
      expect(await of().returns.latest(1)).toMatchObject([{ recipient: null, words: '' }]);
      expect(await of().subscribers.isErased('eve@x.example')).toBe(true);
    });

    it('is not judged, nor suppressed, by what comes back after that; whoever was in doubt is accepted', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(held!, 101);
      await of().deliveries.settleAbandoned(mailing.id, 200);
      await of().subscribers.erase(ADDRESS, 300);
      expect(await record(firstOf(mailing))).toBe('recorded');
      expect(await of().suppressions.page('', 10)).toEqual([]);
      expect(await of().deliveries.list(mailing.id, { limit: 1 })).toMatchObject([
        { address: '', outcome: 'accepted', fate: null },
      ]);
      expect(await of().returns.latest(1)).toMatchObject([{ effect: 'settled' }]);
    });

    // Proposed: `insertReports` writes neither where the delivery has no address any more, or the recipient is `erasedAmong`.
    it.each(['with the delivery', 'by the address alone'])('is not written down again by what comes back (%s)', async (how) => {
      const delivery = await accepted();
      await of().subscribers.erase(ADDRESS, 300);
      await record(how === 'with the delivery' ? delivery : null);
      expect(await of().returns.latest(1)).toMatchObject([{ recipient: null, words: '' }]);
    });
  });
}
