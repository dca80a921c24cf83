// npm run transcript: what an editor types in a month, and what the terminal shows, for docs/a-month.md. Every line of it is run:
// in a repository of its own, on this machine's GitHub, into the sink.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type GithubServer, JANUARY_2023, startGithub } from './forge/github-server.ts';
import { statusNotification } from './returns/returned-mail.ts';
import { finished, type RunningSink, runSink } from './stories/cli.ts';

const ROOT = join(import.meta.dirname, '..');
export const A_MONTH = join(ROOT, 'docs/a-month.md');

const HEAD = `# A month

What an editor types from one issue to the next, and what the terminal shows. The newsletter is a Zola site's; the readers are
reserved addresses, and the relay is \`postrider sink\`. Every line was run (\`npm run transcript\`), and a test runs them again;
days, hashes and the relay's port stand for others.
`;

const NOW = new Date();
const THIS_MONTH = NOW.toISOString().slice(0, 7);
const MONTH_NAME = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(NOW);
// The month that the document speaks of, whenever it is written.
const SHOWN = { month: '2023-02', name: 'February 2023', today: '2023-02-28', next: '2023-03-01' };

const PREVIOUS = `+++
title = "This Month in Rust OSDev: January 2023"
date = 2023-02-07
+++

Ramdisks for the bootloader, and more.

<!-- more -->

## Projects

### [\`volatile\`](https://github.com/rust-osdev/volatile)
<span class="maintainers">Maintained by [@phil-opp](https://github.com/phil-opp)</span>

- [Add methods](https://github.com/rust-osdev/volatile/pull/1)

### [\`x86_64\`](https://github.com/rust-osdev/x86_64)
<span class="maintainers">Maintained by [@phil-opp](https://github.com/phil-opp), [@josephlr](https://github.com/josephlr) and [@Freax13](https://github.com/Freax13)</span>

- [Add registers](https://github.com/rust-osdev/x86_64/pull/2)
`;
const READERS = [
  'ada@example.org,Ada',
  'grace@example.org,Grace',
  'linus@example.net,Linus',
  'gone@example.com,Gone',
  'not an address,Nobody',
];

