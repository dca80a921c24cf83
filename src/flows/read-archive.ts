// What has been sent, for those who read it on the web: the index, one page an issue, and the feed. It is asked of the
// ledger at most once a minute, however many come.
import type { Clock } from '../domain/clock.ts';
import type { IssuePage } from '../domain/email.ts';
import type { Ledger, PublishedIssue } from '../store/ledger.ts';

export interface ArchivedIssue extends IssuePage {
  readonly url: string;
  readonly publishedAt: number;
}

export interface Archive {
  /** Newest first. */
  index(): Promise<readonly PublishedIssue[]>;
  issue(url: string): Promise<ArchivedIssue | undefined>;
  /** The newest few, whole. */
  feed(): Promise<readonly ArchivedIssue[]>;
}

const KEPT_MS = 60_000;
const KEPT_PAGES_MAX = 50;
const FEED_MAX = 20;

export function openArchive(ledger: Ledger, clock: Clock): Archive {
  const keptIndex = keep(clock, () => ledger.mailings.published(clock.now()));
  const pages = new Map<string, () => Promise<ArchivedIssue | undefined>>();

  async function issue(url: string): Promise<ArchivedIssue | undefined> {
    const found = (await keptIndex()).find((each) => each.url === url);
    if (!found) return undefined;
    if (pages.size >= KEPT_PAGES_MAX) pages.clear();
    const read = pages.get(url) ?? keep(clock, () => readPage(ledger, found, clock.now()));
    pages.set(url, read);
    return read();
  }

  return {
    index: keptIndex,
    issue,
    async feed() {
      const newest = (await keptIndex()).slice(0, FEED_MAX);
      const issues = await Promise.all(newest.map(({ url }) => issue(url)));
      return issues.filter((each) => each !== undefined);
    },
  };
}

async function readPage(ledger: Ledger, { url, publishedAt }: PublishedIssue, now: number): Promise<ArchivedIssue | undefined> {
  const content = await ledger.mailings.publishedAt(url, now);
  return content?.page && { ...content.page, url, publishedAt };
}

/** Reads at most once in a while, also where many ask at the same moment; what failed is asked for again. */
function keep<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let readAt = 0;
  return () => {
    if (kept !== undefined && clock.now() - readAt < KEPT_MS) return kept;
    readAt = clock.now();
    kept = read().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
