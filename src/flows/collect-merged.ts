// What was merged in a while, for an issue: asked of GitHub, ordered as the newsletter orders it, as text or put into a draft.
import { readFileSync } from 'node:fs';
import { intoDraft } from '../digest/into-draft.ts';
import { type RepositorySection, readSections } from '../digest/sections.ts';
import { headingFor, inOrder, writeDigest } from '../digest/write-digest.ts';
import type { Problem } from '../domain/problem.ts';
import type { MergedInto } from '../domain/pull-request.ts';
import type { Forge } from '../forge/ask-github.ts';
import { type MergedQuestion, mergedPulls } from '../forge/github.ts';
import { listIssues, pathOf } from '../source/find-issues.ts';
import { readWords } from '../source/templates.ts';
import type { Press } from './render-issue.ts';

export type Collected =
  | { readonly kind: 'text'; readonly text: string; readonly merged: readonly MergedInto[] }
  | {
      readonly kind: 'draft';
      readonly text: string;
      readonly added: number;
      readonly known: number;
      readonly merged: readonly MergedInto[];
    }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** `draft` is what it goes into, read when the forge has answered, for its editor may write on meanwhile; null to have it as text of
 * its own. Writes nothing. */
export async function collectMerged(
  press: Press,
  question: MergedQuestion,
  forge: Forge,
  draft: { readonly file: string; readonly read: () => string } | null,
): Promise<Collected> {
  const merged = await mergedPulls(question, forge);
  const { language } = press.newsletter;
  const words = { thanks: readWords(press.templates, language).thanks, language };
  if (draft === null) {
    const sections = newestSections(press);
    return { kind: 'text', text: writeDigest(merged, sections, words), merged: inOrder(merged, sections) };
  }
  const drafted = intoDraft(draft.read(), merged, words);
  if (drafted.kind === 'missing') return { kind: 'problem', problem: noSection(draft.file, drafted.repositories) };
  return { ...drafted, kind: 'draft', merged };
}

/** The newest issue knows the order, the headings, and who maintains what. */
function newestSections({ root, newsletter }: Press): RepositorySection[] {
  const newest = listIssues(root, newsletter.issues.files).toReversed();
  for (const file of newest.slice(0, 3)) {
    const sections = readSections(readFileSync(pathOf(root, file), 'utf8'));
    if (sections.length > 0) return sections;
  }
  return [];
}

function noSection(file: string, repositories: readonly string[]): Problem {
  return {
    ...{ severity: 'error', rule: 'collect', file },
    message: `There is no section for ${repositories.join(', ')}; nothing was written.`,
    advice: `Write a heading for each, or name it below collect.leaveOut in newsletter.yaml:\n${repositories.map(headingFor).join('\n')}`,
  };
}
