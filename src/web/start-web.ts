// The web server: the pages for readers, and whether the system is well.
import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import { fastify } from 'fastify';
import type { Joining } from '../flows/join-list.ts';
import type { Archive } from '../flows/read-archive.ts';
import type { Images } from '../flows/read-images.ts';
import { show, showBroken, showRefused } from './answer.ts';
import { addArchiveRoutes } from './archive-routes.ts';
import { addImageRoutes } from './image-routes.ts';
import { addJoinRoutes, type LatestIssue } from './join-routes.ts';
import { addLeaveRoutes } from './leave-routes.ts';
import { addManageRoutes } from './manage-routes.ts';
import { createPages, notice, type PageSettings, type PageTemplates } from './pages.ts';
import { createSite, type Site, type SiteList } from './site.ts';
import { addWebhookRoutes, type Webhooks } from './webhook-routes.ts';

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
  readonly settings: Omit<PageSettings, 'base' | 'hasArchive'>;
  readonly lists: readonly SiteList[];
  readonly readers: Omit<Joining, 'lists' | 'unconfirmed'>;
  readonly latest: LatestIssue;
  /** Null where the newsletter's own site has the issues. */
  readonly archive: Archive | null;
  readonly images: Images;
  readonly webhooks: Webhooks;
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
  const { host, port, baseUrl, trustProxy, health, archive, onFault } = parts;
  const site = siteOf(parts);
  const { pages, base } = site;
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

  await server.register(
    (scope, _options, done) => {
      addJoinRoutes(scope, site, parts.latest);
      addLeaveRoutes(scope, site);
      addManageRoutes(scope, site);
      addImageRoutes(scope, site, parts.images);
      if (archive) addArchiveRoutes(scope, site, { archive, baseUrl });
      done();
    },
    { prefix: base },
  );
  await server.register(async (scope) => addWebhookRoutes(scope, parts.webhooks), { prefix: base });
  for (const path of new Set(['/healthz', `${base}/healthz`]))
    server.get(path, async (_request, reply) => {
      try {
        return { ok: true, ...(await health()) };
      } catch {
        return reply.code(503).send({ ok: false });
      }
    });
  await server.listen({ host, port });
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() };
}

function siteOf({ templates, settings, lists, readers, archive, baseUrl }: WebParts): Site {
  const base = new URL(baseUrl).pathname.replace(/\/+$/, '');
  const unconfirmed = lists.filter(({ isConfirmed }) => !isConfirmed).map(({ id }) => id);
  const joining = { ...readers, lists: lists.map(({ id }) => id), unconfirmed };
  return createSite({ pages: createPages(templates, { ...settings, base, hasArchive: archive !== null }), base, lists, joining });
}
