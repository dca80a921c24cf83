// How every route answers, and what it writes down of who asked.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsentOrigin, Evidence } from '../domain/consent.ts';
import { notice, type Page, type Pages } from './pages.ts';

export function show(pages: Pages, reply: FastifyReply, code: number, page: Page): FastifyReply {
  return reply.code(code).headers(pages.headersOf(page)).send(pages.render(page));
}

/** One and the same, whatever is wrong with a link: nothing is learnt from it. */
export function showBroken(pages: Pages, reply: FastifyReply): FastifyReply {
  return show(pages, reply, 404, notice(pages.words.brokenTitle, pages.words.brokenText));
}

/** What was sent is no form of ours. */
export function showRefused(pages: Pages, reply: FastifyReply, code: number): FastifyReply {
  return show(pages, reply, code, notice(pages.words.refusedTitle, pages.words.refusedText));
}

/** `words`: what the reader saw and agreed to. */
export function evidenceOf(request: FastifyRequest, origin: ConsentOrigin, words: string): Evidence {
  return { origin, form: request.routeOptions.url ?? '', words, ip: request.ip };
}
