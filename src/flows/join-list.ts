// Joining by a form on the web: an address is asked for, its owner confirms by the button behind a mailed link. The
// answer is the same whether or not the address is known, and a stranger whose address is typed in gets one mail a day.
import { type Address, domainOf, maskAddress, parseAddress } from '../domain/address.ts';
import type { Clock } from '../domain/clock.ts';
import type { Evidence } from '../domain/consent.ts';
import { readPreferencesToken } from '../link/delivery-links.ts';
import { formStamp, readConfirmToken, readFormStamp } from '../link/letter-links.ts';
import { CONFIRM_MS, FILLED_MIN_MS, FORM_MS, LETTER_EVERY_MS, networkOf } from '../policy/joining.ts';
import { mayBeLiftedByReader } from '../policy/suppression.ts';
import type { Ledger } from '../store/ledger.ts';

export interface Joining {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Newest first. */
  readonly secrets: readonly string[];
  /** The lists that may be asked for. */
  readonly lists: readonly string[];
  /** Those of them that take subscribers without a confirmation. */
  readonly unconfirmed: readonly string[];
  /** Counts one more under each name; false where one of them has had its share for this hour. */
  readonly mayAsk: (names: AskNames) => Promise<boolean>;
}

export interface AskNames {
  readonly client: string;
  readonly network: string;
  readonly domain: string;
}

export interface JoinForm {
  readonly address: string;
  readonly lists: readonly string[];
  readonly stamp: string;
  /** A field that people do not see; programs fill it in. */
  readonly trap: string;
}

/** `asked` says nothing about what happened. */
export type JoinAnswer = 'asked' | 'no-address' | 'no-list' | 'too-many' | 'stale-form';

/** The link in a mail's footer goes to whatever address its reader has now. */
const NEVER = Number.MAX_SAFE_INTEGER;

export function stampForm({ clock, secrets }: Joining): string {
  return formStamp(clock.now(), secrets);
}

export async function joinLists(form: JoinForm, evidence: Evidence, joining: Joining): Promise<JoinAnswer> {
  const { ledger, clock } = joining;
  const at = clock.now();
  const read = readForm(form, evidence, joining);
  if (read.kind === 'refused') return read.answer;
  const lists = [...new Set(form.lists)].filter((list) => joining.lists.includes(list));
  if (lists.length === 0) return 'no-list';
  // A program is told what a person is told.
  if (read.isProgram) return 'asked';
  const { address, key } = read.value;
  if (!(await joining.mayAsk(read.names))) return 'too-many';
  for (const list of lists) await ledger.lists.ensure(list, at);
  await ledger.subscriptions.ask({
    ...{ address, key, lists, evidence, at, unconfirmed: joining.unconfirmed },
    noLetterSince: at - LETTER_EVERY_MS,
    mayGetLetter: mayBeLiftedByReader,
  });
  return 'asked';
}

/** A link by mail to all that an address gets: for those who have no mail of ours at hand. */
export async function askForLink(form: Omit<JoinForm, 'lists'>, evidence: Evidence, joining: Joining): Promise<JoinAnswer> {
  const read = readForm(form, evidence, joining);
  if (read.kind === 'refused') return read.answer;
  if (read.isProgram) return 'asked';
  if (!(await joining.mayAsk(read.names))) return 'too-many';
  await writeLink(read.value.key, joining);
  return 'asked';
}

/** The same by the link in a mail: whoever holds it may have a letter sent to its owner. False where it is not ours. */
export async function askForLinkByMail(token: string, joining: Joining): Promise<boolean> {
  const ref = readPreferencesToken(token, joining.secrets);
  const reader = ref && (await joining.ledger.subscriptions.reader(ref.subscriber, NEVER));
  if (!reader) return false;
  await writeLink(reader.key, joining);
  return true;
}

function writeLink(key: string, { ledger, clock }: Joining): Promise<void> {
  const at = clock.now();
  return ledger.subscriptions.askForLink({ key, at, noLetterSince: at - LETTER_EVERY_MS, mayGetLetter: mayBeLiftedByReader });
}

type ReadForm =
  | { readonly kind: 'refused'; readonly answer: 'stale-form' | 'no-address' }
  | { readonly kind: 'read'; readonly value: Address; readonly names: AskNames; readonly isProgram: boolean };

function readForm(form: Omit<JoinForm, 'lists'>, { ip }: Evidence, { clock, secrets }: Joining): ReadForm {
  const at = clock.now();
  const shownAt = readFormStamp(form.stamp, secrets);
  if (shownAt === undefined || at - shownAt > FORM_MS) return { kind: 'refused', answer: 'stale-form' };
  const parsed = parseAddress(form.address);
  if (parsed.kind === 'refused') return { kind: 'refused', answer: 'no-address' };
  const names = { client: ip, network: networkOf(ip), domain: domainOf(parsed.value.address) };
  return { kind: 'read', value: parsed.value, names, isProgram: form.trap !== '' || at - shownAt < FILLED_MIN_MS };
}

/** What the page behind the mailed link shows. */
export interface ShownConfirmation {
  readonly lists: readonly string[];
  readonly maskedAddress: string;
}

/** Undefined for every link that is not ours, is too old, or whose subscription is forgotten. Changes nothing. */
export async function showConfirmation(token: string, joining: Joining): Promise<ShownConfirmation | undefined> {
  const ref = readFresh(token, joining);
  if (!ref) return undefined;
  const { subscriber } = ref;
  const found = await Promise.all(ref.lists.map((list) => joining.ledger.subscriptions.find({ subscriber, list })));
  const [first] = found;
  if (!first) return undefined;
  return { lists: found.flatMap((each) => (each ? [each.list] : [])), maskedAddress: maskAddress(first.address) };
}

/** The lists that are active now. Undefined as above, and where the reader has left since the link was made. */
export async function confirmLists(token: string, evidence: Evidence, joining: Joining): Promise<readonly string[] | undefined> {
  const ref = readFresh(token, joining);
  if (!ref) return undefined;
  const at = joining.clock.now();
  const active = await joining.ledger.subscriptions.confirm({ ...ref, evidence, at, mayLift: mayBeLiftedByReader });
  return active.length > 0 ? active : undefined;
}

function readFresh(token: string, { clock, secrets }: Joining) {
  const ref = readConfirmToken(token, secrets);
  return ref && clock.now() - ref.askedAt <= CONFIRM_MS ? ref : undefined;
}
