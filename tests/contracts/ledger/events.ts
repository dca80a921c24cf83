// What happened to a mailing, and who has been told of it.
import { describe, expect, it } from 'vitest';
import { claim, type LedgerOf, leaveInDoubt, mailingOf, request, settlement } from './setting.ts';

export function eventsContract(of: LedgerOf): void {
  const create = async (issue = '2023-01') => (await of().mailings.create(request({ issue }))).mailing;

  describe('events', () => {
    it('are a mailing’s history, in order', async () => {
      const { id } = await create();
      const other = await create('2023-02');
      await of().mailings.record({ mailing: id, at: 300, kind: 'paused', detail: '' });
      await of().mailings.record({ mailing: other.id, at: 200, kind: 'started', detail: '' });
      await of().mailings.record({ mailing: id, at: 200, kind: 'amended', detail: 'edition 2 for 3' });
      expect(await of().mailings.events(id)).toEqual([
        { id: expect.any(Number), mailing: id, at: 300, kind: 'paused', detail: '' },
        { id: expect.any(Number), mailing: id, at: 200, kind: 'amended', detail: 'edition 2 for 3' },
      ]);
    });

    it('are untold, over all mailings and in order, until they are marked', async () => {
      const { id } = await create();
      const other = await create('2023-02');
      await of().mailings.record({ mailing: other.id, at: 300, kind: 'started', detail: '' });
      await of().mailings.record({ mailing: id, at: 200, kind: 'finished', detail: '' });
      const [first, second] = await of().mailings.untold();
      expect([first?.kind, second?.kind]).toEqual(['started', 'finished']);
      expect(await of().mailings.markTold(first!.id, 400)).toBe(true);
      expect(await of().mailings.untold()).toEqual([second]);
      expect(await of().mailings.events(other.id)).toEqual([first]);
    });

    it('of a mailing’s end come with the end, and say who is in doubt where somebody is', async () => {
      const mailing = await mailingOf(of(), 3);
      await leaveInDoubt(of(), mailing, 2);
      const finish = () => of().mailings.finish(mailing.id, 300, (unknown) => `${unknown} in doubt`);
      const kinds = async () => (await of().mailings.events(mailing.id)).map(({ kind, detail }) => `${kind} ${detail}`.trim());
      expect(await finish()).toBe(false);
      expect(await kinds()).toEqual(['started']);
      const [last] = await claim(of(), mailing, 'b', 250);
      await of().deliveries.settle(settlement(last!));
      expect([await finish(), await finish()]).toEqual([true, false]);
      expect(await kinds()).toEqual(['started', 'finished', 'unknown 2 in doubt']);
    });

    it('are told by one of many who mean to at the same moment', async () => {
      const { id } = await create();
      await of().mailings.record({ mailing: id, at: 200, kind: 'finished', detail: '' });
      const [event] = await of().mailings.untold();
      const told = await Promise.all([1, 2, 3].map(() => of().mailings.markTold(event!.id, 300)));
      expect(told.filter((isMine) => isMine)).toHaveLength(1);
      expect(await of().mailings.markTold(event!.id + 1, 300)).toBe(false);
    });
  });
}
