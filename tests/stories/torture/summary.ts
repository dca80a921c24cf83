// What many seeds came to, as a table: a row for each point, of the seeds in which a strike landed there. A seed with
// several strikes stands in several rows, and once in the last. Pure.
import type { LandedStrike } from './life.ts';
import { POINTS, type Point } from './points.ts';
import type { SeedResult } from './run-seed.ts';

const HEAD = ['', 'seeds', 'struck', 'recipients', 'taken', 'unknown', 'lost', 'doubled', 'amiss'] as const;

export function summarise(results: readonly SeedResult[]): string {
  const rows = Object.entries(POINTS).flatMap(([point, words]) => [
    rowOf(words, results, (strike) => strike.point === point && strike.how === 'kill'),
    ...(isFrozenAt(point as Point, results)
      ? [rowOf(`frozen ${words}`, results, (strike) => strike.point === point && strike.how === 'freeze')]
      : []),
  ]);
  const untouched = results.filter(({ landed }) => landed.length === 0);
  const last = [...(untouched.length > 0 ? [totalOf('never struck', untouched, 0)] : []), allOf(results)];
  return align([HEAD, ...rows, ...last]);
}

/** A strike counts where it came in the middle: the witness had grown, or there was nothing to take yet. */
export function countsAsStrike({ point, grewBy }: LandedStrike): boolean {
  return point === 'opening' || grewBy > 0;
}

function isFrozenAt(point: Point, results: readonly SeedResult[]): boolean {
  return results.some(({ landed }) => landed.some((strike) => strike.point === point && strike.how === 'freeze'));
}

function rowOf(words: string, results: readonly SeedResult[], isMeant: (strike: LandedStrike) => boolean): string[] {
  const strikes = ({ landed }: SeedResult) => landed.filter((strike) => isMeant(strike) && countsAsStrike(strike)).length;
  const concerned = results.filter((result) => strikes(result) > 0);
  return totalOf(words, concerned, sum(concerned, strikes));
}

function allOf(results: readonly SeedResult[]): string[] {
  return totalOf(
    'all',
    results,
    sum(results, ({ landed }) => landed.filter(countsAsStrike).length),
  );
}

function totalOf(words: string, results: readonly SeedResult[], struck: number): string[] {
  const sums = [
    struck,
    sum(results, ({ plan }) => plan.recipients),
    sum(results, ({ taken }) => taken),
    sum(results, ({ counts }) => counts.unknown),
    sum(results, ({ lost }) => lost.length),
    sum(results, ({ doubled }) => doubled.length),
    sum(results, ({ amiss }) => amiss.length),
  ];
  return [words, results.length, ...sums].map(String);
}

function sum(results: readonly SeedResult[], numberOf: (result: SeedResult) => number): number {
  return results.reduce((total, result) => total + numberOf(result), 0);
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}
