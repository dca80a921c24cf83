// Who is at work on a ledger, who leads, what the ledger is called and what time it is there.
import { describe, expect, it } from 'vitest';
import type { CrewMember } from '../../../src/domain/crew.ts';
import type { LedgerOf } from './setting.ts';

const ADA: CrewMember = {
  id: 'ada',
  role: 'serve',
  host: 'one',
  pid: 7,
  startedAt: 100,
  seenAt: 100,
  claimedAt: null,
  isRelayHere: true,
};
const BOB: CrewMember = { ...ADA, id: 'bob', role: 'work', host: 'two', startedAt: 90, isRelayHere: false };

export function crewContract(of: LedgerOf): void {
  describe('the crew', () => {
    it('is whoever was heard of since, the eldest first', async () => {
      await of().crew.beat(ADA);
      await of().crew.beat(BOB);
      expect(await of().crew.present(100)).toEqual([BOB, ADA]);
      expect(await of().crew.present(101)).toEqual([]);
    });

    it('is heard of anew at each beat, with when it last took deliveries', async () => {
      await of().crew.beat(ADA);
      await of().crew.beat({ ...ADA, seenAt: 200, claimedAt: 150 });
      expect(await of().crew.present(101)).toEqual([{ ...ADA, seenAt: 200, claimedAt: 150 }]);
    });

    it('is without whoever has left', async () => {
      await of().crew.beat(ADA);
      await of().crew.beat(BOB);
      await of().crew.leave('ada');
      expect(await of().crew.present(0)).toEqual([BOB]);
    });
  });

  describe('the lead', () => {
    it('is kept by whoever has it, and refused to others while it lasts', async () => {
      expect(await of().crew.lead('lead', 'ada', 100, 200)).toBe(true);
      expect(await of().crew.lead('lead', 'bob', 199, 300)).toBe(false);
      expect(await of().crew.lead('lead', 'ada', 199, 300)).toBe(true);
      expect(await of().crew.lead('lead', 'bob', 299, 400)).toBe(false);
    });

    it('is taken over once it has run out, and then the former has it no more', async () => {
      await of().crew.lead('lead', 'ada', 100, 200);
      expect(await of().crew.lead('lead', 'bob', 200, 300)).toBe(true);
      expect(await of().crew.lead('lead', 'ada', 201, 300)).toBe(false);
    });

    it('is one holder’s, however many ask for it at the same moment', async () => {
      const asked = Array.from({ length: 10 }, (_, index) => of().crew.lead('lead', `p${index}`, 100, 200));
      expect((await Promise.all(asked)).filter((isMine) => isMine)).toHaveLength(1);
    });

    it('is free at once when its holder gives it back, and nobody else can', async () => {
      await of().crew.lead('lead', 'ada', 100, 200);
      await of().crew.release('lead', 'bob');
      expect(await of().crew.lead('lead', 'bob', 110, 200)).toBe(false);
      await of().crew.release('lead', 'ada');
      expect(await of().crew.lead('lead', 'bob', 110, 200)).toBe(true);
    });

    it('of one name is not that of another', async () => {
      await of().crew.lead('lead', 'ada', 100, 200);
      expect(await of().crew.lead('other', 'bob', 100, 200)).toBe(true);
    });
  });

  describe('the ledger itself', () => {
    it('has a name of its own, and has not been moved', () => {
      expect(of().identity).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        createdAt: expect.any(Number),
        movedTo: null,
      });
    });

    it('knows what time it is, in whole milliseconds', async () => {
      const before = Date.now();
      const now = await of().now();
      expect(Number.isInteger(now)).toBe(true);
      expect(Math.abs(now - before)).toBeLessThan(5_000);
    });
  });
}
