// All that an address gets, behind a fresh link by mail: asked for by a form or from a mail, then seen, changed, taken
// along or erased.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { askForLink, askForLinkByMail, stampForm } from '../flows/join-list.ts';
import { chooseSubscriptions, eraseReader, type ShownReader, showReader, takeData } from '../flows/manage-subscriptions.ts';
import { evidenceOf, show, showBroken, showRefused } from './answer.ts';
import { fieldsOf, isFromElsewhere, tokenOf } from './fields.ts';
import { problemOf } from './join-routes.ts';
import { fill, notice, type Page } from './pages.ts';
import type { Site } from './site.ts';

export function addManageRoutes(server: FastifyInstance, { pages, base, joining, titleOf, titlesOf }: Site): void {
  const { words } = pages;
  const sent = notice(words.linkSentTitle, words.linkSentText);

  server.get('/me', (_request, reply) => show(pages, reply, 200, askPage('', null)));

  server.post('/me', async (request, reply) => {
    if (isFromElsewhere(request)) return showRefused(pages, reply, 403);
    const fields = fieldsOf(request);
    const form = { address: fields.one('address'), stamp: fields.one('stamp'), trap: fields.one('website') };
    const answer = await askForLink(form, evidenceOf(request, 'web', words.linkButton), joining);
    if (answer === 'asked') return show(pages, reply, 200, sent);
    return show(pages, reply, answer === 'too-many' ? 429 : 400, askPage(form.address, problemOf(pages, answer)));
  });

  server.post('/p/:token/link', async (request, reply) =>
    (await askForLinkByMail(tokenOf(request), joining)) ? show(pages, reply, 200, sent) : showBroken(pages, reply),
  );

  server.get('/m/:token', async (request, reply) => answer(reply, tokenOf(request), await showReader(tokenOf(request), joining)));

  server.post('/m/:token', async (request, reply) => {
    const [fields, token] = [fieldsOf(request), tokenOf(request)];
    if (fields.one('choose') !== 'yes') return showRefused(pages, reply, 400);
    const choice = { name: fields.one('name'), wanted: fields.all('list') };
    const evidence = evidenceOf(request, 'web', `${words.manageTitle} [${words.manageButton}]`);
    return answer(reply, token, await chooseSubscriptions(token, choice, evidence, joining), true);
  });

  server.get('/m/:token/data', async (request, reply) => {
    const data = await takeData(tokenOf(request), joining);
    if (!data) return showBroken(pages, reply);
    return reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="newsletter-data.json"' })
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(data, null, 2));
  });

  server.post('/m/:token/erase', async (request, reply) => {
    if (fieldsOf(request).one('erase') !== 'yes') return showRefused(pages, reply, 400);
    if (!(await eraseReader(tokenOf(request), joining))) return showBroken(pages, reply);
    return show(pages, reply, 200, notice(words.erasedTitle, words.erasedText));
  });

  function askPage(address: string, problem: string | null): Page {
    const values = { address, problem, path: `${base}/me`, stamp: stampForm(joining) };
    return { title: words.linkTitle, template: 'link', values };
  }

  function answer(reply: FastifyReply, token: string, shown: ShownReader | undefined, isSaved = false): FastifyReply {
    if (!shown) return showBroken(pages, reply);
    const { address, name, lists } = shown;
    const active = lists.filter(({ isActive }) => isActive).map(({ list }) => list);
    const saved = active.length === 0 ? words.manageSavedNone : fill(words.manageSaved, { lists: titlesOf(active) });
    const values = {
      ...{ address, name, path: `${base}/m/${token}`, saved: isSaved ? saved : null },
      lists: lists.map(({ list, isActive }) => ({ id: list, title: titleOf(list), isActive })),
    };
    return show(pages, reply, 200, { title: words.manageTitle, template: 'manage', values });
  }
}
