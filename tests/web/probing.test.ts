// The link by which `send` finds out whether readers could leave: answered with a proof, and good for nothing else.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/app.ts';
import { preferencesUrl, readUnsubscribeToken } from '../../src/link/delivery-links.ts';
import { answerToProbe, isAnswerToProbe, probeToken } from '../../src/link/probe.ts';
import { openPages, type ReaderPages, SECRET } from './reader-pages.ts';

const ONE_CLICK = { 'List-Unsubscribe': 'One-Click' };

let pages: ReaderPages;
beforeEach(async () => {
  pages = await openPages();
});
afterEach(() => pages.close());

const newProbe = (secret = SECRET): string => probeToken(systemRandom, [secret]);
const isProof = (text: string, token: string): boolean => isAnswerToProbe(text, token, pages.ledger.identity.id, [SECRET]);

describe('a probe', () => {
  it('is answered with a proof that this ledger is there, as text that nobody keeps', async () => {
    const token = newProbe();
    const { status, text, headers } = await pages.post(`/u/${token}`, ONE_CLICK);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(isProof(text, token)).toBe(true);
    expect(isAnswerToProbe(text, token, 'another ledger', [SECRET])).toBe(false);
    expect(isAnswerToProbe(text, newProbe(), pages.ledger.identity.id, [SECRET])).toBe(false);
    expect(isAnswerToProbe(text, token, pages.ledger.identity.id, ['another-secret-altogether'])).toBe(false);
  });

  it('changes nothing in the ledger, however often it is sent', async () => {
    const before = await everything();
    for (let round = 0; round < 3; round++) await pages.post(`/u/${newProbe()}`, ONE_CLICK);
    expect(await everything()).toEqual(before);
  });

  it('shows whoever opens it that the link does not work, as any other such link', async () => {
    const { status, text } = await pages.request(`/u/${newProbe()}`);
    const other = await pages.request('/u/abcdefghijklmnopqrstuvwxyz');
    expect([status, text]).toEqual([404, other.text]);
    expect((await pages.request(`/u/${newProbe()}`, { method: 'HEAD' })).status).toBe(404);
  });

  it('is nothing to the button of the page, nor to what stands behind it', async () => {
    const before = await everything();
    expect((await pages.post(`/u/${newProbe()}`, { leave: 'yes' })).status).toBe(404);
    expect((await pages.post(`/u/${newProbe()}/back`, {})).status).toBe(404);
    expect((await pages.post(`/u/${newProbe()}/reason`, { reason: 'x' })).status).toBe(404);
    expect((await pages.request(`/p/${newProbe()}`)).status).toBe(404);
    expect((await pages.request(`/m/${newProbe()}`)).status).toBe(404);
    expect((await pages.request(`/c/${newProbe()}`)).status).toBe(404);
    expect(await everything()).toEqual(before);
  });

  it.each<[string, () => string]>([
    ['of another secret', () => newProbe('another-secret-altogether')],
    ['with a letter changed', () => newProbe().replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))],
    ['cut short', () => newProbe().slice(0, -1)],
    ['that is a reader’s way to other pages', () => preferencesUrl({ subscriber: 1, list: 1 }, SITE).split('/').at(-1) ?? ''],
  ])('is not answered: one %s', async (_what, token) => {
    const { status, text } = await pages.post(`/u/${token()}`, ONE_CLICK);
    expect([status, text]).toEqual([404, expect.not.stringMatching(/^[0-9a-f]{64}/)]);
  });

  it('is no link to leave by, and a link to leave by is no probe', async () => {
    expect(readUnsubscribeToken(newProbe(), [SECRET])).toBeUndefined();
    expect(answerToProbe(pages.token, pages.ledger.identity.id, [SECRET])).toBeUndefined();
    const { text } = await pages.post(`/u/${pages.token}`, ONE_CLICK);
    expect([text, isProof(text, pages.token)]).toEqual(['You are unsubscribed\n', false]);
  });

  it('tells nothing of the secret, and is new each time', () => {
    const token = newProbe();
    expect(newProbe()).not.toBe(token);
    expect(answerToProbe(token, 'ledger', [SECRET])).not.toBe(createHmac('sha256', SECRET).update(token).digest('hex'));
  });

  it('is answered by nobody who has no secret', () => {
    expect(answerToProbe(newProbe(), 'ledger', [])).toBeUndefined();
    expect(isAnswerToProbe('', newProbe(), 'ledger', [])).toBe(false);
  });

  it('fits into a link, whatever chance brings', async () => {
    const longest = probeToken(() => Buffer.alloc(12, 255), [SECRET]);
    const { status, text } = await pages.post(`/u/${longest}`, ONE_CLICK);
    expect([status, isProof(text, longest)]).toEqual([200, true]);
  });
});

const SITE = { baseUrl: '', secrets: [SECRET] };

async function everything(): Promise<unknown> {
  const { ledger } = pages;
  return [await pages.state(), await pages.log(), await ledger.mailings.all(), await ledger.subscribers.page('monthly', 0, 10)];
}
