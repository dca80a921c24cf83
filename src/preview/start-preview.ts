// A page on this machine that shows an issue while it is written, and again whenever a file of it changes.

import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type FastifyReply, fastify } from 'fastify';
import { imagePath, type StoredImage } from '../domain/image.ts';
import { NOTHING, type Preview } from '../flows/preview-issue.ts';
import { BESIDE, mailInFrame } from './mail-in-frame.ts';
import { createPreviewPage, type PageFiles, readLook } from './preview-page.ts';

export interface PreviewParts {
  /** 0 for any that is free. */
  readonly port: number;
  readonly files: PageFiles;
  /** The issue as it is now, as the subscriber of that address gets it. */
  readonly look: (as: string) => Promise<Preview & { readonly baseUrl: string }>;
  /** A file beside the issue. */
  readonly beside: (path: string) => Promise<StoredImage | undefined>;
}

export interface PreviewServer {
  readonly port: number;
  /** What is shown is made anew, and all pages that are open load it. */
  changed(): void;
  close(): Promise<void>;
}

const HOSTS = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

const IN_FRAME = {
  'content-security-policy':
    "default-src 'none'; img-src 'self' https: http: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

type Asked = { readonly Querystring: Record<string, unknown> };

export async function startPreview({ port, files, look, beside }: PreviewParts): Promise<PreviewServer> {
  const page = createPreviewPage(files);
  let kept = new Map<string, ReturnType<typeof look>>();
  // Another one for each start, so that pages of the last one load anew.
  let version = Date.now();
  const lookAt = (as: string): ReturnType<typeof look> => {
    const known = kept.get(as) ?? look(as).catch(whyNot);
    kept.set(as, known);
    return known;
  };

  const server = fastify({ logger: false, forceCloseConnections: true });
  // A page elsewhere, under a name that leads here, shall not read what is written here.
  server.addHook('onRequest', async (request, reply) => {
    if (!HOSTS.test(request.headers.host ?? '')) await reply.code(403).send('This preview is for the machine that it runs on.');
  });
  server.get<Asked>('/', async ({ query }, reply) => {
    const asked = readLook(query);
    const isOf = version;
    const html = page(await lookAt(asked.as), asked, isOf);
    return reply.headers(headersFor(files)).type('text/html; charset=utf-8').send(html);
  });
  server.get<Asked>('/mail', async ({ query }, reply) => {
    const { as, light } = readLook(query);
    const { shown, baseUrl } = await lookAt(as);
    if (!shown) return reply.code(404).send('');
    return reply
      .headers(IN_FRAME)
      .type('text/html; charset=utf-8')
      .send(mailInFrame(shown, baseUrl, light));
  });
  server.get<Asked>('/message.eml', async ({ query }, reply) => {
    const { shown } = await lookAt(readLook(query).as);
    if (!shown) return reply.code(404).send('');
    return reply
      .headers({ ...IN_FRAME, 'content-disposition': 'attachment; filename="message.eml"' })
      .type('message/rfc822')
      .send(Buffer.from(shown.message));
  });
  server.get<{ Params: { name: string } }>(imagePath(':name'), async ({ params }, reply) => {
    const { shown } = await lookAt('');
    return send(
      reply,
      shown?.images.find(({ name }) => name === params.name),
    );
  });
  server.get(`${BESIDE}*`, async ({ url }, reply) => send(reply, await beside(url.slice(BESIDE.length).split('?')[0] ?? '')));
  server.get('/version', (_request, reply) => reply.headers(IN_FRAME).type('text/plain').send(String(version)));
  await server.listen({ host: '127.0.0.1', port });

  return {
    port: (server.server.address() as AddressInfo).port,
    changed() {
      kept = new Map();
      version++;
    },
    close: () => server.close(),
  };
}

function whyNot(error: unknown): Preview & { readonly baseUrl: string } {
  const message = error instanceof Error ? error.message : String(error);
  return { ...NOTHING, problems: [{ severity: 'error', rule: 'preview', message }], baseUrl: '' };
}

function headersFor({ styles, script }: PageFiles): Record<string, string> {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return {
    'content-security-policy': `default-src 'none'; frame-src 'self'; connect-src 'self'; style-src ${hash(styles)}; img-src data:; script-src ${hash(script)}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}

function send(reply: FastifyReply, image: StoredImage | undefined): FastifyReply {
  if (!image) return reply.code(404).send('');
  return reply.headers(IN_FRAME).type(image.type).send(Buffer.from(image.bytes));
}
