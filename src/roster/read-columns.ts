// Which column of a CSV file is the address, which the name, and which are attributes.

export interface Columns {
  readonly address: number;
  /** Joined by a space, as for given name and family name. */
  readonly name: readonly number[];
  readonly attributes: readonly { readonly name: string; readonly index: number }[];
  /** True for a file without a header: a bare list of addresses. */
  readonly isFirstRowData: boolean;
}

export type ColumnsResult =
  | { readonly kind: 'columns'; readonly columns: Columns }
  | { readonly kind: 'unreadable'; readonly why: string; readonly advice: string };

/** What is known of the columns before their names are looked at; null where it is not. */
export interface KnownColumns {
  readonly address: string | null;
  readonly name: readonly string[] | null;
  /** Attributes by the header that they are under. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly isDropped: (column: string) => boolean;
}

const ADDRESS_NAMES = ['email', 'e-mail', 'email address', 'address', 'mail', 'email_address', 'emailaddress'];
const NAME_NAMES = ['name', 'full name', 'full_name', 'display name'];
const PART_NAMES = ['first name', 'first_name', 'firstname', 'last name', 'last_name', 'lastname'];

const NOTHING_KNOWN: KnownColumns = { address: null, name: null, attributes: new Map(), isDropped: () => false };

export function readColumns(header: readonly string[], known: KnownColumns = NOTHING_KNOWN): ColumnsResult {
  const spelled = header.map((cell) => cell.trim());
  const names = spelled.map((name) => name.toLowerCase());
  const guessed = ADDRESS_NAMES.map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1;
  const address = known.address === null ? guessed : spelled.indexOf(known.address);
  if (address < 0 && names.length === 1 && names[0]?.includes('@'))
    return columns({ address: 0, name: [], attributes: [], isFirstRowData: true });
  if (address < 0)
    return {
      kind: 'unreadable',
      why: `The header has no column for the address; it has: ${header.join(', ')}.`,
      advice: 'Name that column `email`, or say which it is: --column email=HEADER',
    };
  const name = known.name === null ? nameColumns(names) : known.name.map((each) => spelled.indexOf(each)).filter((at) => at >= 0);
  const attributes = spelled.flatMap((each, index) =>
    index === address || name.includes(index) || each === '' || (known.isDropped(each) && !known.attributes.has(each))
      ? []
      : [{ name: known.attributes.get(each) ?? each.toLowerCase(), index }],
  );
  return columns({ address, name, attributes, isFirstRowData: false });
}

function nameColumns(names: readonly string[]): number[] {
  const whole = names.findIndex((name) => NAME_NAMES.includes(name));
  if (whole >= 0) return [whole];
  return PART_NAMES.flatMap((part) => names.flatMap((name, index) => (name === part ? [index] : [])));
}

function columns(value: Columns): ColumnsResult {
  return { kind: 'columns', columns: value };
}
