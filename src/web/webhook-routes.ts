// Webhooks of providers: notices of bounces and complaints. Each is answered when the ledger has it; what is not signed is
// refused, and nothing is said of why.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Request } from '../flows/take-notice.ts';

export interface Webhooks {
  /** Those that are set up: no other has a route. */
  readonly providers: readonly Request['provider'][];
  readonly take: (request: Request) => Promise<Answer>;
  /** Hears of what was refused. */
  readonly onRefusal: (provider: string, why: string) => void;
}

// A notice may hold the bounce that it tells of.
const BODY_MAX_BYTES = 5_000_000;

/** To be registered as a scope of its own: here bodies are text, whatever they say they are. */
export function addWebhookRoutes(server: FastifyInstance, { providers, take, onRefusal }: Webhooks): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX_BYTES }, (_request, body, done) => done(null, body));
  for (const provider of providers)
    server.post(`/webhooks/${provider}`, async (request: FastifyRequest, reply: FastifyReply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const answer = await take({ provider, authorization: request.headers.authorization ?? '', body });
      if (answer.kind === 'taken') return reply.code(200).type('text/plain').send('taken\n');
      onRefusal(provider, answer.why);
      // Mailgun does not bring again what was answered with 406; for the others any refusal is one.
      return reply.code(406).type('text/plain').send('refused\n');
    });
}
