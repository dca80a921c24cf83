// The web server: the pages for readers, and whether the system is well.
import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import { fastify } from 'fastify';
import type { Leaving } from '../flows/leave-list.ts';
import { show, showBroken, showRefused } from './answer.ts';
import { addJoinRoutes, type JoinParts } from './join-routes.ts';
import { addLeaveRoutes } from './leave-routes.ts';
import { createPages, notice, type PageSettings, type PageTemplates } from './pages.ts';

export interface WebParts {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** The public address; its path, if it has one, stands before every page's. */
  readonly baseUrl: string;
  /** Proxies whose word about a client's address is believed: hops, or networks; none by default. */
  readonly trustProxy: number | readonly string[] | null;
  /** Asks the ledger; rejects where it cannot be asked. */
  readonly health: () => Promise<object>;
  readonly templates: PageTemplates;
  readonly settings: PageSettings;
  readonly leaving: Leaving;
  readonly joining: Omit<JoinParts, 'pages' | 'base'>;
  /** A list's title, as readers know it. */
  readonly titleOf: (list: string) => string;
  /** Hears of a fault of ours. */
  readonly onFault: (error: Error) => void;
}

export interface Web {
  readonly port: number;
  close(): Promise<void>;
}

// No form of ours has more to say.
const BODY_MAX_BYTES = 10_000;
const FIELDS_MAX = 20;

/** By hops it rests on the network: nobody but the proxies may reach us. */
function trusted(trust: WebParts['trustProxy']): false | string[] | ((address: string, hop: number) => boolean) {
  if (trust === null) return false;
  return typeof trust === 'number' ? (_address, hop) => hop < trust : [...trust];
}

export async function startWeb(parts: WebParts): Promise<Web> {
  const { host, port, trustProxy, health, leaving, joining, titleOf, onFault } = parts;
  const pages = createPages(parts.templates, parts.settings);
  const server = fastify({
    logger: false,
    bodyLimit: BODY_MAX_BYTES,
    trustProxy: trusted(trustProxy),
    // A path that cannot be read is no link of ours either.
    frameworkErrors: (_error, _request, reply) => void showBroken(pages, reply),
  });
  server.removeAllContentTypeParsers();
  await server.register(formbody, { bodyLimit: BODY_MAX_BYTES });
  // Mail programs may post the one click as a multipart form (RFC 8058 3.2).
  const limits = { fields: FIELDS_MAX, fieldSize: BODY_MAX_BYTES, files: 0, parts: FIELDS_MAX };
  await server.register(multipart, { attachFieldsToBody: 'keyValues', limits });

  server.setNotFoundHandler((_request, reply) => showBroken(pages, reply));
  server.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const code = error.statusCode ?? 500;
    if (code < 500) return showRefused(pages, reply, code);
    onFault(error);
    return show(pages, reply, code, notice(pages.words.faultTitle, pages.words.faultText));
  });

  const base = new URL(parts.baseUrl).pathname.replace(/\/+$/, '');
  await server.register(
    (scope, _options, done) => {
      addJoinRoutes(scope, { ...joining, pages, base });
      addLeaveRoutes(scope, { pages, leaving, titleOf, base });
      done();
    },
    { prefix: base },
  );
  server.get('/healthz', async (_request, reply) => {
    try {
      return { ok: true, ...(await health()) };
    } catch {
      return reply.code(503).send({ ok: false });
    }
  });
  await server.listen({ host, port });
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() };
}
