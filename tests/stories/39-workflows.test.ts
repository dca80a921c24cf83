// The two workflows that a newsletter copies: they are what GitHub takes, and their steps, really run in a clone of a real
// repository, do what docs/sending.md says of them.
import type { ChildProcess } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCommand } from '../services/install.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';
import { commitAll, git, repositoryOf, writeFiles } from '../source/in-git.ts';
import { type Finished, type Place, postrider, type RunningSink, runSink, takenBy, writeReaders } from './cli.ts';
import { promiseHolds } from './holds.ts';
import { PUBLIC_NAME, type PublicPress, startPublicPress } from './public-press.ts';
import { checkOut, linkPostrider, readWorkflow, runJob, workflowText } from './run-workflow.ts';
import { CONNECTIONS, until } from './several.ts';

const FILES = ['newsletter-check.yml', 'newsletter-send.yml'];
// Many processes at once, on however few cores.
const LIMIT = { timeout: 180_000 };
const isPossible = ['git', 'bash', 'npx'].every((command) => findCommand(command) !== undefined);

const SETTINGS = readFileSync(join(import.meta.dirname, '../../config/newsletter.yaml'), 'utf8');
const HEAD = '---\ntitle: An issue\ndate: 2023-02-07\n---\n\n';
const REPOSITORY = {
  'newsletter.yaml': SETTINGS,
  'package.json': '{ "private": true }\n',
  '.gitignore': 'node_modules/\n.env\n.postrider/\n',
  'README.md': 'A newsletter\n',
  'issues/2023-01.md': `${HEAD}January.\n\nTODO: nobody looks at this.\n`,
  'issues/2023-02.md': `${HEAD}February.\n`,
  'issues/2023-03/index.md': `${HEAD}![A dot](dot.png)\n`,
  'issues/2023-03/dot.png': Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
};

describe.each(FILES)('%s', (file) => {
  const { permissions, jobs, concurrency } = readWorkflow(file);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('is what GitHub takes', async () => {
    const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await loadParser();
    const { context, value } = parseWorkflow({ name: file, content: workflowText(file) }, new NoOperationTraceWriter());
    expect(context.errors.getErrors()).toEqual([]);
    if (value === undefined) throw new Error('Nothing was parsed');
    const template = await convertWorkflowTemplate(context, value);
    expect([context.errors.getErrors(), template.errors ?? []]).toEqual([[], []]);
    expect(template.jobs.map(({ id }) => id.value)).toEqual(Object.keys(jobs));
  });

  it('puts nothing of anybody’s into a shell’s line', () => {
    const lines = steps.flatMap(({ run }) => run ?? []);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter((line) => line.includes('${{'))).toEqual([]);
  });

  it('may read the repository, and nothing else', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.values(jobs).filter((job) => job.permissions !== undefined)).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const each of checkouts) expect(each.with).toMatchObject({ 'persist-credentials': false });
  });

  it('uses each action in one major version', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^actions\/[a-z-]+@v\d+$/.test(action))).toEqual([]);
  });

  it('is never ended half-way by another run of it', () => {
    expect(concurrency?.['cancel-in-progress'] ?? false).toBe(false);
    // Who sends waits for whoever sends already.
    if (file === 'newsletter-send.yml') expect(concurrency?.group).toMatch(/^[a-z-]+$/);
  });
});

/** GitHub's own. It imports its schema in a way that only bundlers take. */
async function loadParser() {
  const hooks = registerHooks({
    load: (url, context, next) => next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
  });
  try {
    return await import('@actions/workflow-parser');
  } finally {
    hooks.deregister();
  }
}

/** Level, file, line and title, as GitHub reads them. */
function annotationsIn({ stdout }: Finished): unknown[] {
  return [...stdout.matchAll(/^::(warning|error) (.*?)::/gm)].map(([, level, written = '']) => {
    const properties = Object.fromEntries(written.split(',').map((each) => each.split('=')));
    return [level, properties['file'], Number(properties['line']), properties['title']];
  });
}

const SECRET = '0123456789abcdef0123456789abcdef';
const { plan, send } = readWorkflow('newsletter-send.yml').jobs;

interface Given {
  readonly issue?: string;
  readonly databaseUrl?: string;
  readonly smtpUrl?: string;
  readonly baseUrl?: string;
}

