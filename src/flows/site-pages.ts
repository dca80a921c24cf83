// What the links of a site's generator lead to: the site's own files tell, and the issues' pattern where it is an issue.
import { dirname, join, relative } from 'node:path';
import type { Newsletter } from '../../config/schema.ts';
import { matchIssueName } from '../domain/issue-pattern.ts';
import type { Generator, GeneratorLink, Site } from '../domain/site.ts';
import { parseFrontMatter } from '../issue/front-matter.ts';
import { pageAddress } from '../issue/page-address.ts';
import { parseIssue } from '../issue/parse-issue.ts';
import type { IssueSettings } from '../issue/settings.ts';
import { findPage } from '../source/find-page.ts';

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
  const { generator, content = CONTENT[generator], url = new URL('/', issues.url).href } = site;
  const folder = join(root, content);
  const here = relative(folder, dirname(path));
  return {
    generator,
    addressOf({ kind, path: named, isRelative, anchor }: GeneratorLink) {
      const wanted = isRelative && generator !== 'hugo' ? join(here, named) : named;
      const page = findPage(folder, wanted, { isAnywhere: generator === 'hugo', near: here });
      if (page === null) return null;
      if (kind === 'file') return new URL(page.path, withSlash(url)).href + anchor;
      const issue = issueAddress(join(content, page.path), page.text, issues.files, settings);
      if (issue !== undefined) return issue === null ? null : issue + anchor;
      const address = pageAddress(generator, page.path, parseFrontMatter(page.text).data);
      return new URL(address.replace(/^\//, ''), withSlash(url)).href + anchor;
    },
  };
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
    if (name) return parseIssue({ text, file, name }, { ...settings, site: null }).issue?.url ?? null;
  }
  return undefined;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
