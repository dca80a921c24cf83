// A small web on this machine, and a book of who asked it for what: what tests of the reach room begin with.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asking, askLinks, type LinkAnswer } from '../../src/reach/ask-links.ts';

export interface SmallWeb {
  readonly url: string;
  /** `METHOD /path` of each request, as they came. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startWeb(answer: RequestListener, host = '127.0.0.1'): Promise<SmallWeb> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(nameOf(request));
    answer(request, response);
  });
  const url = await listening(server, host);
  return { url, asked, close: () => closed(server) };
}

export function nameOf({ method, url }: IncomingMessage): string {
  return `${method} ${url}`;
}

const ASKING: Asking = { hostsAtATime: 8, timeoutMs: 400, allowsPrivate: true };

/** Each answer, in the order in which it came. */
export async function answersTo(urls: readonly string[], asking: Partial<Asking> = {}): Promise<[string, LinkAnswer][]> {
  const answers: [string, LinkAnswer][] = [];
  await askLinks(urls, { ...ASKING, ...asking }, (url, answer) => void answers.push([url, answer]));
  return answers;
}

export async function answerTo(url: string, asking: Partial<Asking> = {}): Promise<LinkAnswer | undefined> {
  const [first] = await answersTo([url], asking);
  return first?.[1];
}

function listening(server: Server, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
  });
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
