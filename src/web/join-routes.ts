// Joining: the form, the answer that is the same for everybody, and the page behind the mailed link.
import type { FastifyInstance } from 'fastify';
import { confirmLists, type JoinAnswer, joinLists, showConfirmation, stampForm } from '../flows/join-list.ts';
import { evidenceOf, show, showBroken, showRefused } from './answer.ts';
import { fieldsOf, isFromElsewhere, tokenOf } from './fields.ts';
import { fill, notice, type Page, type Pages } from './pages.ts';
import type { Site } from './site.ts';

/** What a new reader may read until the next issue comes; null where there is nothing yet. */
export type LatestIssue = (lists: readonly string[]) => Promise<{ readonly url: string; readonly subject: string } | null>;

export function addJoinRoutes(server: FastifyInstance, site: Site, latest: LatestIssue): void {
  const { pages, base, lists, joining, titlesOf } = site;
  const { words } = pages;

  server.get('/', (_request, reply) => show(pages, reply, 200, formPage('', defaultLists(), null)));

  server.post('/join', async (request, reply) => {
    if (isFromElsewhere(request)) return showRefused(pages, reply, 403);
    const fields = fieldsOf(request);
    const form = {
      ...{ address: fields.one('address'), lists: fields.all('list') },
      ...{ stamp: fields.one('stamp'), trap: fields.one('website') },
    };
    const answer = await joinLists(form, evidenceOf(request, 'web', `${words.joinTitle} [${words.joinButton}]`), joining);
    if (answer === 'asked') return show(pages, reply, 200, askedPage(form.lists));
    return show(pages, reply, answer === 'too-many' ? 429 : 400, formPage(form.address, form.lists, problemOf(pages, answer)));
  });

  server.get('/c/:token', async (request, reply) => {
    const token = tokenOf(request);
    const shown = await showConfirmation(token, joining);
    if (!shown) return showBroken(pages, reply);
    const question = fill(words.confirmQuestion, { lists: titlesOf(shown.lists), address: shown.maskedAddress });
    const values = { question, path: `${base}/c/${token}` };
    return show(pages, reply, 200, { title: words.confirmTitle, template: 'confirm', values });
  });

  server.post('/c/:token', async (request, reply) => {
    const token = tokenOf(request);
    if (fieldsOf(request).one('confirm') !== 'yes') return showRefused(pages, reply, 400);
    const shown = await showConfirmation(token, joining);
    const evidence = evidenceOf(request, 'web', `${words.confirmTitle} [${words.confirmButton}]`);
    const active = await confirmLists(token, evidence, joining);
    if (!shown || !active) return showBroken(pages, reply);
    const sentence = fill(words.confirmedText, { lists: titlesOf(active), address: shown.maskedAddress });
    const values = { text: sentence, latest: await latest(active) };
    return show(pages, reply, 200, { title: words.confirmedTitle, template: 'confirmed', values });
  });

  function formPage(address: string, chosen: readonly string[], problem: string | null): Page {
    const values = {
      ...{ address, problem, path: `${base}/join`, stamp: stampForm(joining), isChoice: lists.length > 1 },
      description: lists.length === 1 ? lists[0]?.description : null,
      lists: lists.map((list) => ({ ...list, isChosen: chosen.includes(list.id) })),
    };
    return { title: words.joinTitle, template: 'join', values };
  }

  /** It tells which lists were asked for, and nothing about the address. */
  function askedPage(asked: readonly string[]): Page {
    const open = lists.filter(({ id, isConfirmed }) => asked.includes(id) && !isConfirmed).map(({ id }) => id);
    if (open.length === 0) return notice(words.askedTitle, words.askedText);
    return notice(words.joinedTitle, fill(words.joinedText, { lists: titlesOf(open) }));
  }

  function defaultLists(): string[] {
    return lists.slice(0, 1).map(({ id }) => id);
  }
}

export function problemOf({ words }: Pages, answer: Exclude<JoinAnswer, 'asked'>): string {
  const sentences: Readonly<Record<typeof answer, string>> = {
    'no-address': words.joinNoAddress,
    'no-list': words.joinNoList,
    'too-many': words.joinTooMany,
    'stale-form': words.joinStale,
  };
  return sentences[answer];
}
