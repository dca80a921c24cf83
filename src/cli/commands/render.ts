// postrider render: an issue to files that can be looked at.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import type { Config } from '../../../config/load.ts';
import { pressOf } from '../../app.ts';
import { hashOf } from '../../domain/edition.ts';
import type { Problem } from '../../domain/problem.ts';
import { makeEdition } from '../../flows/make-edition.ts';
import { type RenderedIssue, renderIssue } from '../../flows/render-issue.ts';
import { showIssue } from '../../flows/show-issue.ts';
import { Failure, failWith } from '../failure.ts';
import { chooseList, loadOrFail } from '../session.ts';
import { formatBytes, note, noteProblems, print, printJson, table } from '../terminal.ts';
import { issuesSince, namesFile, newestIssue, shortHash, sourceWords } from './issue-to-send.ts';

interface RenderOptions {
  readonly issue?: string;
  readonly since?: string;
  readonly out: string;
  readonly list?: string;
  readonly json?: boolean;
}

export function addRenderCommand(program: Command): void {
  program
    .command('render')
    .description('write an issue as email.html, email.txt, email.mjml and message.eml')
    .option('--issue <id|file>', 'the issue, by id or by path; the newest where it is left out')
    .addOption(
      new Option(
        '--since <commit>',
        'each issue that has changed since this branch left that one, in a folder of its own',
      ).conflicts('issue'),
    )
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--list <list>', 'whose footer to show')
    .option('--json', 'print sizes and problems as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider render --issue 2023-01 --out /tmp/issue\n  postrider render --issue drafts/2023-02.md --out /tmp/issue\n  postrider render --since origin/main --out /tmp/changed',
    )
    .action(render);
}

async function render({ issue, since, out, list: named, json }: RenderOptions): Promise<void> {
  const config = loadOrFail();
  const press = pressOf(config);
  const list = chooseList(config, named);
  if (since === undefined) {
    const written = await renderOne(config, issue ?? newestIssue(press), list, out);
    if (written.kind === 'problems') failWith(written.problems);
    if (json) printJson(toJson(written));
    else show(written);
    return;
  }
  const results: (Written | Unwritten)[] = [];
  for (const id of issuesSince(press, since)) results.push(await renderOne(config, id, list, join(out, id)));
  const written = results.filter((each) => each.kind === 'written');
  if (json) printJson(written.map(toJson));
  else for (const each of written) show(each);
  // One that cannot be rendered keeps nobody from looking at the others.
  const problems = results.flatMap((each) => (each.kind === 'problems' ? each.problems : []));
  if (problems.length > 0) failWith(problems);
  if (results.length === 0) note(`No issue has changed since ${since}.`);
}

interface Written {
  readonly kind: 'written';
  readonly out: string;
  readonly rendered: RenderedIssue;
  readonly sizes: Readonly<Record<string, number>>;
  readonly hash: string;
}

interface Unwritten {
  readonly kind: 'problems';
  readonly problems: readonly Problem[];
}

async function renderOne(config: Config, named: string, list: string, out: string): Promise<Written | Unwritten> {
  const press = pressOf(config);
  const result = await renderIssue(press, named, list, namesFile(named));
  if (result.kind === 'problems') return result;
  const { rendered } = result;
  const { html, text, message } = showIssue(press, list, config.baseUrl, rendered);
  const files: Record<string, string | Uint8Array> = {
    'email.html': html,
    'email.txt': text,
    'email.mjml': rendered.email.mjml.replace(/[\uFDD0-\uFDD2]/g, ''),
    'message.eml': message,
  };
  writeAll(out, files);
  const sizes = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, Buffer.byteLength(content)]));
  return { kind: 'written', out, rendered, sizes, hash: hashOf(makeEdition(press, list, config.baseUrl, rendered)) };
}

function toJson({ rendered: { issue, email, problems, provenance }, sizes, hash }: Written): Record<string, unknown> {
  return {
    ...{ issue: issue.id, subject: email.subject, preheader: issue.preheader, url: issue.url, files: sizes, hash },
    ...{ commit: provenance.commit, isModified: provenance.isModified, problems },
  };
}

function show({ out, rendered: { problems, provenance }, sizes, hash }: Written): void {
  noteProblems(problems);
  const files = Object.entries(sizes).map(([name, size]) => [relative(process.cwd(), join(out, name)), formatBytes(size)]);
  print(table([...files, ['edition', `${shortHash(hash)}, ${sourceWords(provenance)}`]]));
}

function writeAll(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  } catch (error) {
    throw new Failure(
      1,
      `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another folder with --out.',
    );
  }
}
