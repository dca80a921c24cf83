// A preview of an issue in a newsletter of its own: what tests of its page begin with. All goes over HTTP, with paths and
// hosts as they are given, which `fetch` would mend.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../config/package-root.ts';
import { readNewsletter } from '../../config/read-newsletter.ts';
import type { Newsletter } from '../../config/schema.ts';
import { pressOf } from '../../src/app.ts';
import { type Preview, previewIssue } from '../../src/flows/preview-issue.ts';
import type { Press } from '../../src/flows/render-issue.ts';
import type { ShownReader } from '../../src/flows/show-issue.ts';
import { type PreviewParts, type PreviewServer, startPreview } from '../../src/preview/start-preview.ts';
import { readBeside } from '../../src/source/image-files.ts';
import { readPreviewFiles } from '../../src/source/templates.ts';
import { newsletterFolder } from '../stories/cli.ts';

export const BASE = 'https://news.example/press';
export const SITE = 'https://site.example/{id}/';
export const ISSUE = 'issues/2023-02.md';

/** The body's first line is the file's fifth. */
export const HEAD = '+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n';

export const ADA: ShownReader = { id: 7, address: 'ada+news@example.org', name: 'Ada <b>', attributes: {} };

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly host?: string;
}

export interface OpenPreview {
  readonly root: string;
  readonly server: PreviewServer;
  /** How often the issue was looked at. */
  readonly looks: () => number;
  put(path: string, content: Uint8Array | string): void;
  seen(as?: string): Promise<Preview>;
  get(path: string, asking?: Asking): Promise<Answer>;
  close(): Promise<void>;
}

export interface Previewing {
  readonly source?: string;
  readonly issues?: Partial<Newsletter['issues']>;
  readonly look?: PreviewParts['look'];
}

export async function openPreview({ source = `${HEAD}Text.\n`, issues, look }: Previewing = {}): Promise<OpenPreview> {
  const root = newsletterFolder();
  const put = (path: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  put(ISSUE, source);
  const press = pressIn(root, { url: SITE, ...issues });
  const file = join(root, ISSUE);
  const files = { folders: [dirname(file), file.replace(/\.md$/, '')], within: [root] };
  let looks = 0;
  const seen = (as = ''): Promise<Preview> => {
    looks++;
    const wanted = { id: '2023-02', isFile: false, list: 'monthly', baseUrl: BASE };
    return previewIssue(press, { ...wanted, reader: as === ADA.address ? ADA : undefined });
  };
  const server = await startPreview({
    port: 0,
    files: readPreviewFiles(press.templates),
    look: look ?? (async (as) => ({ ...(await seen(as)), baseUrl: BASE })),
    beside: (path) => readBeside(files, path),
  });
  return {
    ...{ root, server, put, seen, looks: () => looks },
    get: (path, asking) => get(server.port, path, asking),
    close: () => server.close(),
  };
}

function pressIn(root: string, issues: Partial<Newsletter['issues']>): Press {
  const read = (file: string): string => readFileSync(join(packageRoot(), file), 'utf8');
  const { newsletter } = readNewsletter(read('config/newsletter.yaml'), read('config/defaults.yaml'), 'newsletter.yaml');
  if (newsletter === null) throw new Error('The sample newsletter cannot be read.');
  const own = { ...newsletter, issues: { ...newsletter.issues, ...issues } };
  return { ...pressOf({ root, newsletter: own, baseUrl: BASE }), cwd: root };
}

function ask(port: number, path: string, { method = 'GET', host }: Asking): Promise<IncomingMessage> {
  const headers = host === undefined ? {} : { host };
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false, signal: AbortSignal.timeout(10_000) });
    asked.on('response', resolve).on('error', reject).end();
  });
}

async function get(port: number, path: string, asking: Asking = {}): Promise<Answer> {
  const response = await ask(port, path, asking);
  const bytes = Buffer.concat(await response.toArray());
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString('utf8') };
}
