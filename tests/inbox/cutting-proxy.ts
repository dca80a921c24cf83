// Stands before a real server and changes words on their way, so that it seems to be another one.
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

type Change = readonly [pattern: RegExp, by: string];

export interface CuttingProxy {
  readonly port: number;
  /** All that clients have said. */
  said(): string;
  close(): Promise<void>;
}

/** `answers` is what the server says, `asks` what its clients say; in pieces as they come. */
export async function cuttingProxy(
  port: number,
  answers: readonly Change[],
  asks: readonly Change[] = [],
): Promise<CuttingProxy> {
  let said = '';
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = createConnection({ host: '127.0.0.1', port });
    sockets.push(client, upstream);
    for (const [from, to, changes] of [
      [client, upstream, asks],
      [upstream, client, answers],
    ] as const) {
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.on('data', (bytes: Buffer) => {
        const text = bytes.toString('latin1');
        if (from === client) said += text;
        to.write(
          changes.reduce((changed, [pattern, by]) => changed.replace(pattern, by), text),
          'latin1',
        );
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    said: () => said,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
