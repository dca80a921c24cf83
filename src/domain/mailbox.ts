// A mailbox is an address with a display name, as it stands in From and Reply-To (RFC 5322 3.4).
import { parseAddress } from './address.ts';

export interface Mailbox {
  /** Display name; empty where there is none. */
  readonly name: string;
  readonly address: string;
}

// A name in quotation marks may hold those, behind a backslash (RFC 5322 3.2.4).
const WITH_NAME = /^\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^"<>]*?))\s*<(?<address>[^<>]+)>\s*$/u;

/** Reads `Name <address>` or a bare address; undefined where it is neither. */
export function parseMailbox(written: string): Mailbox | undefined {
  const { quoted, bare = '', address = written } = WITH_NAME.exec(written)?.groups ?? {};
  const name = (quoted?.replace(/\\(.)/gu, '$1') ?? bare).trim();
  const result = parseAddress(address);
  if (result.kind === 'refused' || /[\r\n\0]/.test(name)) return undefined;
  return { name, address: result.value.address };
}
