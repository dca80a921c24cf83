/**
 * Asks SpamAssassin what it makes of a message, one process each, with the rules that came with Debian's package and
 * nothing else: no network, nothing learned, no settings of this machine. It starts no daemon and installs nothing.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findCommand } from './install.ts';

export interface Verdict {
  /** Of all rules that hit, to a tenth; a receiver's usual limit is 5. */
  readonly score: number;
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly name: string;
  readonly score: number;
}

const RULES = '/usr/share/spamassassin';
const PLUGINS = '/etc/spamassassin';
const LIMIT_MS = 60_000;

export async function scoreOf(eml: Uint8Array): Promise<Verdict> {
  const command = findCommand('spamassassin');
  if (command === undefined) throw new Error('spamassassin is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'postrider-spamassassin-'));
  try {
    await layOut(folder);
    return verdictIn(await judge(command, folder, eml));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const SETTINGS = `
use_bayes 0
report_safe 0
fold_headers 0
clear_headers
add_header all Score _SCORE_
add_header all Rules _TESTSSCORES(,)_
`;

/** What loads the plugins lies among the machine's own settings, which are left behind. */
async function layOut(folder: string): Promise<void> {
  const site = join(folder, 'site');
  await mkdir(site);
  const names = (await readdir(PLUGINS)).filter((name) => name.endsWith('.pre'));
  await Promise.all(names.map((name) => cp(join(PLUGINS, name), join(site, name))));
  await writeFile(join(site, 'local.cf'), SETTINGS);
  await writeFile(join(folder, 'preferences'), '');
}

/** The message as it comes back, the verdict in its first lines. */
async function judge(command: string, folder: string, eml: Uint8Array): Promise<string> {
  // Without the path, rules that sa-update has brought would take precedence, and each machine would say something else.
  const paths = [
    `--configpath=${RULES}`,
    `--siteconfigpath=${join(folder, 'site')}`,
    `--prefspath=${join(folder, 'preferences')}`,
  ];
  const child = spawn(command, ['--local', ...paths], {
    env: { ...process.env, HOME: folder, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  child.stdin.on('error', () => undefined); // It says why itself.
  child.stdin.end(eml);
  const closed = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [said, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  // A rule that it cannot read is a warning to it, and one rule fewer to us.
  if (code !== 0 || complaint !== '') throw new Error(`spamassassin ended with ${code}: ${complaint}`);
  return said;
}

/** It takes out any X-Spam header that came with the message, and puts its own before all others. */
function verdictIn(said: string): Verdict {
  const score = /^X-Spam-Score: (-?[\d.]+)$/m.exec(said)?.[1];
  const rules = /^X-Spam-Rules: (.*)$/m.exec(said)?.[1];
  if (score === undefined || rules === undefined) throw new Error(`spamassassin gave no verdict: ${said.slice(0, 1_000)}`);
  return { score: Number(score), rules: rules === 'none' ? [] : rules.split(',').map(parseRule) };
}

function parseRule(written: string): Rule {
  const [name = '', score] = written.split('=');
  return { name, score: Number(score) };
}
