// Puts what was merged into the sections of a draft: what is linked there already stays as the editor has it, and done twice it
// changes nothing.
import type { MergedInto, PullRequest } from '../domain/pull-request.ts';
import { linesOf, mentionsIn, type PullList, type RepositorySection, readSections } from './sections.ts';
import { contributors, type DigestWords, isNamed, pullItem, thanksTo } from './write-digest.ts';

export type Drafted =
  | { readonly kind: 'drafted'; readonly text: string; readonly added: number; readonly known: number }
  /** Repositories that the draft has no section for. */
  | { readonly kind: 'missing'; readonly repositories: readonly string[] };

export function intoDraft(draft: string, merged: readonly MergedInto[], words: DigestWords): Drafted {
  const sections = readSections(draft);
  const placed = merged.map((each) => ({ names: each.names, news: unlinked(each, draft), section: placeOf(each, sections) }));
  const news = placed.filter((each) => each.news.length > 0);
  const missing = news.filter(({ section }) => section === undefined).map(({ names }) => names[0]);
  if (missing.length > 0) return { kind: 'missing', repositories: missing };
  const lines = linesOf(draft);
  const edits = news.flatMap(({ names, news: pulls, section }) => {
    if (section === undefined) return [];
    const all = sections.filter((each) => isNamed(names, each.repository));
    return editsFor({ section, all, names, pulls }, lines, words);
  });
  const added = news.reduce((sum, each) => sum + each.news.length, 0);
  const all = merged.reduce((sum, { pulls }) => sum + pulls.length, 0);
  return { kind: 'drafted', text: edited(draft, edits), added, known: all - added };
}

/** Of several sections for a repository, the one that has a list of its pull requests. */
function placeOf({ names }: MergedInto, sections: readonly RepositorySection[]): RepositorySection | undefined {
  const all = sections.filter(({ repository }) => isNamed(names, repository));
  return all.find((section) => listOf(section, names) !== undefined) ?? all[0];
}

function listOf({ lists }: RepositorySection, names: readonly string[]): PullList | undefined {
  return lists.findLast(({ repositories }) => repositories.some((repository) => isNamed(names, repository)));
}

/** Those that the draft does not name anywhere, a comment included: that is how an editor leaves one out for good. */
function unlinked({ names, pulls }: MergedInto, draft: string): MergedInto['pulls'] {
  const known = new Set(
    [...draft.matchAll(/github\.com\/([\w.-]+\/[\w.-]+)\/(?:pull|issues)\/(\d+)/gi)]
      .filter(([, repository = '']) => isNamed(names, repository))
      .map(([, , number]) => Number(number)),
  );
  return pulls.filter(({ number }) => !known.has(number));
}

interface Edit {
  readonly at: number;
  /** How many lines go. */
  readonly gone: number;
  readonly lines: readonly string[];
}

interface Change {
  readonly section: RepositorySection;
  /** All sections of the repository, this one included. */
  readonly all: readonly RepositorySection[];
  readonly names: readonly string[];
  readonly pulls: readonly PullRequest[];
}

/** One edit, or two: the items, and whom the section's thanks do not name yet. Those that an editor took out stay out. */
function editsFor({ section, all, names, pulls }: Change, lines: readonly string[], words: DigestWords): Edit[] {
  const textOf = ({ from, to }: { readonly from: number; readonly to: number }): string => lines.slice(from, to).join('\n');
  const thanked = all.flatMap((each) => mentionsIn(textOf(each)));
  const maintainers = all.flatMap((each) => each.maintainers);
  const unthanked = contributors(pulls, maintainers).filter((login) => !thanked.includes(login.toLowerCase()));
  const own = section.paragraphs.flatMap((each) => {
    const people = peopleThankedIn(textOf(each), words);
    return people === undefined ? [] : [{ ...each, people }];
  })[0];
  const list = listOf(section, names);
  const at = list?.to ?? own?.from ?? section.end;
  const items = pulls.map((pull, index) => itemIn(list, pull, index));
  const line = own || unthanked.length === 0 ? [] : ['', thanksTo(unthanked, words)];
  const added = list === undefined ? ['', ...items, ...line] : [...items, ...line];
  const edits: Edit[] = [{ at, gone: 0, lines: apart(added, lines, at) }];
  if (own && unthanked.length > 0)
    edits.push({ at: own.from, gone: own.to - own.from, lines: [thanksTo([...own.people, ...unthanked], words)] });
  return edits;
}

/** Marked as the list's own items are. */
function itemIn(list: PullList | undefined, pull: PullRequest, index: number): string {
  const item = pullItem(pull);
  if (list === undefined) return item;
  const { before, number, after } = list.marker;
  return `${before}${number === null ? '' : number + index}${after}${item.slice(2)}`;
}

/** Whom a paragraph of thanks names, if it is one that we would have written; undefined for one in an editor's own words. */
function peopleThankedIn(paragraph: string, { thanks, language }: DigestWords): string[] | undefined {
  const [head = '', tail = ''] = thanks.split('{people}').map((part) => part.trim());
  const text = paragraph.replace(/\s+/g, ' ').trim();
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return undefined;
  const people: string[] = [];
  const between = text.slice(head.length, text.length - tail.length).replace(PERSON, (_whole, login: string) => {
    people.push(login);
    return ' ';
  });
  const joints = new Intl.ListFormat(language, { type: 'conjunction' })
    .formatToParts(['a', 'b', 'c', 'd'])
    .concat(new Intl.ListFormat(language, { type: 'conjunction' }).formatToParts(['a', 'b']))
    .flatMap(({ type, value }) => (type === 'literal' ? value.split(/[\s,]+/) : []));
  const others = between.split(/[\s,]+/).filter((word) => word !== '' && !joints.includes(word));
  return people.length > 0 && others.length === 0 ? people : undefined;
}

const PERSON = /\[@([\w-]+)\]\(https:\/\/github\.com\/\1\)/g;

/** One empty line, and not two, before a block that begins with one; and one after it, where a paragraph would go on otherwise. */
function apart(added: readonly string[], lines: readonly string[], at: number): string[] {
  const own = added[0] === '' && lines[at - 1]?.trim() === '' ? added.slice(1) : added;
  const isBeforeText = lines[at] !== undefined && lines[at]?.trim() !== '';
  return [...own, ...(isBeforeText ? [''] : [])];
}

/** Each line keeps the line break that it has; new ones have that of the first. */
function edited(draft: string, edits: readonly Edit[]): string {
  const breaks = draft.match(/\r\n|\n|\r/g) ?? [];
  const newline = breaks[0] ?? '\n';
  const lines = linesOf(draft).map((text, index) => ({ text, end: breaks[index] ?? '' }));
  // From the last to the first, so that the lines above stay where they are.
  for (const { at, gone, lines: texts } of edits.toSorted((one, other) => other.at - one.at || other.gone - one.gone)) {
    const added = texts.map((text) => ({ text, end: newline }));
    const [last, before] = [added.at(-1), lines[at - 1]];
    // At the very end, the last line is the one without a break.
    if (at + gone === lines.length && last) {
      if (gone > 0) last.end = '';
      else if (before) [before.end, last.end] = [newline, before.end];
    }
    lines.splice(at, gone, ...added);
  }
  return lines.map(({ text, end }) => text + end).join('');
}
