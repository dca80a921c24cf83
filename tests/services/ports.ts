/**
 * Finds ports nobody listens on. It cannot reserve them: another process may be quicker to take one, so a
 * caller must be ready to try again with others.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function freePorts(count: number): Promise<number[]> {
  // All at once, or the same port might be found twice.
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const addresses = servers.map((server) => server.address());
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return addresses.flatMap((address) => (address !== null && typeof address === 'object' ? [address.port] : []));
}
