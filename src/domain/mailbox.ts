// A mailbox is an address with a display name, as it stands in From and Reply-To (RFC 5322 3.4).
import { parseAddress } from './address.ts';

export interface Mailbox {
  /** Display name; empty where there is none. */
  readonly name: string;
  readonly address: string;
}

/** Reads `Name <address>` or a bare address; undefined where it is neither. */
export function parseMailbox(written: string): Mailbox | undefined {
  const match = /^\s*(?:"?([^"<>]*?)"?\s*)<([^<>]+)>\s*$/u.exec(written);
  const name = match?.[1]?.trim() ?? '';
  const result = parseAddress(match?.[2] ?? written);
  if (result.kind === 'refused' || /[\r\n\0]/.test(name)) return undefined;
  return { name, address: result.value.address };
}
