// Behind a fresh link by mail its owner sees all that an address gets, and may change it, take it along, or have it erased.
import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/consent.ts';
import { readManageToken } from '../link/letter-links.ts';
import { MANAGE_MS } from '../policy/joining.ts';
import { mayBeLiftedByReader } from '../policy/suppression.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Reader } from '../store/people.ts';
import { personalData } from './personal-data.ts';

export interface Managing {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Newest first. */
  readonly secrets: readonly string[];
  /** The lists that anybody may choose. */
  readonly lists: readonly string[];
}

export interface ShownReader {
  readonly address: string;
  readonly name: string;
  readonly lists: readonly { readonly list: string; readonly isActive: boolean }[];
}

const NAME_MAX_CHARACTERS = 200;

/** Undefined for every link that is not ours, is too old, or whose reader is gone. Changes nothing. */
export async function showReader(token: string, managing: Managing): Promise<ShownReader | undefined> {
  const found = await findReader(token, managing);
  if (!found) return undefined;
  const { address, name, subscriptions, suppression } = found.reader;
  // Who must not be mailed gets nothing, whatever is subscribed; to choose it is to want it again.
  const active = suppression === null ? subscriptions.filter(({ state }) => state === 'active').map(({ list }) => list) : [];
  const lists = offeredTo(found.reader, managing).map((list) => ({ list, isActive: active.includes(list) }));
  return { address, name, lists };
}

export async function chooseSubscriptions(
  token: string,
  { name, wanted }: { readonly name: string; readonly wanted: readonly string[] },
  evidence: Evidence,
  managing: Managing,
): Promise<ShownReader | undefined> {
  const found = await findReader(token, managing);
  if (!found) return undefined;
  const offered = offeredTo(found.reader, managing);
  const { ledger, clock } = managing;
  for (const list of offered) await ledger.lists.ensure(list, clock.now());
  await ledger.subscriptions.choose({
    ...{ subscriber: found.subscriber, askedAt: found.askedAt, offered, evidence, at: clock.now(), mayLift: mayBeLiftedByReader },
    name: oneLine(name),
    wanted: offered.filter((list) => wanted.includes(list)),
  });
  return showReader(token, managing);
}

/** All that is known of the reader, for the reader. */
export async function takeData(token: string, managing: Managing): Promise<object | undefined> {
  const found = await findReader(token, managing);
  return found && personalData(managing.ledger, found.reader.key);
}

/** False for a link that does not work. */
export async function eraseReader(token: string, managing: Managing): Promise<boolean> {
  const found = await findReader(token, managing);
  return found !== undefined && managing.ledger.subscribers.erase(found.reader.key, managing.clock.now());
}

async function findReader(token: string, { ledger, clock, secrets }: Managing) {
  const ref = readManageToken(token, secrets);
  if (!ref || clock.now() - ref.askedAt > MANAGE_MS) return undefined;
  const reader = await ledger.subscriptions.reader(ref.subscriber, ref.askedAt);
  return reader && { ...ref, reader };
}

/** What anybody may choose, and what this reader gets besides. */
function offeredTo({ subscriptions }: Reader, { lists }: Managing): string[] {
  const own = subscriptions.filter(({ state }) => state !== 'ended').map(({ list }) => list);
  return [...new Set([...lists, ...own])];
}

function oneLine(name: string): string {
  return name
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, NAME_MAX_CHARACTERS);
}
