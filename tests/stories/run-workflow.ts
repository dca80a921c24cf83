// A workflow of deploy/github/ as GitHub runs it, but for what it fetches: the steps of a job in order, each in a bash of its own,
// in a clone. Actions and `npm ci` are left out; `npx` finds this Postrider in the clone, and no registry.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { git } from '../source/in-git.ts';
import { type Finished, finished } from './cli.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly name: string;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>;
}

/** By its name in deploy/github/. */
export function workflowText(file: string): string {
  return readFileSync(join(ROOT, 'deploy/github', file), 'utf8');
}

export function readWorkflow(file: string): Workflow {
  return parse(workflowText(file)) as Workflow;
}

/** What `actions/checkout` does: this commit and no branch; with `depth` 0 all that the origin has. */
export function checkOut(origin: string, ref: string, depth: 0 | 1): string {
  const clone = mkdtempSync(join(tmpdir(), 'postrider-runner-'));
  git(clone, 'init', '--quiet');
  git(clone, 'remote', 'add', 'origin', `file://${origin}`);
  const [depths, heads] = depth === 0 ? [[], ['+refs/heads/*:refs/remotes/origin/*']] : [['--depth=1'], []];
  git(clone, 'fetch', '--quiet', '--no-tags', ...depths, 'origin', ...heads, `+${ref}:refs/remotes/pull/merge`);
  git(clone, 'checkout', '--quiet', '--detach', 'refs/remotes/pull/merge');
  linkPostrider(clone);
  return clone;
}

/** In place of `npm ci`. */
export function linkPostrider(folder: string): void {
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(ROOT, 'bin/postrider.js'), join(folder, 'node_modules/.bin/postrider'));
}

/** Where `npx` is, and a registry that nobody answers at: what is not here is not fetched. */
export function npxEnvironment(home: string): Record<string, string> {
  const { PATH = '' } = process.env;
  return {
    PATH: [dirname(process.execPath), PATH].join(delimiter),
    HOME: home,
    npm_config_registry: 'http://127.0.0.1:1',
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

export interface JobRun {
  readonly cwd: string;
  /** What each `${{ … }}` stands for. */
  readonly expressions: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Of `npm ci`, which is not run. */
  readonly installCode?: number;
  /** Told of each step's process, which leads a group of its own. */
  readonly onStep?: (child: ChildProcess) => void;
}

export interface JobEnd extends Finished {
  readonly summary: string;
  /** Of each step that was run, by its name. */
  readonly codes: Readonly<Record<string, number | null>>;
}

/** Ends with the first step that fails; after it those are run that want to be run all the same. */
export async function runJob(
  steps: readonly Step[],
  { cwd, expressions, env = {}, installCode = 0, onStep }: JobRun,
): Promise<JobEnd> {
  const home = mkdtempSync(join(tmpdir(), 'postrider-runner-home-'));
  const summaryFile = join(home, 'summary.md');
  writeFileSync(summaryFile, '');
  const machine = { ...npxEnvironment(home), CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summaryFile };
  const codes: Record<string, number | null> = {};
  const isRun = new Set<string>();
  let code: number | null = 0;
  let [stdout, stderr] = ['', ''];
  for (const [index, step] of steps.entries()) {
    if (!isWanted(step, code, isRun)) continue;
    isRun.add(step.id ?? '');
    if (step.run?.trim() === 'npm ci') code = installCode;
    if (step.run === undefined || step.run.trim() === 'npm ci') continue;
    const script = join(home, `${index}.sh`);
    writeFileSync(script, step.run);
    const child = spawn('bash', ['-e', script], {
      cwd,
      env: { ...machine, GITHUB_WORKSPACE: cwd, ...env, ...environmentOf(step, expressions) },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    onStep?.(child);
    const end = await finished(child);
    codes[step.name ?? step.run] = end.code;
    stdout += end.stdout;
    stderr += end.stderr;
    if (code === 0) code = end.code;
  }
  return { code, stdout, stderr, summary: readFileSync(summaryFile, 'utf8'), codes };
}

/** Of GitHub's conditions, those that are written in these workflows. */
function isWanted({ if: condition }: Step, code: number | null, isRun: ReadonlySet<string>): boolean {
  if (condition === undefined) return code === 0;
  const [, id] = /^\$\{\{ !cancelled\(\) && steps\.(\w+)\.outcome != 'skipped' \}\}$/.exec(condition) ?? [];
  if (id !== undefined) return isRun.has(id);
  throw new Error(`Nobody knows what this condition is: ${condition}`);
}

function environmentOf({ env = {} }: Step, expressions: JobRun['expressions']): Record<string, string> {
  const fill = (text: string): string =>
    text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_whole, expression: string) => {
      const value = expressions[expression];
      if (value === undefined) throw new Error(`Nobody knows what this expression is: ${expression}`);
      return value;
    });
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
}
