// What `plan`, `test` and `send` share: an issue rendered for a list, or a failure that says why not.
import type { Config } from '../../../config/load.ts';
import { pressOf } from '../../app.ts';
import type { EditionContent, Provenance } from '../../domain/edition.ts';
import type { Mailing } from '../../domain/mailing.ts';
import { findingsIn } from '../../flows/check-issue.ts';
import { makeEdition } from '../../flows/make-edition.ts';
import { type Press, type RenderedIssue, renderIssue } from '../../flows/render-issue.ts';
import { listIssues } from '../../source/find-issues.ts';
import { changedSince } from '../../source/repository.ts';
import type { Ledger } from '../../store/ledger.ts';
import { Failure, failWith } from '../failure.ts';
import { formatMoment, note } from '../terminal.ts';

export interface IssueToSend {
  readonly rendered: RenderedIssue;
  readonly content: EditionContent;
}

/** A path, and no id. */
export function namesFile(named: string): boolean {
  return named.includes('/') || named.endsWith('.md');
}

/** The id of the newest issue, by its name; null where there is none. */
export function newestOrNone({ root, newsletter: { issues } }: Pick<Press, 'root' | 'newsletter'>): string | null {
  return listIssues(root, issues.files).at(-1)?.name.id ?? null;
}

export function newestIssue(press: Pick<Press, 'root' | 'newsletter'>): string {
  const newest = newestOrNone(press);
  if (newest !== null) return newest;
  const {
    root,
    newsletter: { issues },
  } = press;
  throw new Failure(2, `No file fits ${issues.files.join(' or ')} in ${root}.`, 'Name an issue, or mend issues.files.');
}

/** Ids of the issues that a branch has changed: their text, or what lies beside it. */
export function issuesSince({ root, newsletter: { issues } }: Pick<Press, 'root' | 'newsletter'>, commit: string): string[] {
  const changed = commit.startsWith('-') ? undefined : changedSince(root, commit);
  if (changed === undefined)
    throw new Failure(
      2,
      `Git knows no commit ${commit} here.`,
      'Name a branch, a tag or a hash; in a shallow clone, fetch its history first: git fetch --unshallow',
    );
  const isChanged = (path: string): boolean => {
    const folder = `${path.replace(/(?:\/index)?\.md$/, '')}/`;
    return changed.some((each) => each === path || each.startsWith(folder));
  };
  return listIssues(root, issues.files).flatMap(({ name, path }) => (isChanged(path) ? [name.id] : []));
}

export async function renderOrFail(config: Config, id: string, list: string): Promise<IssueToSend> {
  const press = pressOf(config);
  const result = await renderIssue(press, id, list);
  if (result.kind === 'problems') failWith(result.problems);
  const problems = await findingsIn(press, id, false, result, null);
  return { rendered: { ...result.rendered, problems }, content: makeEdition(press, list, config.baseUrl, result.rendered) };
}

/** Says where the file is not what was frozen any more, and leaves it at that. */
export async function noteChanges(config: Config, ledger: Ledger, mailing: Mailing): Promise<void> {
  if (mailing.state === 'finished' || mailing.state === 'cancelled') return;
  const press = pressOf(config);
  const result = await renderIssue(press, mailing.issue, mailing.list).catch(() => undefined);
  const newest = (await ledger.mailings.editions(mailing.id)).at(-1);
  if (result?.kind !== 'rendered' || !newest) return;
  const content = makeEdition(press, mailing.list, newest.content.baseUrl, result.rendered);
  if (JSON.stringify(content) === JSON.stringify(newest.content)) return;
  note(
    `The file has changed since it was frozen; what is still to go keeps the frozen text. To change that: postrider amend --issue ${mailing.issue} --list ${mailing.list}`,
  );
}

/** Rows that tell an editor whether this is the issue that was meant. */
export function describeIssue({ issue, file, provenance }: RenderedIssue, now: number): string[][] {
  return [
    ['subject', issue.subject],
    ['issue', `${issue.id}, ${issue.date === null ? 'without a date' : `dated ${issue.date} (${ageOf(issue.date, now)})`}`],
    ['text', `${file}, ${sourceWords(provenance)}`],
  ];
}

export function sourceWords({ commit, isModified, committedAt }: Provenance & { readonly committedAt?: number | null }): string {
  if (commit === null) return 'not in git';
  const when = typeof committedAt === 'number' ? ` of ${formatMoment(committedAt)}` : '';
  return `commit ${shortHash(commit)}${when}${isModified ? ', with uncommitted changes' : ''}`;
}

export function shortHash(hash: string): string {
  return hash.slice(0, 10);
}

function ageOf(day: string, now: number): string {
  const days = Math.floor((now - Date.parse(`${day}T00:00:00Z`)) / 86_400_000);
  if (days === 0) return 'today';
  const size = Math.abs(days);
  const words = size === 1 ? '1 day' : `${size} days`;
  return days > 0 ? `${words} ago` : `in ${words}`;
}
