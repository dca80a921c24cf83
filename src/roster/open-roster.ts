// A roster's header to a reader of its rows: whose file it is, which column is what, and what each row claims.
import { parseAddress } from '../domain/address.ts';
import type { Claim } from '../domain/claim.ts';
import type { RosterRow } from '../domain/roster.ts';
import { buttondown } from './buttondown.ts';
import { ghost } from './ghost.ts';
import { listmonk } from './listmonk.ts';
import { mailchimp } from './mailchimp.ts';
import { postrider } from './postrider.ts';
import { type Columns, readColumns } from './read-columns.ts';
import { readMoment } from './read-moment.ts';
import type { Cell, RosterFormat } from './roster-format.ts';

const FORMATS: readonly RosterFormat[] = [mailchimp, ghost, buttondown, listmonk, postrider];

export interface RosterSettings {
  /** The file's name. */
  readonly file: string;
  /** What the rows are where the file does not say; where it does, the more cautious of both counts. */
  readonly as: Claim['state'] | null;
  /** The admin's own columns: `email`, `name`, `since`, `ip` or an attribute, and the headers that they are under. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds since the epoch; a moment after it is a slip of the pen. */
  readonly at: number;
}

export interface Roster {
  /** Whose file it is: `CSV` for any other. */
  readonly format: string;
  /** The first row is a subscriber too. */
  readonly isFirstRowData: boolean;
  readonly read: (cells: readonly string[]) => RowResult;
}

export type RowResult = { readonly kind: 'row'; readonly row: RosterRow } | { readonly kind: 'refused'; readonly why: string };

export type RosterResult =
  | { readonly kind: 'roster'; readonly roster: Roster }
  | { readonly kind: 'unreadable'; readonly why: string; readonly advice: string };

const NAME_MAX_CHARACTERS = 200;
const ATTRIBUTES_MAX_BYTES = 10_000;
// Words of consent in a file that we do not know: to read its rows as subscribed would be to guess.
const SAYS_CONSENT = /^(status|subscribed|unsubscribed|unsubscribed[_ ]at|opt(ed)?[-_ ]?(in|out)|bounced)$/i;

export function openRoster(header: readonly string[], settings: RosterSettings): RosterResult {
  const written = header.map((cell) => cell.trim());
  const format = FORMATS.find(({ recognises }) => recognises(written));
  const names = written.map((name) => unguard(name, format));
  if (format?.mustBeTold && settings.as === null) return { kind: 'unreadable', ...format.mustBeTold };
  const chosen = chooseColumns(names, format, settings.columns);
  if (chosen.kind === 'unreadable') return chosen;
  const telling = names.find((name) => SAYS_CONSENT.test(name) && !format);
  if (telling !== undefined && settings.as === null) return mustBeTold(telling);
  return {
    kind: 'roster',
    roster: {
      format: format?.name ?? 'CSV',
      isFirstRowData: chosen.columns.isFirstRowData,
      read: (cells) => readRow(cells, names, chosen.columns, format, settings),
    },
  };
}

function mustBeTold(column: string): RosterResult {
  return {
    kind: 'unreadable',
    why: `The column ${JSON.stringify(column)} may say who is subscribed and who is not, and its words are not known.`,
    advice:
      'Leave only those in the file who are alike, and say what they are: --as active, --as pending, --as ended or --as suppressed.',
  };
}

/** The admin's word about a column stands before the format's, and that before what its name tells. */
function chooseColumns(names: readonly string[], format: RosterFormat | undefined, own: RosterSettings['columns']) {
  const missing = [...own.values()].flat().find((header) => !names.includes(header));
  if (missing !== undefined)
    return {
      kind: 'unreadable',
      why: `There is no column ${JSON.stringify(missing)}; the header has: ${names.join(', ')}.`,
      advice: 'Mend --column.',
    } as const;
  return readColumns(names, {
    address: own.get('email')?.[0] ?? (format && names.includes(format.address) ? format.address : null),
    name: own.get('name') ?? format?.names ?? null,
    attributes: new Map([...own].flatMap(([field, [header]]) => (FIELDS.has(field) || !header ? [] : [[header, field]]))),
    isDropped: (name) =>
      (format?.isDropped(name) ?? false) || ['since', 'ip'].some((field) => own.get(field)?.includes(name) ?? false),
  });
}

