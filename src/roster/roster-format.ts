// How a tool writes its subscribers down: the columns that it gives a meaning, and what a row says of consent.
import type { Claim } from '../domain/claim.ts';

/** A row by the names of its columns, which are as the file spells them; empty where there is no such column. */
export type Cell = (column: string) => string;

export interface RosterFormat {
  readonly name: string;
  readonly recognises: (header: readonly string[]) => boolean;
  readonly address: string;
  /** Joined by a space. */
  readonly names: readonly string[];
  /** Of no use to a newsletter: ids, ratings, payments, places. */
  readonly isDropped: (column: string) => boolean;
  /** What the row claims; null where it does not tell; or a sentence that says why it is left out, whatever an admin says. */
  readonly claimOf: (cell: Cell, file: string) => Claim | string | null;
  /** Where the reader was when opting in. */
  readonly ipOf?: (cell: Cell) => string;
  readonly attributesOf?: (cell: Cell) => Readonly<Record<string, string>>;
  /** The file does not say who is on the list: the admin must. */
  readonly mustBeTold?: { readonly why: string; readonly advice: string };
  /** Cells that it has put an apostrophe before, lest a spreadsheet execute them. */
  readonly guarded?: RegExp;
}

export function hasAll(header: readonly string[], ...columns: readonly string[]): boolean {
  return columns.every((column) => header.includes(column));
}
