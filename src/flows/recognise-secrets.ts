// Whether the secrets of this process are those that signed the links in the mails of this ledger.
import { secretMark } from '../link/token.ts';
import type { Ledger } from '../store/ledger.ts';

export type Recognition =
  | { readonly kind: 'foreign' }
  /** Since when those were used that are not there any more. */
  | { readonly kind: 'known'; readonly since: readonly number[] };

/** The newest is noted where it may be used: on a new ledger, or beside one that the ledger knows. */
export async function recogniseSecrets(ledger: Ledger, secrets: readonly string[], at: number): Promise<Recognition> {
  const used = await ledger.secrets.used();
  const marks = secrets.map(secretMark);
  const isKnown = used.length === 0 || used.some(({ mark }) => marks.includes(mark));
  if (!isKnown) return { kind: 'foreign' };
  for (const mark of marks) await ledger.secrets.note(mark, at);
  return { kind: 'known', since: used.filter(({ mark }) => !marks.includes(mark)).map(({ firstUsedAt }) => firstUsedAt) };
}
