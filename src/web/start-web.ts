// The web server. Today it answers whether the system is well; the pages for readers will stand here.
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

export interface WebParts {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Asks the ledger; rejects where it cannot be asked. */
  readonly health: () => Promise<object>;
}

export interface Web {
  readonly port: number;
  close(): Promise<void>;
}

export async function startWeb({ host, port, health }: WebParts): Promise<Web> {
  const server = fastify({ logger: false });
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
