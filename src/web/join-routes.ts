// Joining: the form, the answer that is the same for everybody, and the page behind the mailed link.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { confirmLists, type JoinAnswer, type Joining, joinLists, showConfirmation, stampForm } from '../flows/join-list.ts';
import { evidenceOf, show, showBroken, showRefused } from './answer.ts';
import { fill, notice, type Page, type Pages } from './pages.ts';

export interface JoinParts {
  readonly pages: Pages;
  readonly joining: Joining;
  readonly lists: readonly { readonly id: string; readonly title: string; readonly description: string | null }[];
  /** What a new reader may read until the next issue comes; null where there is nothing yet. */
  readonly latest: (lists: readonly string[]) => Promise<{ readonly url: string; readonly subject: string } | null>;
  /** Before every path: the path of BASE_URL, without a slash at the end. */
  readonly base: string;
}

type Fields = Readonly<Record<string, unknown>>;

export function addJoinRoutes(server: FastifyInstance, { pages, joining, lists, latest, base }: JoinParts): void {
  const { words } = pages;
  const problems: Readonly<Record<Exclude<JoinAnswer, 'asked'>, string>> = {
    'no-address': words.joinNoAddress,
    'no-list': words.joinNoList,
    'too-many': words.joinTooMany,
    'stale-form': words.joinStale,
  };

  server.get('/', (_request, reply) => show(pages, reply, 200, formPage('', defaultLists(), null)));

  server.post('/join', async (request, reply) => {
    const fields = (request.body ?? {}) as Fields;
    if (isFromElsewhere(request)) return showRefused(pages, reply, 403);
    const form = {
      address: text(fields['address']),
      lists: texts(fields['list']),
      stamp: text(fields['stamp']),
      trap: text(fields['website']),
    };
    const answer = await joinLists(form, evidenceOf(request, 'web', `${words.joinTitle} [${words.joinButton}]`), joining);
    if (answer === 'asked') return show(pages, reply, 200, notice(words.askedTitle, words.askedText));
    return show(pages, reply, answer === 'too-many' ? 429 : 400, formPage(form.address, form.lists, problems[answer]));
  });

  server.get('/c/:token', async (request, reply) => {
    const { token } = request.params as { token: string };
    const shown = await showConfirmation(token, joining);
    if (!shown) return showBroken(pages, reply);
    const question = fill(words.confirmQuestion, { lists: titlesOf(shown.lists), address: shown.maskedAddress });
    return show(pages, reply, 200, {
      title: words.confirmTitle,
      template: 'confirm',
      values: { question, path: `${base}/c/${token}` },
    });
  });

  server.post('/c/:token', async (request, reply) => {
    const { token } = request.params as { token: string };
    if ((request.body as Fields | undefined)?.['confirm'] !== 'yes') return showRefused(pages, reply, 400);
    const shown = await showConfirmation(token, joining);
    const active = await confirmLists(
      token,
      evidenceOf(request, 'web', `${words.confirmTitle} [${words.confirmButton}]`),
      joining,
    );
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

  function defaultLists(): string[] {
    return lists.slice(0, 1).map(({ id }) => id);
  }

  function titlesOf(ids: readonly string[]): string {
    const titles = ids.map((id) => lists.find((list) => list.id === id)?.title ?? id);
    return new Intl.ListFormat(pages.language, { type: 'conjunction' }).format(titles);
  }
}

/** A form on somebody else's page may not speak for whoever looks at it. Programs without this header are no browsers. */
function isFromElsewhere(request: FastifyRequest): boolean {
  return request.headers['sec-fetch-site'] === 'cross-site';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}
