// postrider render: an issue to files that can be looked at.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { pressOf } from '../../app.ts';
import { hashOf } from '../../domain/edition.ts';
import { makeEdition } from '../../flows/make-edition.ts';
import { renderIssue } from '../../flows/render-issue.ts';
import { showIssue } from '../../flows/show-issue.ts';
import { Failure, failWith } from '../failure.ts';
import { chooseList, loadOrFail } from '../session.ts';
import { formatBytes, noteProblems, print, printJson, table } from '../terminal.ts';
import { namesFile, shortHash, sourceWords } from './issue-to-send.ts';

interface RenderOptions {
  readonly issue: string;
  readonly out: string;
  readonly list?: string;
  readonly json?: boolean;
}

export function addRenderCommand(program: Command): void {
  program
    .command('render')
    .description('write an issue as email.html, email.txt, email.mjml and message.eml')
    .requiredOption('--issue <id|file>', 'the issue, by id or by path')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--list <list>', 'whose footer to show')
    .option('--json', 'print sizes and problems as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider render --issue 2023-01 --out /tmp/issue\n  postrider render --issue drafts/2023-02.md --out /tmp/issue',
    )
    .action(render);
}

async function render(options: RenderOptions): Promise<void> {
  const config = loadOrFail();
  const press = pressOf(config);
  const list = chooseList(config, options.list);
  const result = await renderIssue(press, options.issue, list, namesFile(options.issue));
  if (result.kind === 'problems') failWith(result.problems);
  const { email, issue, problems, provenance } = result.rendered;
  const { html, text, message } = showIssue(press, list, config.baseUrl, result.rendered);
  const hash = hashOf(makeEdition(press, list, config.baseUrl, result.rendered));
  const files: Record<string, string | Uint8Array> = {
    'email.html': html,
    'email.txt': text,
    'email.mjml': email.mjml.replace(/[\uFDD0-\uFDD2]/g, ''),
    'message.eml': message,
  };
  writeAll(options.out, files);
  const sizes = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, Buffer.byteLength(content)]));
  if (options.json)
    return printJson({
      issue: issue.id,
      subject: email.subject,
      preheader: issue.preheader,
      url: issue.url,
      files: sizes,
      hash,
      ...{ commit: provenance.commit, isModified: provenance.isModified },
      problems,
    });
  noteProblems(problems);
  print(
    table([
      ...Object.entries(sizes).map(([name, size]) => [relative(process.cwd(), join(options.out, name)), formatBytes(size)]),
      ['edition', `${shortHash(hash)}, ${sourceWords(provenance)}`],
    ]),
  );
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
