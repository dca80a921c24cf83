// The archive: all issues, each on a page of its own with the content of its mail, and the feed (Atom, RFC 4287).
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatDay } from '../domain/format-day.ts';
import type { Archive } from '../flows/read-archive.ts';
import { show, showBroken } from './answer.ts';
import type { Site } from './site.ts';

export interface ArchiveParts {
  readonly archive: Archive;
  /** BASE_URL, under which the issues' addresses are. */
  readonly baseUrl: string;
}

// An issue is amended rarely, and a reader who waits for the next one need not see it in the same minute.
const PUBLIC = { 'cache-control': 'public, max-age=300' };

export function addArchiveRoutes(server: FastifyInstance, site: Site, { archive, baseUrl }: ArchiveParts): void {
  const { pages, base } = site;
  const { words, language } = pages;
  const day = (date: string | null): string | null => (date === null ? null : formatDay(date, language));

  server.get('/archive', async (_request, reply) => {
    const issues = (await archive.index()).map((issue) => ({ ...issue, date: day(issue.day) }));
    return show(pages, reply, 200, { title: words.archiveTitle, template: 'archive', values: { issues, base }, isPublic: true });
  });

  server.get('/feed.xml', async (request, reply) => {
    const issues = await archive.feed();
    const entries = issues.map((issue) => ({ ...issue, updated: new Date(issue.publishedAt).toISOString() }));
    const updated = new Date(Math.max(0, ...issues.map(({ publishedAt }) => publishedAt))).toISOString();
    const feed = pages.renderAlone('feed', { entries, updated, id: `${baseUrl}/`, feedUrl: `${baseUrl}/feed.xml` });
    return sendUnlessKnown(request, reply.headers(PUBLIC).type('application/atom+xml; charset=utf-8'), feed);
  });

  server.get('/*', async (request, reply) => {
    const path = request.url.replace(/\?.*$/, '').slice(base.length);
    const issue = (await archive.issue(baseUrl + path)) ?? (await archive.issue(`${baseUrl}${path}/`));
    if (!issue) return showBroken(pages, reply);
    const values = { ...issue, date: day(issue.day), base };
    return show(pages, reply, 200, { title: issue.title, template: 'issue', values, isPublic: true });
  });
}

/** Feed readers ask every hour, and mostly for what they have. */
function sendUnlessKnown(request: FastifyRequest, reply: FastifyReply, body: string): FastifyReply {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', tag);
  return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(body);
}
