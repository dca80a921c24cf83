// Leaving by the link in a mail. GET shows a page and changes nothing, for scanners follow links. POST leaves: by the
// reader's mail program with one click (RFC 8058), or by the button on the page.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  answerProbe,
  comeBack,
  giveReason,
  leaveList,
  type ShownSubscription,
  showByPreferences,
  showSubscription,
} from '../flows/leave-list.ts';
import { evidenceOf, show, showBroken, showRefused } from './answer.ts';
import { fill, notice, type Page } from './pages.ts';
import type { Site } from './site.ts';

interface Call extends FastifyRequest {
  readonly params: { readonly token: string };
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export function addLeaveRoutes(server: FastifyInstance, { pages, joining: leaving, titleOf, base }: Site): void {
  const { words } = pages;

  server.get('/u/:token', async (request, reply) => {
    const { token } = (request as Call).params;
    return answer(reply, token, await showSubscription(token, leaving));
  });

  server.post('/u/:token', async (request, reply) => {
    const { params, body } = request as Call;
    if (body?.['List-Unsubscribe'] === 'One-Click') return oneClick(request as Call, reply);
    if (body?.['leave'] !== 'yes') return showRefused(pages, reply, 400);
    const shown = await leaveList(
      params.token,
      evidenceOf(request, 'web', `${words.leaveTitle} [${words.leaveButton}]`),
      leaving,
    );
    return answer(reply, params.token, shown);
  });

  server.post('/u/:token/back', async (request, reply) => {
    const { token } = (request as Call).params;
    const shown = await comeBack(token, evidenceOf(request, 'web', words.backButton), leaving);
    if (shown && !shown.hasLeft) return show(pages, reply, 200, notice(words.backTitle, sentence(words.backText, shown)));
    return answer(reply, token, shown);
  });

  server.post('/u/:token/reason', async (request, reply) => {
    const { params, body } = request as Call;
    const reason = typeof body?.['reason'] === 'string' ? body['reason'] : '';
    const shown = await giveReason(params.token, reason, evidenceOf(request, 'web', words.reasonQuestion), leaving);
    return shown ? show(pages, reply, 200, notice(words.reasonTitle, words.reasonText)) : showBroken(pages, reply);
  });

  server.get('/p/:token', async (request, reply) => {
    const shown = await showByPreferences((request as Call).params.token, leaving);
    if (!shown) return showBroken(pages, reply);
    const text = sentence(shown.hasLeft ? words.leftText : words.preferencesText, shown);
    const leavePath = shown.hasLeft ? null : `${base}/u/${shown.leaveToken}`;
    const linkPath = `${base}/p/${(request as Call).params.token}/link`;
    const values = { text, leavePath, linkPath };
    return show(pages, reply, 200, { title: words.preferencesTitle, template: 'preferences', values });
  });

  /** A mail program shows nobody the answer. It is the same whether or not the reader had left before. */
  async function oneClick(request: Call, reply: FastifyReply): Promise<FastifyReply> {
    const shown = await leaveList(request.params.token, evidenceOf(request, 'one-click', 'List-Unsubscribe=One-Click'), leaving);
    const said = shown ? words.leftTitle : answerProbe(request.params.token, leaving);
    if (said === undefined) return showBroken(pages, reply);
    return reply.code(200).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send(`${said}\n`);
  }

  function answer(reply: FastifyReply, token: string, shown: ShownSubscription | undefined): FastifyReply {
    if (!shown) return showBroken(pages, reply);
    return show(pages, reply, 200, shown.hasLeft ? leftPage(token, shown) : leavePage(token, shown));
  }

  function leavePage(token: string, shown: ShownSubscription): Page {
    const values = { question: sentence(words.leaveQuestion, shown), path: `${base}/u/${token}` };
    return { title: words.leaveTitle, template: 'leave', values };
  }

  function leftPage(token: string, shown: ShownSubscription): Page {
    const { mayComeBack } = shown;
    const values = { text: sentence(words.leftText, shown), mayComeBack, path: `${base}/u/${token}` };
    return { title: words.leftTitle, template: 'left', values };
  }

  function sentence(pattern: string, { list, maskedAddress }: ShownSubscription): string {
    return fill(pattern, { list: titleOf(list), address: maskedAddress });
  }
}