/** One line that is typed, with its outcome. */
interface Typed {
  readonly line: string;
  /** 0 where it is left out. */
  readonly exit?: number;
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function writeTranscript(): Promise<string> {
  const sink = await runSink(['refuse:gone*']);
  const facts = JANUARY_2023.filter(({ repository }) => /volatile|x86_64/.test(repository));
  const github = await startGithub({ facts: facts.map((fact) => ({ ...fact, mergedAt: `${THIS_MONTH}-02T12:00:00Z` })) });
  try {
    return `${HEAD}${await tell(newPlace(sink, github), sink)}`;
  } finally {
    await sink.stop();
    await github.close();
  }
}

async function tell(place: Place, sink: RunningSink): Promise<string> {
  const issue = THIS_MONTH;
  const draft = `content/this-month/${issue}/index.md`;
  const page: string[] = [];
  const say = async (words: string, ...typed: readonly (string | Typed)[]): Promise<void> => {
    const lines: string[] = [];
    for (const each of typed) lines.push(await run(typeof each === 'string' ? { line: each } : each, place, sink));
    page.push(`\n${words}\n\n\`\`\`console\n${lines.join('\n')}\n\`\`\`\n`);
  };

  await say('The newsletter’s repository becomes one that can be sent from. No file of the site is touched.', 'postrider init');
  await say(
    'The readers come from a file: first to see what would happen, then in earnest.',
    'postrider subscribers import ../readers.csv --dry-run',
    'postrider subscribers import ../readers.csv --consent "the form on our site, until 2023"',
  );

  page.push('\n## The draft\n');
  commit(place, 'Send it by mail');
  await say('A new issue has the headings of the one before.', `postrider new ${issue}`);
  change(place, 'newsletter.yaml', (text) => `${text}collect: { from: [rust-osdev] }\n`);
  await say(
    'With `collect: { from: [rust-osdev] }` in `newsletter.yaml`, what was merged comes from GitHub.',
    `postrider collect --into ${issue}`,
    `sed -n '/^## Projects/,$p' ${draft}`,
  );
  await say('`postrider preview` shows it in the browser while you write. `check` finds what was forgotten, with its place.', {
    line: `postrider check ${issue} --no-links`,
    exit: 1,
  });
  change(place, draft, (text) => text.replace(/^TODO: .*$/m, 'A month of registers and volatile memory.'));
  commit(place, 'February');
  await say(
    'Mended and committed, it goes to you alone first.',
    `postrider check ${issue} --no-links`,
    `postrider test --issue ${issue} --to editor@example.org`,
  );

  page.push('\n## The day\n');
  await say('Who gets it, and how big and how fast it is:', `postrider plan --issue ${issue}`);
  await say(
    'A rehearsal sends everything into a sink, by a ledger that is thrown away.',
    `postrider send --issue ${issue} --rehearse`,
  );
  await say(
    'Then in earnest. On a terminal it asks, and shows a bar meanwhile; here `--yes` answers.',
    `postrider send --issue ${issue} --yes`,
  );
  await say('Once more, by mistake:', `postrider send --issue ${issue} --yes`);

  page.push('\n## After\n');
  await say('The relay refused one of them for good.', `postrider deliveries --issue ${issue} --outcome rejected`);
  writeBounce(place, sink);
  await say(
    'Next morning a bounce lies in the mailbox. By itself, `serve` would have taken it in.',
    'postrider returns read ../bounce.eml --apply',
    `postrider report --issue ${issue}`,
  );
  await say('What is known of a reader, and why:', 'postrider subscribers show linus@example.net');
  return page.join('');
}

/** Runs it as a shell does, and shows it as a terminal does. */
async function run({ line, exit = 0 }: Typed, { cwd, env }: Place, sink: RunningSink): Promise<string> {
  const { code, stdout } = await finished(spawn('bash', ['-c', `exec 2>&1; ${line}`], { cwd, env }));
  if (code !== exit) throw new Error(`${line} ended with ${code}:\n${stdout}`);
  return shown(`$ ${line}\n${stdout.trimEnd()}`, cwd, sink);
}

/** What differs from one day, and one machine, to another stands for something of its kind. */
function shown(text: string, cwd: string, sink: RunningSink): string {
  const today = NOW.toISOString().slice(0, 10);
  const after = new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
  return text
    .replaceAll(dirname(cwd), '/tmp')
    .replaceAll(sink.url.replace(/^.*:\/\//, ''), 'localhost:2525')
    .replaceAll(sink.url.replace(/^.*:\/\/|:\d+$/g, ''), 'localhost')
    .replaceAll(after, SHOWN.next)
    .replace(/\((?:in \d+ days?|\d+ days? ago|today)\)/g, '(in 1 day)')
    .replaceAll(today, SHOWN.today)
    .replaceAll(new RegExp(`${SHOWN.today} \\d\\d:\\d\\d`, 'g'), `${SHOWN.today} 19:02`)
    .replaceAll(THIS_MONTH, SHOWN.month)
    .replaceAll(MONTH_NAME, SHOWN.name);
}

function newPlace(sink: RunningSink, github: GithubServer): Place {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-month-'));
  const cwd = join(folder, 'newsletter');
  mkdirSync(join(cwd, 'content/this-month/2023-01'), { recursive: true });
  writeFileSync(join(cwd, 'config.toml'), 'base_url = "https://rust-osdev.example"\ntitle = "Rust OSDev"\n');
  writeFileSync(join(cwd, 'content/this-month/2023-01/index.md'), PREVIOUS);
  writeFileSync(join(folder, 'readers.csv'), `email,name\n${READERS.join('\n')}\n`);
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(ROOT, 'bin/postrider.js'), join(folder, 'bin/postrider'));
  const author = {
    GIT_AUTHOR_NAME: 'Ed',
    GIT_AUTHOR_EMAIL: 'ed@example.org',
    GIT_COMMITTER_NAME: 'Ed',
    GIT_COMMITTER_EMAIL: 'ed@example.org',
  };
  const env = {
    ...{
      ...author,
      NO_COLOR: '1',
      TZ: 'UTC',
      HOME: folder,
      GITHUB_API_URL: github.url,
      SMTP_URL: sink.url,
      BASE_URL: 'https://letters.rust-osdev.example',
    },
    PATH: [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
  };
  const place = { cwd, env };
  git(place, 'init', '-q', '-b', 'main');
  commit(place, 'The site');
  return place;
}

function git({ cwd, env }: Place, ...args: readonly string[]): void {
  execFileSync('git', args, { cwd, env });
}

function commit(place: Place, message: string): void {
  git(place, 'add', '-A');
  git(place, 'commit', '-qm', message);
}

function change({ cwd }: Place, file: string, mend: (text: string) => string): void {
  writeFileSync(join(cwd, file), mend(readFileSync(join(cwd, file), 'utf8')));
}

function writeBounce({ cwd }: Place, sink: RunningSink): void {
  const taken = sink.entries().findLast(({ recipient, isTaken }) => recipient === 'linus@example.net' && isTaken);
  const mail = readFileSync(join(sink.folder, taken?.file ?? ''), 'utf8');
  const returned = `${mail.split(/\r?\n\r?\n/)[0]}\r\n`;
  const failed = [{ address: 'linus@example.net', status: '5.1.1', said: '550 5.1.1 User unknown' }];
  writeFileSync(join(dirname(cwd), 'bounce.eml'), statusNotification(failed, { to: taken?.sender ?? '', returned }));
}

if (import.meta.main) writeFileSync(A_MONTH, await writeTranscript());
