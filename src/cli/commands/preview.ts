// postrider preview: a page on this machine that shows an issue while it is written.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../../../config/load.ts';
import { pressOf } from '../../app.ts';
import { NOTHING, type Preview, previewIssue } from '../../flows/preview-issue.ts';
import type { ShownReader } from '../../flows/show-issue.ts';
import { type PreviewServer, startPreview } from '../../preview/start-preview.ts';
import { readBeside } from '../../source/image-files.ts';
import { readPreviewFiles } from '../../source/templates.ts';
import { watchFiles } from '../../source/watch-files.ts';
import { Failure } from '../failure.ts';
import { readPort } from '../read-port.ts';
import { chooseList, loadOrFail, withLedger } from '../session.ts';
import { note, print } from '../terminal.ts';
import { namesFile, newestIssue } from './issue-to-send.ts';

interface PreviewOptions {
  readonly list?: string;
  readonly port: string;
}

export function addPreviewCommand(program: Command): void {
  program
    .command('preview [issue]')
    .description('show an issue on a page of this machine, and again whenever it is saved; the newest where none is named')
    .option('--list <list>', 'whose footer to show')
    .option('--port <port>', 'port on 127.0.0.1', '7070')
    .addHelpText(
      'after',
      '\nExamples:\n  postrider preview\n  postrider preview 2023-01\n  postrider preview drafts/2023-02.md --port 7071',
    )
    .action(preview);
}

async function preview(named: string | undefined, options: PreviewOptions): Promise<void> {
  const port = readPort(options.port);
  const config = loadOrFail();
  const press = pressOf(config);
  const id = named ?? newestIssue(press);
  const wanted = { id, isFile: namesFile(id), list: chooseList(config, options.list) };
  const first = await previewIssue(press, { ...wanted, baseUrl: config.baseUrl, reader: undefined });
  const { place } = first;
  if (place === null) throw new Failure(2, first.problems.map(({ message, advice }) => `${message} ${advice ?? ''}`).join('\n'));
  const server = await startPreview({
    port,
    files: readPreviewFiles(press.templates),
    look: (as) => lookAs(as, wanted),
    beside: (path) => readBeside(place.files, path),
  }).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Failure(1, `The preview cannot listen on port ${port}: ${code}.`, 'Choose another with --port.');
  });
  print(`http://127.0.0.1:${server.port}/`);
  note(`Issue ${id}, and again whenever it is saved. Ctrl-C ends it.`);
  await untilInterrupted(server, [place.path, ...place.files.folders, ...placesOf(press.root, press.templates)]);
}

function placesOf(root: string, [ownTemplates = '']: readonly string[]): string[] {
  return [join(root, 'newsletter.yaml'), join(root, 'config/newsletter.yaml'), ownTemplates];
}

async function untilInterrupted(server: PreviewServer, places: readonly string[]): Promise<void> {
  const stop = watchFiles(places, () => server.changed());
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await stop();
  await server.close();
}

/** The configuration is read each time, for it may be what is being changed. */
async function lookAs(
  as: string,
  wanted: { readonly id: string; readonly isFile: boolean; readonly list: string },
): Promise<Preview & { readonly baseUrl: string }> {
  const loaded = loadConfig(process.cwd(), process.env, []);
  if (loaded.kind === 'problems') return { ...NOTHING, problems: loaded.problems, baseUrl: '' };
  const { config } = loaded;
  const reader = as === '' ? undefined : await findReader(config, as);
  const preview = await previewIssue(pressOf(config), {
    ...wanted,
    baseUrl: config.baseUrl,
    reader: reader && shownReader(reader),
  });
  const unknown = {
    severity: 'warning',
    rule: 'subscriber',
    message: `Nobody in the ledger is ${as}; this is any reader's.`,
  } as const;
  const problems = as === '' || reader ? preview.problems : [unknown, ...preview.problems];
  return { ...preview, problems, baseUrl: config.baseUrl };
}

/** A look makes no ledger where there is none. */
function findReader(config: Config, address: string) {
  const { databaseUrl } = config;
  if (databaseUrl.startsWith('sqlite:') && !existsSync(databaseUrl.slice('sqlite:'.length))) return undefined;
  return withLedger(config, (ledger) => ledger.subscribers.find(address));
}

function shownReader({ id, address, name, attributes }: ShownReader): ShownReader {
  return { id, address, name, attributes };
}
