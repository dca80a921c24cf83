// What the links of a site's generator lead to: the site's own files tell, and the issues' pattern where it is an issue.
import { dirname, join, relative } from 'node:path';
import type { Newsletter } from '../../config/schema.ts';
import { matchIssueName } from '../domain/issue-pattern.ts';
import { isFatal } from '../domain/problem.ts';
import type { Generator, GeneratorLink, Site, SiteSettings } from '../domain/site.ts';
import { parseFrontMatter } from '../issue/front-matter.ts';
import { readFrontFacts } from '../issue/metadata.ts';
import type { IssueSettings } from '../issue/settings.ts';
import { DEFAULT_ADDRESSES, pageAddress } from '../site/page-address.ts';
import { readSiteSettings, SETTINGS_FILES } from '../site/site-settings.ts';
import { findPage } from '../source/find-page.ts';
import { readTexts } from '../source/read-texts.ts';

export interface SitePlace {
  readonly root: string;
  readonly newsletter: Pick<Newsletter, 'issues' | 'site'>;
  /** The issue that links, absolute. */
  readonly path: string;
}

/** Where each generator keeps its pages. */
const CONTENT: Readonly<Record<Generator, string>> = { zola: 'content', hugo: 'content', jekyll: '.', pelican: 'content' };

/** Null where the newsletter names no generator. */
export function sitePages({ root, newsletter, path }: SitePlace, settings: IssueSettings): Site | null {
  const { site, issues } = newsletter;
  if (!site) return null;
  const { generator } = site;
  const own = siteSettings(root, generator);
  const { slugFrom } = own ?? DEFAULT_ADDRESSES[generator];
  const content = site.content ?? own?.content ?? CONTENT[generator];
  const url = withSlash(site.url ?? own?.url ?? new URL('/', issues.url).href);
  const folder = join(root, content);
  const here = relative(folder, dirname(path));
  const known: Site = { generator, slugFrom, addressOf: () => null };
  const addressOf = ({ kind, path: named, isRelative, anchor }: GeneratorLink): string | null => {
    const wanted = isRelative && generator !== 'hugo' ? join(here, named) : named;
    const page = findPage(folder, wanted, { isAnywhere: generator === 'hugo', near: here });
    if (page === null) return null;
    if (kind === 'file') return new URL(page.path, url).href + anchor;
    const issue = issueAddress(join(content, page.path), page.text, issues.files, { ...settings, site: known });
    if (issue !== undefined) return issue === null ? null : issue + anchor;
    const address = pageAddress(generator, page.path, parseFrontMatter(page.text).data, own ?? undefined);
    return new URL(address.replace(/^\//, ''), url).href + anchor;
  };
  return { ...known, addressOf };
}

function siteSettings(root: string, generator: Generator): SiteSettings | null {
  return readSiteSettings(readTexts(root, SETTINGS_FILES)).find((settings) => settings.generator === generator) ?? null;
}

/** Undefined where it is no issue; null where it is one that cannot be read. */
function issueAddress(
  file: string,
  text: string,
  patterns: readonly string[],
  settings: IssueSettings,
): string | null | undefined {
  for (const pattern of patterns) {
    const name = matchIssueName(pattern, file.split('\\').join('/'));
    if (!name) continue;
    const { url, problems } = readFrontFacts(text, name, settings);
    return problems.some(isFatal) ? null : url;
  }
  return undefined;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
