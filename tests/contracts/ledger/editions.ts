// The editions of a mailing, and who gets which.
import { describe, expect, it } from 'vitest';
import type { Mailing } from '../../../src/domain/mailing.ts';
import { NO_OUTCOMES } from '../../../src/domain/outcome.ts';
import { openPages } from '../../../src/flows/open-mailing.ts';
import { CONTENT, claim, type LedgerOf, LIST, leaveInDoubt, mailingOf, people, request, settlement } from './setting.ts';

const MENDED = { ...CONTENT, subject: 'Mended' };
const SOURCE = { commit: 'def', isModified: true };

export function editionsContract(of: LedgerOf): void {
  const add = ({ id }: Mailing, content = MENDED) => of().mailings.addEdition(id, content, SOURCE, 300);
  const slice = ({ id }: Mailing) => ({ mailing: id, first: 1, last: 1_000 });
  const editionsGot = async ({ id }: Mailing) => (await of().deliveries.list(id, { limit: 100 })).map(({ edition }) => edition);

  describe('an edition', () => {
    it('is added with the next number', async () => {
      const mailing = await mailingOf(of(), 1);
      const added = await add(mailing);
      expect(added).toMatchObject({ mailing: mailing.id, number: 2, content: MENDED, provenance: SOURCE, createdAt: 300 });
      const editions = await of().mailings.editions(mailing.id);
      expect(editions.map(({ number, content }) => [number, content.subject])).toEqual([
        [1, 'Subject'],
        [2, 'Mended'],
      ]);
      expect(added.hash).not.toBe(editions[0]?.hash);
    });

    it('with the content of the newest is the newest, and with that of an older one is new', async () => {
      const mailing = await mailingOf(of(), 1);
      const second = await add(mailing);
      expect(await add(mailing)).toEqual(second);
      expect(await add(mailing, CONTENT)).toMatchObject({ number: 3 });
      expect(await of().mailings.editions(mailing.id)).toHaveLength(3);
    });

    it('that was added while the mailing is opened is what the later pages get', async () => {
      await of().subscribers.import(people(3), LIST, 1);
      const { mailing } = await of().mailings.create(request());
      const second = await add(mailing);
      await openPages(of(), mailing, 100, 2);
      expect(await editionsGot(mailing)).toEqual([second.id, second.id, second.id]);
    });

    it('of another mailing is never given', async () => {
      const one = await mailingOf(of(), 1);
      const other = await mailingOf(of(), 1, { issue: '2023-02' });
      expect((await add(other)).number).toBe(2);
      expect(await of().mailings.editions(one.id)).toHaveLength(1);
    });
  });

  describe('an edition that is assigned', () => {
    it('goes to whoever waits and was never tried, once', async () => {
      const mailing = await mailingOf(of(), 3);
      const second = await add(mailing);
      expect(await of().mailings.assignEdition(second, slice(mailing), 400)).toBe(3);
      expect(await of().mailings.assignEdition(second, slice(mailing), 400)).toBe(0);
      expect((await claim(of(), mailing, 'a', 400)).map(({ edition }) => edition)).toEqual([second.id, second.id, second.id]);
    });

    it('stays within the slice', async () => {
      const mailing = await mailingOf(of(), 3);
      const second = await add(mailing);
      expect(await of().mailings.assignEdition(second, { mailing: mailing.id, first: 2, last: 2 }, 400)).toBe(1);
      expect((await editionsGot(mailing))[1]).toBe(second.id);
    });

    it('passes by whoever is held, until the claim has run out', async () => {
      const mailing = await mailingOf(of(), 1);
      await claim(of(), mailing, 'a', 400);
      const second = await add(mailing);
      expect(await of().mailings.assignEdition(second, slice(mailing), 449)).toBe(0);
      expect(await of().mailings.assignEdition(second, slice(mailing), 450)).toBe(1);
    });

    it('passes by whoever is marked, even when the claim has run out', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.mark(held!, 101);
      expect(await of().mailings.assignEdition(await add(mailing), slice(mailing), 900)).toBe(0);
    });

    it.each([
      ['was tried before', { outcome: 'deferred', dueAt: 200, countsAsAttempt: true }],
      ['has it', { outcome: 'accepted' }],
    ] as const)('passes by whoever %s', async (_, how) => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.settle(settlement(held!, how));
      expect(await of().mailings.assignEdition(await add(mailing), slice(mailing), 400)).toBe(0);
    });

    it('goes to whoever came back untried, since the relay was busy', async () => {
      const mailing = await mailingOf(of(), 1);
      const [held] = await claim(of(), mailing, 'a', 100);
      await of().deliveries.settle(settlement(held!, { outcome: 'due', dueAt: 200, countsAsAttempt: false }));
      expect(await of().mailings.assignEdition(await add(mailing), slice(mailing), 400)).toBe(1);
    });

    it('passes by whoever may have got the earlier one and is sent it again', async () => {
      const mailing = await mailingOf(of(), 1);
      await leaveInDoubt(of(), mailing, 1);
      await of().deliveries.resolveUnknown(mailing.id, 'resend', 300);
      expect(await of().mailings.assignEdition(await add(mailing), slice(mailing), 400)).toBe(0);
    });
  });

  it('counts the outcomes of each edition', async () => {
    const mailing = await mailingOf(of(), 3);
    const [held] = await claim(of(), mailing, 'a', 100, 1);
    await of().deliveries.settle(settlement(held!));
    await of().mailings.assignEdition(await add(mailing), slice(mailing), 400);
    expect(await of().mailings.booksByEdition(mailing.id)).toEqual([
      { edition: 1, counts: { ...NO_OUTCOMES, accepted: 1 } },
      { edition: 2, counts: { ...NO_OUTCOMES, due: 2 } },
    ]);
  });
}
