// Which column of a CSV file is the address, which the name, and which are attributes. Pure.

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

const ADDRESS_NAMES = ['email', 'e-mail', 'email address', 'address', 'mail', 'email_address', 'emailaddress'];
const NAME_NAMES = ['name', 'full name', 'full_name', 'display name'];
const PART_NAMES = ['first name', 'first_name', 'firstname', 'last name', 'last_name', 'lastname'];

export function readColumns(header: readonly string[]): ColumnsResult {
  const names = header.map((cell) => cell.trim().toLowerCase());
  const address = ADDRESS_NAMES.map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1;
  if (address < 0 && names.length === 1 && names[0]?.includes('@'))
    return columns({ address: 0, name: [], attributes: [], isFirstRowData: true });
  if (address < 0)
    return {
      kind: 'unreadable',
      why: `The header has no column for the address; it has: ${header.join(', ')}.`,
      advice: 'Name that column `email`.',
    };
  const whole = names.findIndex((name) => NAME_NAMES.includes(name));
  const parts = PART_NAMES.flatMap((part) => names.flatMap((name, index) => (name === part ? [index] : [])));
  const name = whole >= 0 ? [whole] : parts;
  const attributes = names.flatMap((each, index) =>
    index === address || name.includes(index) || each === '' ? [] : [{ name: each, index }],
  );
  return columns({ address, name, attributes, isFirstRowData: false });
}

function columns(value: Columns): ColumnsResult {
  return { kind: 'columns', columns: value };
}
