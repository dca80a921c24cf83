// npm run score: what Postrider makes of the real returns in ../shared/corpus/bounces, in the numbers that it is held to.
// Without VERP, so that only what stands in the messages counts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReturn } from '../../src/returns/read-return.ts';

export const CORPUS = join(import.meta.dirname, '../../../shared/corpus');
const BOUNCES = join(CORPUS, 'bounces');
const ROUNDS = 3;

export const hasCorpus = existsSync(join(BOUNCES, 'expected.tsv'));

export interface Score {
  readonly files: number;
  readonly recipients: { readonly found: number; readonly of: number };
  readonly gone: { readonly right: number; readonly of: number };
  /** Living readers who would have been taken for gone. */
  readonly falselyGone: { readonly count: number; readonly of: number };
  readonly complaints: { readonly found: number; readonly of: number };
  /** Auto-replies and ordinary mail, and how many of them were taken for something else. */
  readonly ordinary: { readonly mistaken: number; readonly of: number };
  readonly perSecond: number;
}

type Row = Readonly<Record<string, string>>;

export async function scoreCorpus(): Promise<Score> {
  const rows = readRows();
  const files = new Map(
    readdirSync(join(BOUNCES, 'messages')).map((file) => [file, readFileSync(join(BOUNCES, 'messages', file))]),
  );
  const read = new Map<string, Awaited<ReturnType<typeof readReturn>>['reports']>();
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++)
    for (const [file, bytes] of files) read.set(file, (await readReturn(bytes)).reports);
  const perSecond = (ROUNDS * files.size * 1_000) / (performance.now() - startedAt);

  const reportOf = (row: Row) => {
    const reports = read.get(row['file'] ?? '') ?? [];
    const named = reports.find(({ recipient }) => recipient !== null && accepted(row).includes(recipient.toLowerCase()));
    return { reports, report: named ?? reports[Number(row['n']) - 1] ?? reports[0], isNamed: named !== undefined };
  };
  const known = rows.filter(({ kind }) => kind !== 'unknown');
  const named = known.filter((row) => 'AB'.includes(row['recipient_confidence'] || '-'));
  const judged = known.filter((row) => row['kind'] === 'dsn' && row['disputed'] === '0' && row['hard_soft'] !== '');
  const living = judged.filter((row) => row['hard_soft'] === 'soft');
  const complaints = known.filter(({ kind }) => kind === 'arf');
  const ordinary = known.filter(({ kind }) => kind === 'auto-reply' || kind === 'other');
  const isGone = (row: Row): boolean => reportOf(row).report?.isGone ?? false;
  return {
    files: files.size,
    recipients: { found: named.filter((row) => reportOf(row).isNamed).length, of: named.length },
    gone: { right: judged.filter((row) => isGone(row) === (row['hard_soft'] === 'hard')).length, of: judged.length },
    falselyGone: { count: living.filter(isGone).length, of: living.length },
    complaints: { found: complaints.filter((row) => reportOf(row).report?.kind === 'complaint').length, of: complaints.length },
    ordinary: {
      mistaken: ordinary.filter((row) => reportOf(row).reports.some(({ kind }) => kind !== row['kind'])).length,
      of: ordinary.length,
    },
    perSecond,
  };
}

function accepted(row: Row): string[] {
  return (row['accept_recipients'] || row['recipient'] || '').toLowerCase().split('|');
}

function readRows(): Row[] {
  const [header = '', ...lines] = readFileSync(join(BOUNCES, 'expected.tsv'), 'utf8').trimEnd().split('\n');
  const names = header.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, index) => [names[index] ?? '', cell])));
}

async function main(): Promise<void> {
  if (!hasCorpus) return void process.stderr.write(`There is no corpus at ${BOUNCES}.\n`);
  const { files, recipients, gone, falselyGone, complaints, ordinary, perSecond } = await scoreCorpus();
  const share = (part: number, of: number): string => `${part} of ${of} (${((100 * part) / of).toFixed(1)} %)`;
  const lines = [
    ['messages', `${files}, ${Math.round(perSecond).toLocaleString('en')} a second`],
    ['recipients found', share(recipients.found, recipients.of)],
    ['gone or not, right', share(gone.right, gone.of)],
    ['living, called gone', share(falselyGone.count, falselyGone.of)],
    ['complaints found', share(complaints.found, complaints.of)],
    ['ordinary mail and auto-replies, mistaken', share(ordinary.mistaken, ordinary.of)],
  ];
  process.stdout.write(`${lines.map(([name = '', value = '']) => `${name.padEnd(42)}${value}`).join('\n')}\n`);
}

if (process.argv[1] === import.meta.filename) await main();
