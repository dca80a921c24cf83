// How a mailing goes from state to state, and what of it may be claimed on the way.
import { describe, expect, it } from 'vitest';
import { change, claim, type LedgerOf, LIST, mailingOf, people, request } from './setting.ts';

export function statesContract(of: LedgerOf): void {
  describe('a mailing with a beginning', () => {
    it('is not claimed from before it, and is from then on', async () => {
      const mailing = await mailingOf(of(), 2, { startsAt: 500 });
      expect(mailing.startsAt).toBe(500);
      expect(await claim(of(), mailing, 'a', 499)).toEqual([]);
      expect(await claim(of(), mailing, 'b', 500)).toHaveLength(2);
    });

    it('has none where none is named', async () => {
      expect(await mailingOf(of(), 1)).toMatchObject({ startsAt: null, createdAt: 100, touchedAt: 100, openedAt: 100 });
    });
  });

  describe('a mailing that is being opened', () => {
    it('is claimed from as far as it is written down', async () => {
      await of().subscribers.import(people(4), LIST, 1);
      const { mailing } = await of().mailings.create(request());
      const rows = await of().subscribers.page(LIST, 0, 2);
      const page = { mailing: mailing.id, after: 0, through: rows[1]!.id, recipients: rows, excluded: [], at: 100 };
      await of().mailings.openPage(page);
      expect((await claim(of(), mailing, 'a', 100)).map(({ sequence }) => sequence)).toEqual([1, 2]);
      expect(await of().mailings.get(mailing.id)).toMatchObject({ state: 'opening', openedAt: null });
    });

    it('is sending once all is written down, and not twice', async () => {
      const { mailing } = await of().mailings.create(request());
      await of().mailings.endOpening(mailing.id, 300);
      await of().mailings.endOpening(mailing.id, 400);
      expect(await of().mailings.get(mailing.id)).toMatchObject({ state: 'sending', openedAt: 300, touchedAt: 300 });
    });

    it('stays paused where somebody paused it meanwhile, and takes no page', async () => {
      await of().subscribers.import(people(1), LIST, 1);
      const { mailing } = await of().mailings.create(request());
      await of().mailings.changeState(change(mailing.id, { from: ['opening'] }));
      const rows = await of().subscribers.page(LIST, 0, 1);
      const page = { mailing: mailing.id, after: 0, through: rows[0]!.id, recipients: rows, excluded: [], at: 100 };
      expect(await of().mailings.openPage(page)).toBe(false);
      await of().mailings.endOpening(mailing.id, 300);
      expect(await of().mailings.get(mailing.id)).toMatchObject({ state: 'paused', openedAt: null, recipients: 0 });
    });
  });

  describe('a change of state', () => {
    it('is one with its event, and a change that is refused leaves neither', async () => {
      const { id } = await mailingOf(of(), 1);
      expect(await of().mailings.changeState(change(id, { from: ['paused'], to: 'cancelled', event: 'cancelled' }))).toBe(false);
      const stopped = change(id, { from: ['sending'], reason: 'because', event: 'stopped', detail: 'at once', at: 130 });
      expect(await of().mailings.changeState(stopped)).toBe(true);
      expect(await of().mailings.changeState(stopped)).toBe(false);
      expect(await of().mailings.get(id)).toMatchObject({ state: 'paused', stateReason: 'because', touchedAt: 130 });
      const [, ...events] = await of().mailings.events(id);
      expect(events).toMatchObject([{ mailing: id, at: 130, kind: 'stopped', detail: 'at once' }]);
    });

    it('by one of two at the same moment is refused to the other', async () => {
      const { id } = await mailingOf(of(), 1);
      const paused = change(id, { from: ['sending'] });
      const changed = await Promise.all([of().mailings.changeState(paused), of().mailings.changeState(paused)]);
      expect(changed.toSorted()).toEqual([false, true]);
      expect((await of().mailings.events(id)).map(({ kind }) => kind)).toEqual(['started', 'paused']);
    });

    it('notes when the mailing was finished, and forgets it when it goes on', async () => {
      const { id } = await mailingOf(of(), 1);
      await of().mailings.changeState(change(id, { from: ['sending'], to: 'finished', event: 'finished', at: 140 }));
      expect((await of().mailings.get(id)).finishedAt).toBe(140);
      await of().mailings.changeState(change(id, { from: ['finished'], to: 'sending', event: 'retried', at: 150 }));
      expect((await of().mailings.get(id)).finishedAt).toBeNull();
    });

    it.each(['paused', 'finished', 'cancelled'] as const)('to %s lets nothing more be claimed', async (to) => {
      const mailing = await mailingOf(of(), 1);
      await of().mailings.changeState(change(mailing.id, { from: ['sending'], to, event: 'paused' }));
      expect(await claim(of(), mailing, 'a', 200)).toEqual([]);
    });
  });

  it('names what is under way: opening, sending, and cancelled until it is closed', async () => {
    const states = ['opening', 'sending', 'paused', 'finished', 'cancelled', 'cancelled'] as const;
    const ids: number[] = [];
    for (const [index, to] of states.entries()) {
      const { mailing } = await of().mailings.create(request({ issue: `2023-0${index}` }));
      await of().mailings.changeState(change(mailing.id, { from: ['opening'], to }));
      ids.push(mailing.id);
    }
    await of().mailings.close(ids[5]!, 300);
    expect((await of().mailings.underWay()).map(({ id }) => id)).toEqual([ids[0], ids[1], ids[4]]);
    expect((await of().mailings.all()).map(({ id }) => id)).toEqual(ids.toReversed());
    expect(await of().mailings.get(ids[5]!)).toMatchObject({ state: 'cancelled', finishedAt: 300 });
  });

  it('is closed at the first moment that is named', async () => {
    const { mailing } = await of().mailings.create(request());
    await of().mailings.changeState(change(mailing.id, { from: ['opening'], to: 'cancelled' }));
    await of().mailings.close(mailing.id, 300);
    await of().mailings.close(mailing.id, 400);
    expect((await of().mailings.get(mailing.id)).finishedAt).toBe(300);
  });

  it('remembers when a mailing was looked after last', async () => {
    const { id } = await mailingOf(of(), 1);
    await of().mailings.touch(id, 700);
    expect((await of().mailings.get(id)).touchedAt).toBe(700);
  });
}
