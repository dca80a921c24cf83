// postrider sink: a relay to try things on, which passes nothing on.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { startSink } from '../../sink/sink.ts';
import { MISBEHAVIOURS, parseSinkRule, type SinkRule } from '../../sink/sink-rules.ts';
import { Failure } from '../failure.ts';
import { readPort } from '../read-port.ts';
import { note, print } from '../terminal.ts';

interface SinkCommandOptions {
  readonly port: string;
  readonly dir?: string;
  readonly rule: readonly string[];
  readonly quiet?: boolean;
}

export function addSinkCommand(program: Command): void {
  program
    .command('sink')
    .description('a local SMTP server that keeps mail as files and passes nothing on')
    .option('--port <port>', 'port on 127.0.0.1', '2525')
    .option('--dir <dir>', 'folder for the messages and log.jsonl; a temporary one by default')
    .option(
      '--rule <rule>',
      `treat some badly: BEHAVIOUR:PATTERN[:TIMES], with ${MISBEHAVIOURS.join(', ')}`,
      (rule: string, rules: string[]) => [...rules, rule],
      [],
    )
    .option('--quiet', 'do not print a line for each message')
    .addHelpText(
      'after',
      "\nExamples:\n  postrider sink\n  postrider sink --rule 'refuse:gone*' --rule 'defer:grey*:1' --dir /tmp/mail",
    )
    .action(sink);
}

async function sink(options: SinkCommandOptions): Promise<void> {
  const port = readPort(options.port);
  const folder = options.dir ?? mkdtempSync(join(tmpdir(), 'postrider-sink-'));
  const started = await startSink({
    port,
    folder,
    rules: options.rule.map(ruleOrFail),
    ...(!options.quiet && {
      onEntry: ({ recipient, answer, file }) => print(`${recipient}  ${answer}${file === null ? '' : `  ${file}`}`),
    }),
  }).catch((error: unknown) => {
    throw new Failure(
      1,
      `The sink cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another with --port.',
    );
  });
  note(`Listening on smtp://127.0.0.1:${started.port}, keeping messages in ${folder}. Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await started.close();
}

function ruleOrFail(text: string): SinkRule {
  const rule = parseSinkRule(text);
  if (rule) return rule;
  throw new Failure(
    2,
    `${JSON.stringify(text)} is not a rule.`,
    `Write BEHAVIOUR:PATTERN, or BEHAVIOUR:PATTERN:TIMES, with one of ${MISBEHAVIOURS.join(', ')}.`,
  );
}
