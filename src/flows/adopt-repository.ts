// Makes a newsletter of a repository as it is: which generator builds its site, which files are its issues, where these are on
// the web. It reads only; what is to be written is its answer.
import { fillPattern, matchIssueName, patternValues } from '../domain/issue-pattern.ts';
import type { Problem } from '../domain/problem.ts';
import type { Generator, SiteSettings } from '../domain/site.ts';
import { parseFrontMatter } from '../issue/front-matter.ts';
import { readFrontFacts } from '../issue/metadata.ts';
import { addressPattern, type PlacedIssue } from '../site/address-pattern.ts';
import { findIssueShapes, type IssueShape } from '../site/issue-shapes.ts';
import { commonName, type NewNewsletter } from '../site/newsletter-file.ts';
import { pageAddress } from '../site/page-address.ts';
import { readSiteSettings, SETTINGS_FILES } from '../site/site-settings.ts';
import { readTexts } from '../source/read-texts.ts';
import { type Repository, readRepository } from '../source/repository.ts';

export interface Adopting {
  readonly root: string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly version: string;
  /** Where there are several; null to find out. */
  readonly generator: Generator | null;
  /** A pattern for the issues' files, where none can be told; null to find out. */
  readonly files: string | null;
}

export type Adoption =
  | {
      readonly kind: 'adopted';
      readonly newsletter: NewNewsletter;
      readonly site: SiteSettings | null;
      /** Paths, oldest first; none where the newsletter begins here. */
      readonly issues: readonly string[];
      /** Names that several of them have. */
      readonly doubles: readonly string[];
      /** How many of them their generator puts at an address of their own. */
      readonly elsewhere: number;
      readonly isGit: boolean;
      /** The site says where it is. */
      readonly isUrlKnown: boolean;
    }
  | { readonly kind: 'problem'; readonly problem: Problem };

const OTHERS_MAX = 3;

export function adoptRepository(adopting: Adopting): Adoption {
  const { root, today, version } = adopting;
  const repository = readRepository(root);
  const site = chooseSite(readSiteSettings(readTexts(root, SETTINGS_FILES)), adopting.generator);
  if (site !== null && 'message' in site) return { kind: 'problem', problem: site };
  const shapes =
    adopting.files === null ? findIssueShapes(repository.paths, site?.content ?? '.') : [named(adopting.files, repository)];
  const [shape, ...others] = shapes;
  if (shape === undefined && site !== null) return { kind: 'problem', problem: noIssues(site) };
  const { address, elsewhere, titles } = shape ? describe(root, shape, site) : SAMPLE;
  const url = new URL(site?.url ?? 'https://example.org/');
  const name = commonName(titles) ?? site?.title ?? 'My newsletter';
  return {
    ...{ kind: 'adopted', site, elsewhere, isGit: repository.isGit, isUrlKnown: site?.url !== null && site !== null },
    issues: shape?.paths ?? [],
    doubles: shape ? doublesIn(shape.pattern, repository) : [],
    newsletter: {
      ...{ version, name, adopted: today, generator: site?.generator ?? null },
      domain: url.hostname.replace(/^www\./, ''),
      language: site?.language ?? null,
      timezone: site?.timezone ?? null,
      files: [shape?.pattern ?? 'issues/{id}.md'],
      otherFiles: others
        .filter(({ paths }) => paths.length > 1)
        .slice(0, OTHERS_MAX)
        .map(({ pattern, paths }) => `${pattern} (${paths.length})`),
      url: `${url.href.replace(/\/+$/, '')}${address}`,
    },
  };
}

/** Null for no site at all. */
function chooseSite(found: readonly SiteSettings[], wanted: Generator | null): SiteSettings | Problem | null {
  if (wanted !== null)
    return (
      found.find(({ generator }) => generator === wanted) ??
      problem(`There are no settings of ${nameOf(wanted)} here.`, 'Go to the folder that holds them, or leave --generator out.')
    );
  const [site, ...others] = found;
  if (others.length === 0) return site ?? null;
  const names = found.map(({ generator, file }) => `${nameOf(generator)} (${file})`);
  return problem(
    `There are ${found.length} site generators here: ${names.join(' and ')}.`,
    `Say whose site has the newsletter, as in: postrider init --generator ${found[0]?.generator}`,
  );
}

function named(pattern: string, { paths }: Repository): IssueShape {
  const own = pattern.replace(/^(?:\.\/+)+/, '');
  return { pattern: own, paths: paths.filter((path) => matchIssueName(own, path) !== undefined) };
}

/** Of all files that the pattern takes, translations among them. */
function doublesIn(pattern: string, { paths }: Repository): string[] {
  const ids = paths.flatMap((path) => matchIssueName(pattern, path)?.id ?? []);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

/** What a folder without a site begins with: the archive may have the issues. */
const SAMPLE = { address: '/issues/{id}/', elsewhere: 0, titles: [] } as const;

function describe(root: string, { pattern, paths }: IssueShape, site: SiteSettings | null) {
  const texts = readTexts(root, paths);
  const placed: (PlacedIssue & { readonly title: string; readonly day: string })[] = [];
  for (const [path, text] of Object.entries(texts)) {
    const name = matchIssueName(pattern, path);
    if (!name) continue;
    const settings = {
      ...{ urlPattern: 'https://example.org/', language: 'en' },
      site: site && { ...site, addressOf: () => null },
    };
    const { title, slug, date, number } = readFrontFacts(text, name, settings);
    const values = patternValues({ ...name, slug, ...(date !== null && { date }), ...(number !== undefined && { number }) });
    placed.push({ values, title, day: date ?? name.id, address: addressOf(path, text, name.id, site) });
  }
  const inOrder = placed.toSorted((one, other) => (one.day < other.day ? -1 : 1));
  const { pattern: address, elsewhere } = addressPattern(inOrder.length > 0 ? inOrder : [imagined(pattern, site)]);
  return {
    address,
    elsewhere: Math.min(elsewhere, inOrder.length),
    titles: inOrder.map(({ title }) => title).filter((title) => title !== ''),
  };
}

/** An issue that a newsletter without any could have. */
function imagined(pattern: string, site: SiteSettings | null): PlacedIssue {
  const values = { ...patternValues({ id: '2001-03', date: '2001-02-04', number: '77', slug: 'a-slug' }) };
  const text = '---\ntitle: A slug\ndate: 2001-02-04\n---\n';
  return { values, address: addressOf(fillPattern(pattern, values).text, text, '2001-03', site) };
}

function addressOf(path: string, text: string, id: string, site: SiteSettings | null): string {
  if (site === null) return SAMPLE.address.replace('{id}', id);
  const within = path.startsWith(`${site.content}/`) ? path.slice(site.content.length + 1) : path;
  // A brace of its own would be a placeholder.
  return pageAddress(site.generator, within, parseFrontMatter(text).data, site).replace(/[{}]/g, encodeURIComponent);
}

function noIssues({ generator, content }: SiteSettings): Problem {
  const where = content === '.' ? 'here' : `in ${content}/`;
  return problem(
    `There is a site of ${nameOf(generator)} here, but no Markdown files ${where} that are named like issues: by days, months or numbers.`,
    `Say where they lie, or will lie, as in: postrider init --files "${content === '.' ? '_issues' : `${content}/newsletter`}/{id}.md"`,
  );
}

export function nameOf(generator: Generator): string {
  return generator.charAt(0).toUpperCase() + generator.slice(1);
}

function problem(message: string, advice: string): Problem {
  return { severity: 'error', rule: 'init', message, advice };
}