/** A secret or a variable that is not set is empty. */
function given({ issue = '2023-03', databaseUrl = '', smtpUrl = '', baseUrl = 'https://newsletter.example' }: Given) {
  return {
    'inputs.issue': issue,
    'secrets.DATABASE_URL': databaseUrl,
    'secrets.POSTRIDER_SECRET': SECRET,
    'secrets.SMTP_URL': smtpUrl,
    'vars.BASE_URL': baseUrl,
  };
}

const COUNT = 900;
const begun: ChildProcess[] = [];
const sinks: RunningSink[] = [];

describe.skipIf(!isPossible).concurrent('an issue that is to be sent', LIMIT, () => {
  let origin: string;
  let sink: RunningSink;
  let postgres: RunningPostgres | undefined;

  beforeAll(async () => {
    origin = repositoryOf(REPOSITORY);
    commitAll(origin);
    sink = await runSink();
    sinks.push(sink);
    if (findCommand('postgres') !== undefined) postgres = await startPostgres();
  });
  afterAll(async () => {
    for (const child of begun) endGroup(child);
    await Promise.all([...sinks.map((each) => each.stop()), postgres?.stop()]);
  });

  const job = (steps: typeof send, cwd: string, what: Given, onStep = (child: ChildProcess) => void begun.push(child)) =>
    runJob(steps?.steps ?? [], { cwd, expressions: given(what), env: { GITHUB_EVENT_NAME: 'workflow_dispatch' }, onStep });

  /** Each job begins on a machine of its own, with nothing but the commit. */
  const machine = (): string => checkOut(origin, 'refs/heads/main', 1);

  async function ledgerOf(databaseUrl: string, count: number, domain: string): Promise<Place> {
    const place = { cwd: machine(), env: { DATABASE_URL: databaseUrl } };
    if (databaseUrl.startsWith('postgres:')) await postrider(['migrate'], place);
    const readers = writeReaders(mkdtempSync(join(tmpdir(), 'postrider-readers-')), count, (index) => `r${index}@${domain}`);
    const { code, stderr } = await postrider(['subscribers', 'import', readers], place);
    if (code !== 0) throw new Error(stderr);
    return place;
  }

  const newFile = (): string => `sqlite:${join(mkdtempSync(join(tmpdir(), 'postrider-ledger-')), 'ledger.sqlite')}`;
  const takenAt = (domain: string): string[] => takenBy(sink).filter((address) => address.endsWith(`@${domain}`));

  it.concurrent('goes on where its machine died half-way, and nobody gets it twice', async () => {
    const witness = await runSink();
    sinks.push(witness);
    const databaseUrl = (await postgres?.newDatabase()) ?? newFile();
    await ledgerOf(databaseUrl, COUNT, 'half.example');
    const recipients = Array.from({ length: COUNT }, (_, index) => `r${index}@half.example`);
    const what = { databaseUrl, smtpUrl: witness.url, issue: '2023-01' };
    let step: ChildProcess | undefined;
    const died = job(send, machine(), what, (child) => {
      begun.push(child);
      step = child;
    });
    await until(() => takenBy(witness).length > COUNT / 4, died);
    if (step !== undefined) endGroup(step);
    expect(await died).toMatchObject({ code: null });
    expect(takenBy(witness).length).toBeLessThan(COUNT);
    const place = { cwd: machine(), env: { DATABASE_URL: databaseUrl } };
    expect(await job(send, place.cwd, what)).toMatchObject({ code: 0 });
    const { accepted, unknown } = await promiseHolds({ place, sink: witness, recipients }, { unknownMax: CONNECTIONS });
    expect(accepted.length + unknown.length).toBe(COUNT);
  });

  it.concurrent('has its plan in the summary and its mail to look at, and nothing is sent of it', async () => {
    const databaseUrl = newFile();
    const place = await ledgerOf(databaseUrl, 3, 'plan.example');
    const cwd = machine();
    const end = await job(plan, cwd, { databaseUrl });
    expect(end).toMatchObject({ code: 0 });
    const commit = git(origin, 'rev-parse', 'main').slice(0, 10);
    expect(end.summary).toMatch(/^```\nsubject +An issue\n[\s\S]*\n```\n$/);
    expect(end.summary).toMatch(new RegExp(`^text +issues/2023-03/index\\.md, commit ${commit} of`, 'm'));
    expect(end.summary).toMatch(/^recipients +3$/m);
    expect(readdirSync(join(cwd, 'rendered')).toSorted()).toEqual(['email.html', 'email.mjml', 'email.txt', 'message.eml']);
    expect(JSON.parse((await postrider(['report', '--json'], place)).stdout)).toEqual([]);
    expect(takenAt('plan.example')).toEqual([]);
  });

  it.concurrent('is refused where no ledger is named', async () => {
    const end = await job(send, machine(), { smtpUrl: sink.url.replace('127.0.0.1', '0.0.0.0') });
    expect([end.code, end.stderr]).toEqual([
      2,
      expect.stringMatching(/\(ledger \.postrider\/ledger\.sqlite.*\)[\s\S]*Nothing was sent\./),
    ]);
  });

  it.concurrent('is refused where the ledger would be forgotten with the machine, though it has readers', async () => {
    const cwd = machine();
    await postrider(['subscribers', 'import', '-'], { cwd }, 'email\nada@forgotten.example\n');
    const end = await job(send, cwd, { smtpUrl: sink.url.replace('127.0.0.1', '0.0.0.0') });
    expect([end.code, end.stderr]).toEqual([
      2,
      expect.stringMatching(/^CI is set, and the ledger would be [\s\S]*Set DATABASE_URL/m),
    ]);
    expect(end.stderr).toContain('Nothing was sent.');
    expect(JSON.parse((await postrider(['report', '--json'], { cwd })).stdout)).toEqual([]);
    expect(takenAt('forgotten.example')).toEqual([]);
  });

  it.concurrent('goes out once each, and the same run begun again sends nothing more', async () => {
    const databaseUrl = newFile();
    const place = await ledgerOf(databaseUrl, 40, 'once.example');
    const first = await job(send, machine(), { databaseUrl, smtpUrl: sink.url });
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('= 40')]);
    expect(takenAt('once.example')).toHaveLength(40);
    const again = await job(send, machine(), { databaseUrl, smtpUrl: sink.url });
    expect(again).toMatchObject({ code: 0 });
    expect(takenAt('once.example')).toHaveLength(40);
    const { stdout } = await postrider(['report', '--issue', '2023-03', '--json'], place);
    const commit = git(origin, 'rev-parse', 'main');
    expect(JSON.parse(stdout)).toMatchObject({ editions: [{ commit, isModified: false }] });
  });

  it.concurrent.each([
    ['a shell’s words', '2023-01"; touch x; $(touch x) `touch x` #'],
    ['two lines and an option', '--help\ntouch x; touch x'],
  ])('that is named by %s is none, and nothing else comes of it', async (_what, issue) => {
    const cwd = machine();
    for (const each of [plan, send]) {
      const end = await job(each, cwd, { issue, databaseUrl: newFile(), smtpUrl: sink.url });
      expect([end.code, end.summary, Object.values(end.codes)]).toEqual([2, '', [2]]);
      expect(end.stderr).toMatch(/There is no issue/);
    }
    expect(globSync('**/x', { cwd })).toEqual([]);
  });
});

