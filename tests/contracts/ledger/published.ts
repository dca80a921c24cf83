// What readers may read on the web: which issues, from when, and in which edition.
import { describe, expect, it } from 'vitest';
import type { EditionContent } from '../../../src/domain/edition.ts';
import type { NewMailing } from '../../../src/store/ledger.ts';
import { CONTENT, change, type LedgerOf, LIST, request } from './setting.ts';

const SOURCE = { commit: 'def', isModified: false };
const NOW = 1_000;

const urlOf = (issue: string) => `https://news.example.org/${issue}/`;

function withPage(issue: string, title: string, day: string | null = '2023-02-07'): EditionContent {
  const page = { title, day, summary: 'In short', html: `<p>${title}</p>` };
  return { ...CONTENT, issue, url: urlOf(issue), page };
}

export function publishedContract(of: LedgerOf): void {
  const publish = async (issue: string, rest: Partial<NewMailing> = {}) => {
    await of().lists.ensure(rest.list ?? LIST, 1);
    return (await of().mailings.create(request({ issue, content: withPage(issue, `Issue ${issue}`), ...rest }))).mailing;
  };
  const titles = async (now = NOW) => (await of().mailings.published(now)).map(({ title }) => title);
  const titleAt = async (issue: string, now = NOW) => (await of().mailings.publishedAt(urlOf(issue), now))?.page?.title;

  describe('what is published', () => {
    it('is nothing at first', async () => {
      expect([await titles(), await titleAt('2023-01')]).toEqual([[], undefined]);
    });

    it('is each issue with its address, its title and its day, and all of it at that address', async () => {
      await publish('2023-01');
      await publish('2023-02', { content: withPage('2023-02', 'No day', null), at: 200 });
      expect(await of().mailings.published(NOW)).toEqual([
        { issue: '2023-02', url: urlOf('2023-02'), title: 'No day', day: null, publishedAt: 200 },
        { issue: '2023-01', url: urlOf('2023-01'), title: 'Issue 2023-01', day: '2023-02-07', publishedAt: 100 },
      ]);
      expect(await of().mailings.publishedAt(urlOf('2023-01'), NOW)).toEqual(withPage('2023-01', 'Issue 2023-01'));
      expect(await of().mailings.publishedAt('https://news.example.org/', NOW)).toBeUndefined();
    });

    it('comes newest first', async () => {
      for (const [index, issue] of ['2023-02', '2023-01', '2023-03'].entries()) await publish(issue, { at: 100 + index });
      expect(await titles()).toEqual(['Issue 2023-03', 'Issue 2023-01', 'Issue 2023-02']);
    });

    it('is one for an address, though it was sent to two lists', async () => {
      await publish('2023-01');
      await publish('2023-02', { at: 200 });
      await publish('2023-02', { list: 'weekly', at: 300 });
      expect(await titles()).toEqual(['Issue 2023-02', 'Issue 2023-01']);
    });

    it('has the newest edition', async () => {
      const { id } = await publish('2023-01');
      await of().mailings.addEdition(id, withPage('2023-01', 'Mended'), SOURCE, 300);
      expect([await titles(), await titleAt('2023-01')]).toEqual([['Mended'], 'Mended']);
    });

    it('is not what was cancelled', async () => {
      await publish('2023-01');
      const { id } = await publish('2023-02');
      await of().mailings.changeState(change(id, { from: ['opening'], to: 'cancelled', event: 'cancelled' }));
      expect([await titles(), await titleAt('2023-02')]).toEqual([['Issue 2023-01'], undefined]);
    });

    it('stays where it was cancelled for one list, and not for the other', async () => {
      await publish('2023-01');
      const { id } = await publish('2023-01', { list: 'weekly' });
      await of().mailings.changeState(change(id, { from: ['opening'], to: 'cancelled', event: 'cancelled' }));
      expect([await titles(), await titleAt('2023-01')]).toEqual([['Issue 2023-01'], 'Issue 2023-01']);
    });

    it.each(['paused', 'finished'] as const)('stays where the mailing is %s', async (to) => {
      const { id } = await publish('2023-01');
      await of().mailings.changeState(change(id, { from: ['opening'], to }));
      expect([await titles(), await titleAt('2023-01')]).toEqual([['Issue 2023-01'], 'Issue 2023-01']);
    });

    it('is so from its beginning, and not before', async () => {
      await publish('2023-01', { startsAt: 500 });
      expect([await titles(499), await titleAt('2023-01', 499)]).toEqual([[], undefined]);
      expect([await titles(500), await titleAt('2023-01', 500)]).toEqual([['Issue 2023-01'], 'Issue 2023-01']);
    });

    it('is no edition without a page', async () => {
      await publish('2023-01', { content: { ...CONTENT, url: urlOf('2023-01') } });
      const { id } = await publish('2023-02');
      await of().mailings.addEdition(id, { ...CONTENT, url: urlOf('2023-02') }, SOURCE, 300);
      expect([await titles(), await titleAt('2023-01'), await titleAt('2023-02')]).toEqual([[], undefined, undefined]);
    });
  });
}
