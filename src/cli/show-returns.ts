// What came back, in plain words.
import type { ReturnKind, ReturnRecord } from '../domain/returned.ts';
import type { MailingReturns, ReturnSum } from '../flows/sum-returns.ts';
import { reasonWords } from './show-books.ts';
import { formatCount, formatMoment, isoMoment, table } from './terminal.ts';

const DOMAINS_MAX = 3;
const EXAMPLE_MAX = 70;

/** Empty where nothing came back and nobody left. */
export function showReturns({ bounced, complained, left }: MailingReturns, sums: readonly ReturnSum[]): string {
  const counts = [
    ['came back', bounced],
    ['called spam', complained],
    ['left the list since', left],
  ] as const;
  const some = counts.filter(([, count]) => count > 0).map(([words, count]) => [words, count]);
  const rows = sums.map(({ reason, count, domains, example }) => [
    reasonWords(reason),
    count,
    domainsText(domains),
    shortened(example),
  ]);
  const parts = [some.length > 0 ? table(some) : '', rows.length > 0 ? table(rows, ['why', '', 'where', 'for example']) : ''];
  return parts.filter((part) => part !== '').join('\n\n');
}

function domainsText(domains: ReturnSum['domains']): string {
  const shown = domains.slice(0, DOMAINS_MAX).map(({ domain, count }) => `${domain} ${formatCount(count)}`);
  const rest = domains.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${formatCount(rest)} more`] : [])].join(', ');
}

function shortened(text: string): string {
  return text.length <= EXAMPLE_MAX ? text : `${text.slice(0, EXAMPLE_MAX - 1).trimEnd()}…`;
}

/** The record of what came in. */
export function showRecord(records: readonly ReturnRecord[]): string {
  return table(
    records.map(({ at, way, kind, recipient, reason, isGone, effect, words }) => [
      ...[formatMoment(at), way, kind, recipient ?? ''],
      ...[whyWords(kind, reason, isGone), effect, shortened(words)],
    ]),
    ['at', 'by', 'kind', 'recipient', 'why', 'what it led to', ''],
  );
}

/** What is no failure has no reason. */
function whyWords(kind: ReturnKind, reason: string, isGone: boolean): string {
  if (kind !== 'bounce' && kind !== 'delayed') return '';
  return isGone ? `${reasonWords(reason)}, gone` : reasonWords(reason);
}

export function recordToJson({ at, isGone, ...rest }: ReturnRecord): object {
  return { at: isoMoment(at), ...rest, gone: isGone };
}