describe.skipIf(!isPossible).concurrent('a pull request', LIMIT, () => {
  const { check } = readWorkflow('newsletter-check.yml').jobs;
  const steps = check?.steps ?? [];
  const artifact = String(steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))?.with?.['path']);
  let origin: string;
  let pulls = 0;
  beforeAll(() => {
    origin = repositoryOf(REPOSITORY);
    commitAll(origin);
  });

  /** What GitHub checks out: main with the branch merged into it. */
  function open(change: () => void, base = 'main'): string {
    const number = ++pulls;
    git(origin, 'checkout', '--quiet', '-b', `change-${number}`, base);
    change();
    commitAll(origin, 'What the pull request brings');
    git(origin, 'checkout', '--quiet', '--detach', base);
    git(origin, 'merge', '--quiet', '--no-ff', '--message', 'Merge', `change-${number}`);
    git(origin, 'update-ref', `refs/pull/${number}/merge`, 'HEAD');
    return `refs/pull/${number}/merge`;
  }

  async function checked(ref: string, { depth = 0 as 0 | 1, base = 'main' } = {}) {
    const cwd = checkOut(origin, ref, depth);
    const env = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: base };
    const end = await runJob(steps, { cwd, expressions: { 'github.base_ref': base }, env });
    expect(end.stdout + end.stderr).not.toMatch(/own fault|^ +at /m);
    const folder = join(cwd, artifact);
    return { ...end, cwd, mails: existsSync(folder) ? readdirSync(folder).toSorted() : [], folder };
  }

  it.concurrent('that changes issues gets what is wrong beside its line, and the mail of these issues', async () => {
    const end = await checked(
      open(() =>
        writeFiles(origin, {
          'issues/2023-02.md': `${HEAD}February.\n\nText, and [nothing]().\n\nTODO: more\n`,
          'issues/2023-04.md': `${HEAD}April, which is well.\n`,
          'README.md': 'TODO: not an issue\n',
        }),
      ),
    );
    expect(annotationsIn(end)).toEqual([
      ['warning', 'issues/2023-02.md', 8, 'link-empty'],
      ['warning', 'issues/2023-02.md', 10, 'placeholder'],
    ]);
    const lines = readFileSync(join(end.cwd, 'issues/2023-02.md'), 'utf8').split('\n');
    expect([lines[7], lines[9]]).toEqual(['Text, and [nothing]().', 'TODO: more']);
    expect([end.code, end.mails]).toEqual([1, ['2023-02', '2023-04']]);
    for (const mail of end.mails)
      expect(readdirSync(join(end.folder, mail)).toSorted()).toEqual(['email.html', 'email.mjml', 'email.txt', 'message.eml']);
    expect(readFileSync(join(end.folder, '2023-02/email.html'), 'utf8')).toContain('Text, and');
  });

  it.concurrent('with an issue that cannot be read gets its line, and the mail of the others', async () => {
    const end = await checked(
      open(() =>
        writeFiles(origin, {
          'issues/2023-02.md': '---\ntitle: "x\n---\n\nFebruary.\n',
          'issues/2023-04.md': `${HEAD}April.\n`,
        }),
      ),
    );
    expect(annotationsIn(end)).toEqual([['error', 'issues/2023-02.md', expect.any(Number), 'front-matter']]);
    expect([end.code, end.mails]).toEqual([1, ['2023-04']]);
  });

  it.concurrent('in which all is well passes', async () => {
    const end = await checked(open(() => writeFiles(origin, { 'issues/2023-02.md': `${HEAD}February, revised.\n` })));
    expect([end.code, end.stdout.includes('::'), end.mails]).toEqual([0, false, ['2023-02']]);
    expect(Object.values(end.codes)).toEqual([0, 0]);
  });

  it.concurrent('that changes no issue passes, though an issue that it left alone would not', async () => {
    const end = await checked(open(() => writeFiles(origin, { 'README.md': 'Another word\n' })));
    expect([end.code, end.mails]).toEqual([0, []]);
    expect(end.stderr).toContain('No issue has changed since origin/main.');
  });

  it.concurrent('that moves an image to another issue has both looked at, and gets the line that lacks it', async () => {
    const end = await checked(
      open(() => {
        writeFiles(origin, { 'issues/2023-02/keep': '' });
        git(origin, 'mv', 'issues/2023-03/dot.png', 'issues/2023-02/dot.png');
      }),
    );
    expect(annotationsIn(end)).toEqual([['warning', 'issues/2023-03/index.md', 6, 'image-missing']]);
    expect([end.code, end.mails]).toEqual([1, ['2023-02', '2023-03']]);
  });

  it.concurrent('that takes an issue away, and renames another, gets the mail of the one that is there', async () => {
    const end = await checked(
      open(() => {
        git(origin, 'rm', '--quiet', 'issues/2023-01.md');
        git(origin, 'mv', 'issues/2023-02.md', 'issues/2023-05.md');
      }),
    );
    expect([end.code, end.mails]).toEqual([0, ['2023-05']]);
  });

  it.concurrent('answers for what it changes, and not for what its base has got meanwhile, whatever that is called', async () => {
    const base = '$(touch$IFS./x);touch$IFS./x';
    git(origin, 'branch', base, 'main');
    const ref = open(() => writeFiles(origin, { 'issues/2023-02.md': `${HEAD}February.\n\nMore.\n` }), base);
    git(origin, 'checkout', '--quiet', base);
    writeFiles(origin, { 'issues/2023-01.md': `${HEAD}TODO: of another\n` });
    commitAll(origin, 'Another pull request');
    const end = await checked(ref, { base });
    expect([end.code, end.mails]).toEqual([0, ['2023-02']]);
    expect(globSync('**/x', { cwd: end.cwd })).toEqual([]);
  });

  it.concurrent('from a shallow clone, which does not know main, gets a sentence', async () => {
    const ref = open(() => writeFiles(origin, { 'issues/2023-02.md': `${HEAD}February, in short.\n` }));
    const end = await checked(ref, { depth: 1 });
    expect([end.code, end.mails]).toEqual([2, []]);
    expect(end.stderr).toMatch(
      /^Git knows no commit origin\/main here\.\n.*in a shallow clone, fetch its history first: git fetch --unshallow$/m,
    );
  });

  it.concurrent('of a newsletter in a folder of its repository gets its lines by their names in the repository', async () => {
    const cwd = repositoryOf({ 'letters/newsletter.yaml': SETTINGS, 'letters/issues/2023-01.md': `${HEAD}January.\n` });
    commitAll(cwd);
    writeFiles(cwd, { 'letters/issues/2023-01.md': `${HEAD}TODO: more\n`, 'issues/2023-02.md': 'TODO: none of ours\n' });
    const end = await postrider(['check', '--since', 'main', '--format', 'github'], { cwd: join(cwd, 'letters') });
    expect([end.code, annotationsIn(end)]).toEqual([1, [['warning', 'letters/issues/2023-01.md', 6, 'placeholder']]]);
  });

  it.concurrent.each([
    [['check', '--since', 'main', '2023-01'], /and not both/],
    [['render', '--since', 'main', '--issue', '2023-01', '--out', 'rendered'], /cannot be used with option '--issue/],
  ])('is not taken for unchanged where it is asked for wrongly: %s', async (args, words) => {
    expect(await postrider(args, { cwd: origin })).toMatchObject({ code: 2, stderr: expect.stringMatching(words) });
  });

  it('whose dependencies are not to be had is no reason to run whatever a registry has under that name', async () => {
    const end = await runJob(steps, { cwd: origin, expressions: {}, installCode: 1 });
    expect([end.code, end.codes]).toEqual([1, {}]);
  });
});

