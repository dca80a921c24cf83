// Puts what was merged into the sections of a draft: what is linked there already stays as the editor has it, and done twice it
// changes nothing.
import type { MergedInto } from '../domain/pull-request.ts';
import { mentionsIn, type RepositorySection, readSections } from './sections.ts';
import { contributors, type DigestWords, pullItem, sectionOf, thanksTo } from './write-digest.ts';

export type Drafted =
  | { readonly kind: 'drafted'; readonly text: string; readonly added: number; readonly known: number }
  /** Repositories that the draft has no section for. */
  | { readonly kind: 'missing'; readonly repositories: readonly string[] };

export function intoDraft(draft: string, merged: readonly MergedInto[], words: DigestWords): Drafted {
  const newline = draft.includes('\r\n') ? '\r\n' : '\n';
  const text = draft.replaceAll('\r\n', '\n');
  const sections = readSections(text);
  const placed = merged.map((each) => ({ each, section: sectionOf(each, sections), news: unlinked(each, text) }));
  const missing = placed.filter(({ section, news }) => section === undefined && news.length > 0).map(({ each }) => each.names[0]);
  if (missing.length > 0) return { kind: 'missing', repositories: missing };
  const lines = text.split('\n');
  // From the last to the first: so the lines above stay where they are.
  const changes = placed.flatMap(({ each, section, news }) => (section ? [{ each, section, news }] : []));
  for (const { each, section, news } of changes.toSorted((one, other) => other.section.from - one.section.from))
    changeSection(lines, section, { ...each, pulls: news }, contributors(each.pulls, section.maintainers), words);
  const added = placed.reduce((sum, { news }) => sum + news.length, 0);
  const all = merged.reduce((sum, { pulls }) => sum + pulls.length, 0);
  return { kind: 'drafted', text: lines.join(newline), added, known: all - added };
}

/** Those that the draft does not name anywhere, a comment included: that is how an editor leaves one out for good. */
function unlinked({ names, pulls }: MergedInto, draft: string): MergedInto['pulls'] {
  const known = new Set(
    [...draft.matchAll(/github\.com\/([\w.-]+\/[\w.-]+)\/(?:pull|issues)\/(\d+)/gi)]
      .filter(([, repository = '']) => names.some((name) => name.toLowerCase() === repository.toLowerCase()))
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

/** One edit, or two; the later one is done first, so that the other's lines are where they were. */
function changeSection(
  lines: string[],
  section: RepositorySection,
  { pulls }: Pick<MergedInto, 'pulls'>,
  people: readonly string[],
  words: DigestWords,
): void {
  const before = lines.slice(section.from, section.to).join('\n');
  const thanked = mentionsIn(before);
  const unthanked = people.filter((login) => !thanked.includes(login.toLowerCase()));
  const own = unthanked.length > 0 ? ownThanks(section, words) : undefined;
  const items = pulls.map(pullItem);
  const line = own || unthanked.length === 0 ? [] : ['', thanksTo(unthanked, words)];
  const at = section.listEnd ?? own?.from ?? endOf(section, lines);
  const added = section.listEnd === null && items.length > 0 ? ['', ...items, ...line] : [...items, ...line];
  const edits: Edit[] = [{ at, gone: 0, lines: apart(added, lines, at) }];
  if (own)
    edits.push({
      at: own.from,
      gone: own.to - own.from,
      lines: [thanksTo([...linkedIn(before, own, section), ...unthanked], words)],
    });
  for (const edit of edits.toSorted((one, other) => other.at - one.at || other.gone - one.gone))
    lines.splice(edit.at, edit.gone, ...edit.lines);
}

function linkedIn(text: string, own: { readonly from: number; readonly to: number }, { from }: RepositorySection): string[] {
  const paragraph = text
    .split('\n')
    .slice(own.from - from, own.to - from)
    .join('\n');
  return [...paragraph.matchAll(/\[@([\w-]+)\]/g)].map(([, login = '']) => login);
}

/** One empty line, and not two, before a block that begins with one; and one after it, where a paragraph would go on otherwise. */
function apart(added: readonly string[], lines: readonly string[], at: number): string[] {
  if (added.length === 0) return [];
  const own = added[0] === '' && lines[at - 1]?.trim() === '' ? added.slice(1) : added;
  const isBeforeText = lines[at] !== undefined && lines[at]?.trim() !== '';
  return [...own, ...(isBeforeText ? [''] : [])];
}

/** The paragraph of thanks that we would have written; one in other words is the editor's. */
function ownThanks({ paragraphs }: RepositorySection, { thanks }: DigestWords) {
  const [head = '', tail = ''] = thanks.split('{people}');
  return paragraphs.find(({ text }) => text.startsWith(head.trimEnd()) && text.endsWith(tail.trim()));
}

/** After the last line with something on it. */
function endOf({ from, to }: RepositorySection, lines: readonly string[]): number {
  let end = to;
  while (end > from + 1 && lines[end - 1]?.trim() === '') end--;
  return end;
}
