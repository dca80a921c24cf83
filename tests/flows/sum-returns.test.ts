// What came back of a mailing, summed up by reason and by domain.
import { describe, expect, it } from 'vitest';
import type { Fate } from '../../src/domain/returned.ts';
import { countReturns, sumReturns } from '../../src/flows/sum-returns.ts';
import type { CameBack } from '../../src/store/ledger.ts';
import { COMPLAINED, GONE, returned } from '../contracts/ledger/returned.ts';
import { memoryLedger, NOW, openTo } from './mailing-to.ts';

function cameBack(address: string, reason: string, words = '', fate: Fate | null = 'bounced'): CameBack {
  return { address, fate, reason, words };
}

describe('what came back', () => {
  it('of nobody is nothing', () => {
    expect(sumReturns([])).toEqual([]);
  });

  it('is told by reason, the most frequent first, and of each by domain, the largest first', () => {
    const sums = sumReturns([
      cameBack('a@x.example', 'spam'),
      cameBack('b@y.example', 'user-unknown'),
      cameBack('c@x.example', 'user-unknown'),
      cameBack('d@y.example', 'user-unknown', '', null),
      cameBack('e@x.example', 'mailbox-full'),
    ]);
    expect(sums.map(({ reason, count }) => [reason, count])).toEqual([
      ['user-unknown', 3],
      ['mailbox-full', 1],
      ['spam', 1],
    ]);
    expect(sums[0]?.domains).toEqual([
      { domain: 'y.example', count: 2 },
      { domain: 'x.example', count: 1 },
    ]);
  });

  it('has an example: the first words that there are', () => {
    const said = [
      cameBack('a@x.example', 'spam'),
      cameBack('b@x.example', 'spam', '554 Spam'),
      cameBack('c@x.example', 'spam', 'No'),
    ];
    expect(sumReturns(said)).toMatchObject([{ example: '554 Spam' }]);
    expect(sumReturns(said.slice(0, 1))).toMatchObject([{ example: '' }]);
  });

  it('of those who were erased has no domain', () => {
    expect(sumReturns([cameBack('', 'spam'), cameBack('a@x.example', 'spam'), cameBack('', 'spam')])[0]?.domains).toEqual([
      { domain: 'erased', count: 2 },
      { domain: 'x.example', count: 1 },
    ]);
  });

  it('is counted by fate, with those who left', async () => {
    const ledger = await memoryLedger(3);
    const { id } = await openTo(ledger);
    for (const held of await ledger.deliveries.claim({
      mailing: id,
      first: 1,
      last: 9,
      claim: 'a',
      limit: 9,
      now: NOW,
      until: NOW + 9,
    }))
      await ledger.deliveries.settle({
        ...held,
        outcome: 'accepted',
        reason: null,
        reply: null,
        dueAt: null,
        countsAsAttempt: true,
        at: NOW,
      });
    for (const [index, consequence] of [GONE, COMPLAINED].entries())
      await ledger.returns.record(returned({ mailing: id, sequence: index + 1 }, { fingerprint: `${index}` }), () => consequence);
    const ref = {
      subscriber: (await ledger.subscribers.find('r2@example.org'))?.id ?? 0,
      list: await ledger.lists.ensure('monthly', 0),
    };
    await ledger.subscriptions.leave(ref, { origin: 'web', form: '', words: '', ip: '' }, NOW + 1);
    expect(await countReturns(ledger, id)).toEqual({ bounced: 1, complained: 1, left: 1 });
    await ledger.close();
  });
});