describe.skipIf(!isPossible).concurrent('a machine that only hands over to `serve`', LIMIT, () => {
  let press: PublicPress;
  beforeAll(async () => {
    press = await startPublicPress({
      issues: {
        'issues/2023-01.md': `${HEAD}January.\n`,
        'newsletter.yaml': SETTINGS.replace('newsletter@rust-osdev.example', 'newsletter@postrider-press.dev').replace(
          'https://rust-osdev.example/this-month/',
          `https://${PUBLIC_NAME}/archive/`,
        ),
        'package.json': '{}\n',
        '.gitignore': '.env\n.postrider/\nnode_modules/\n',
      },
      readers: { monthly: ['ada@engine.dev', 'bob@engine.dev'] },
    });
  });
  afterAll(() => press?.stop());

  it('needs no relay, passes every guard, and the mail goes out by `serve`', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'postrider-runner-'));
    git(cwd, 'clone', '--quiet', press.place.cwd, '.');
    linkPostrider(cwd);
    const { NODE_USE_ENV_PROXY = '', HTTPS_PROXY = '', NODE_EXTRA_CA_CERTS = '' } = press.place.env as Record<string, string>;
    const databaseUrl = `sqlite:${join(press.place.cwd, '.postrider/ledger.sqlite')}`;
    const end = await runJob(send?.steps ?? [], {
      cwd,
      expressions: given({ issue: '2023-01', databaseUrl, baseUrl: `https://${PUBLIC_NAME}` }),
      env: { NODE_USE_ENV_PROXY, HTTPS_PROXY, NODE_EXTRA_CA_CERTS },
    });
    expect([end.code, end.stderr]).toEqual([0, expect.stringContaining('Handed over to serve on ')]);
    expect(press.taken.flatMap(({ recipients }) => recipients).toSorted()).toEqual(['ada@engine.dev', 'bob@engine.dev']);
  });
});

/** All that a step has begun, as when its machine is gone. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