const FIELDS = new Set(['email', 'name', 'since', 'ip']);

function readRow(
  cells: readonly string[],
  names: readonly string[],
  columns: Columns,
  format: RosterFormat | undefined,
  settings: RosterSettings,
): RowResult {
  if (cells.length > names.length) return refused(`it has ${cells.length} cells and the header has ${names.length}`);
  const at = (index: number): string => unguard((cells[index] ?? '').trim(), format);
  const cell: Cell = (column) => at(names.indexOf(column));
  const parsed = parseAddress(at(columns.address));
  if (parsed.kind === 'refused') return refused(`the address is not valid: ${parsed.why}`);
  const name = columns.name
    .map(at)
    .filter((part) => part !== '')
    .join(' ');
  const attributes = {
    ...Object.fromEntries(columns.attributes.map(({ name: key, index }) => [key, at(index)])),
    ...format?.attributesOf?.(cell),
  };
  const why = whyUnfit(name, attributes);
  if (why !== undefined) return refused(why);
  const said = format ? format.claimOf(cell, settings.file) : null;
  if (typeof said === 'string') return refused(said);
  if (format && said === null && settings.as === null)
    return refused('the file does not tell whether it is subscribed; say --as');
  const claim = said ?? { state: settings.as ?? 'active', reason: null, since: null };
  const ip = ownCell(settings, 'ip', cell) || (format?.ipOf?.(cell) ?? '');
  const own = readMoment(ownCell(settings, 'since', cell));
  return { kind: 'row', row: { ...parsed.value, name, attributes, claim: soberly(claim, settings, own), ip: ip.slice(0, 45) } };
}

function ownCell({ columns }: RosterSettings, field: string, cell: Cell): string {
  const header = columns.get(field)?.[0];
  return header === undefined ? '' : cell(header);
}

const CAUTION: readonly Claim['state'][] = ['active', 'pending', 'ended', 'suppressed'];
const REASON_BY_ADMIN = { active: null, pending: null, ended: 'unsubscribed', suppressed: 'manual' } as const;

/** The more cautious of two states; and nothing has happened after now. */
function soberly({ state, reason, since }: Claim, { as, at }: RosterSettings, own: number | null): Claim {
  const isOverruled = as !== null && CAUTION.indexOf(as) > CAUTION.indexOf(state);
  const moment = own ?? (isOverruled ? null : since);
  const known = moment !== null && moment <= at ? moment : null;
  const last = isOverruled ? as : state;
  return { state: last, reason: isOverruled ? REASON_BY_ADMIN[last] : (reason ?? REASON_BY_ADMIN[last]), since: known };
}

function unguard(cell: string, format: RosterFormat | undefined): string {
  return format?.guarded?.test(cell) ? cell.slice(1) : cell;
}

function whyUnfit(name: string, attributes: Readonly<Record<string, string>>): string | undefined {
  if ([name, ...Object.values(attributes)].some((value) => /[\p{Cc}\u2028\u2029]/u.test(value)))
    return 'a cell holds a line break or a control character';
  if (name.length > NAME_MAX_CHARACTERS) return `the name is longer than ${NAME_MAX_CHARACTERS} characters`;
  if (Buffer.byteLength(JSON.stringify(attributes)) > ATTRIBUTES_MAX_BYTES)
    return `the other columns are over ${ATTRIBUTES_MAX_BYTES} bytes`;
  return undefined;
}

function refused(why: string): RowResult {
  return { kind: 'refused', why };
}
