// The machine-readable part of a delivery status notification (RFC 3464): a block of fields for each recipient.
import type { ReturnKind, ReturnReport } from '../domain/returned.ts';
import { addressesIn } from './find-addresses.ts';

type Fields = ReadonlyMap<string, string>;

const RECIPIENTS_MAX = 1_000;

/** One report for each recipient that the part names; none where it names nobody. */
export function readStatus(part: string): ReturnReport[] {
  return blocksOf(part).slice(0, RECIPIENTS_MAX).map(reportOf);
}

/** Blocks begin at a blank line, or where a second recipient is named without one. */
function blocksOf(part: string): Fields[] {
  const blocks: Map<string, string>[] = [new Map()];
  const lines = part
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+(?=\S)/g, ' ')
    .split('\n');
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    const isNext = line.trim() === '' || ((key === 'final-recipient' || key === 'original-recipient') && blocks.at(-1)?.has(key));
    if (isNext && (blocks.at(-1)?.size ?? 0) > 0) blocks.push(new Map());
    if (key !== '' && !blocks.at(-1)?.has(key)) blocks.at(-1)?.set(key, value);
  }
  return blocks.filter((block) => block.has('final-recipient') || block.has('original-recipient'));
}

function reportOf(fields: Fields): ReturnReport {
  const words = [fields.get('diagnostic-code'), fields.get('x-diagnostic-code')].filter((each) => each !== undefined).join(' ');
  const status = statusIn(fields.get('status') ?? '');
  return {
    kind: kindOf(fields.get('action') ?? '', status),
    recipient: recipientOf(fields),
    status: statusOf(status, words),
    words: words.replace(/^(?:smtp|x-[a-z0-9-]+|unix)\s*;\s*/i, '').trim(),
  };
}

const KINDS: ReadonlyMap<string, ReturnKind> = new Map(
  Object.entries({
    failed: 'bounce',
    failure: 'bounce',
    delayed: 'delayed',
    deferred: 'delayed',
    delivered: 'delivered',
    relayed: 'delivered',
    expanded: 'delivered',
  } satisfies Record<string, ReturnKind>),
);

/** `action` may be followed by a comment. */
function kindOf(action: string, status: string | null): ReturnKind {
  const known = KINDS.get(/[a-z]+/i.exec(action)?.[0].toLowerCase() ?? '');
  if (known !== undefined) return known;
  if (status?.startsWith('2')) return 'delivered';
  return status?.startsWith('4') ? 'delayed' : 'bounce';
}

/** Of a forwarded mail the address that we wrote to says more than the one that failed. */
function recipientOf(fields: Fields): string | null {
  for (const name of ['original-recipient', 'final-recipient', 'x-actual-recipient']) {
    const value = (fields.get(name) ?? '').replace(/^[a-z0-9-]+\s*;/i, '');
    const [address] = addressesIn(value);
    if (address !== undefined) return address;
  }
  return null;
}

export function statusIn(text: string): string | null {
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1] ?? null;
}

/** `5.0.0` says nothing; the words often hold a better one. */
export function statusOf(status: string | null, words: string): string | null {
  const spoken = statusIn(words);
  const isVague = status === null || /^[245]\.0\.0$/.test(status);
  return isVague ? (spoken ?? status) : status;
}
