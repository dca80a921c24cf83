// postrider collect: what was merged in a while, with thanks, as Markdown.
import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../../config/load.ts';
import { pressOf } from '../../app.ts';
import { type Collected, collectMerged } from '../../flows/collect-merged.ts';
import { openIssue } from '../../flows/render-issue.ts';
import { ForgeError } from '../../forge/ask-github.ts';
import { periodOf } from '../../issue/new-issue.ts';
import { Failure } from '../failure.ts';
import { readDays, type Span } from '../read-day.ts';
import { loadOrFail } from '../session.ts';
import { countOf, formatDuration, formatMoment, isoMoment, note, print, printJson, suggest } from '../terminal.ts';
import { namesFile } from './issue-to-send.ts';

interface CollectOptions {
  readonly since?: string;
  readonly until?: string;
  readonly into?: string;
  readonly json?: boolean;
}

export function addCollectCommand(program: Command): void {
  program
    .command('collect')
    .description('what was merged in the repositories of collect.from, by repository, with thanks, as Markdown')
    .option('--since <day>', 'the first day; may be left out with --into and the issue of a month')
    .option('--until <day>', 'the last day')
    .option('--into <issue|file>', 'add it to this draft, below the headings that link the repositories')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider collect --since 2023-01-01 --until 2023-01-31\n  postrider collect --into 2023-02\n\nGITHUB_TOKEN may be left out; with one, GitHub takes more questions.',
    )
    .action(collect);
}

async function collect(options: CollectOptions): Promise<void> {
  const config = loadOrFail();
  const { collect: asked, timezone } = config.newsletter;
  if (!asked)
    throw new Failure(
      2,
      'newsletter.yaml does not say whose pull requests to collect.',
      'Write there, as in:\ncollect:\n  from: [rust-osdev, phil-opp/blog_os]',
    );
  const draft = options.into === undefined ? null : openDraft(config, options.into);
  const span = spanOf(options, draft, timezone);
  const forge = {
    ...config.github,
    onWait: (seconds: number) => note(`GitHub asks us to wait ${formatDuration(seconds * 1_000)}.`),
  };
  const question = { ...span, from: asked.from, leaveOut: asked.leaveOut ?? [] };
  const collected = await collectMerged(pressOf(config), question, forge, draft).catch((error: unknown) => {
    if (error instanceof ForgeError)
      throw new Failure(1, `${error.message}${again(error, timezone)} Nothing was written.`, error.advice);
    throw error;
  });
  show(collected, draft, options);
}

/** The days that are named, or else those of the draft's month. */
function spanOf({ since, until }: CollectOptions, draft: Draft | null, timezone: string | undefined): Span {
  const period = draft === null ? undefined : periodOf({ id: draft.id });
  const [from, to] = [since ?? period?.since, until ?? period?.until];
  if (from !== undefined && to !== undefined) return readDays(from, to, timezone);
  throw new Failure(2, 'It is not said from when until when.', 'Add: --since 2023-01-01 --until 2023-01-31');
}

function again({ until }: ForgeError, timezone: string | undefined): string {
  return until === null ? '' : ` It takes them again at ${formatMoment(until, timezone)}.`;
}

interface Draft {
  readonly id: string;
  readonly file: string;
  readonly path: string;
  readonly read: () => string;
}

function openDraft(config: Config, named: string): Draft {
  const opened = openIssue(pressOf(config), named, namesFile(named));
  if (opened.kind === 'opened') {
    const { path, source } = opened;
    return { path, id: source.name.id, file: relative(process.cwd(), path), read: () => readFileSync(path, 'utf8') };
  }
  throw new Failure(
    2,
    opened.problems.map(({ message, advice }) => `${message} ${advice ?? ''}`).join('\n'),
    `Begin it with: postrider new ${named}`,
  );
}

function show(collected: Collected, draft: Draft | null, { json, into }: CollectOptions): void {
  if (collected.kind === 'problem') {
    const { file, message, advice } = collected.problem;
    throw new Failure(2, `${file}: ${message}`, advice);
  }
  const { merged } = collected;
  if (draft !== null && collected.kind === 'draft' && collected.added > 0) replace(draft, collected.text);
  if (json) printJson(merged.flatMap(({ pulls }) => pulls.map((pull) => ({ ...pull, mergedAt: isoMoment(pull.mergedAt) }))));
  else if (collected.kind === 'text' && collected.text !== '') print(collected.text);
  const count = merged.reduce((sum, { pulls }) => sum + pulls.length, 0);
  const total = `${countOf(count, 'pull request')} in ${merged.length === 1 ? '1 repository' : `${merged.length} repositories`}`;
  if (collected.kind === 'text') note(count === 0 ? 'Nothing was merged.' : `\n${total}.`);
  else note(draftWords(collected, total, draft?.file ?? ''));
  if (into !== undefined) suggest(`postrider preview ${into}`);
}

function draftWords({ added, known }: Extract<Collected, { kind: 'draft' }>, total: string, file: string): string {
  if (added + known === 0) return `Nothing was merged; ${file} stays as it is.`;
  if (added === 0) return `Nothing to add to ${file}: ${total}, all of them there.`;
  return `Added ${added} to ${file}: ${total}, of which ${known} were there.`;
}

/** Whole, or not at all; with its rights, and where a link to it leads. */
function replace({ path, file }: Draft, text: string): void {
  const place = realpathSync(path);
  const fresh = `${place}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text, { flag: 'wx' });
    chmodSync(fresh, statSync(place).mode);
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new Failure(
      1,
      `${file} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      'Look at its rights.',
    );
  }
}
