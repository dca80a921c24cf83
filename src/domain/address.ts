// Email addresses: kept as written, compared by key. Syntax is that of RFC 5321 4.1.2 with UTF-8
// (RFC 6531), less quoted local parts, address literals and single-label domains: no subscriber has
// those, and each of them has been used to smuggle something. It does not ask DNS.
import { domainToASCII } from 'node:url';

export interface Address {
  /** As the subscriber wrote it, trimmed, domain in lower case and A-labels (RFC 5891): what goes on the wire. */
  readonly address: string;
  /** What two spellings of one mailbox share: normal form NFC, case-folded. For comparison only. */
  readonly key: string;
}

export type AddressResult =
  | { readonly kind: 'address'; readonly value: Address }
  | { readonly kind: 'refused'; readonly why: string };

// RFC 5321 4.5.3.1: 64 octets before the @; 254 in all is what fits a path of 256.
const LOCAL_PART_MAX_BYTES = 64;
const ADDRESS_MAX_BYTES = 254;
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
// Controls, separators and the marks that turn text around never belong to an address.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zs}\p{Zl}\p{Zp}\uFFFD]/u;
// domainToASCII reads a URL's host: it would drop what follows these, or decode it.
const NOT_IN_DOMAIN = /[/?#\\%@:[\]]/;

/** Reads one bare address (no display name). Never throws. */
export function parseAddress(written: string): AddressResult {
  const text = written.trim().normalize('NFC');
  if (text === '') return refused('it is empty');
  if (UNSAFE.test(text)) return refused('it holds a space or a control character');
  const at = text.lastIndexOf('@');
  if (at < 1) return refused(at < 0 ? 'it has no @' : 'nothing stands before the @');
  return parseParts(text.slice(0, at), text.slice(at + 1));
}

/** The key under which two spellings of one address are the same; throws nothing, for known-good text. */
export function addressKey(address: string): string {
  const parsed = parseAddress(address);
  return parsed.kind === 'address' ? parsed.value.key : foldCase(address.trim().normalize('NFC'));
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** `a***@e***.org`: enough for its owner to know it, and too little for anybody else. */
export function maskAddress(address: string): string {
  const domain = domainOf(address);
  const first = (text: string): string => [...text][0] ?? '';
  return `${first(address)}***@${first(domain)}***${domain.slice(domain.lastIndexOf('.'))}`;
}

/** True where the address needs SMTPUTF8 (RFC 6531) from every server on its way. */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\p{ASCII}]/u.test(address);
}

function parseParts(local: string, domain: string): AddressResult {
  if (Buffer.byteLength(local) > LOCAL_PART_MAX_BYTES) return refused('the part before the @ is over 64 bytes');
  if (!DOT_ATOM.test(local)) return refused('the part before the @ is not valid');
  const ascii = NOT_IN_DOMAIN.test(domain) ? '' : domainToASCII(domain);
  if (!DOMAIN.test(ascii) || /\.\d+$/.test(ascii)) return refused('the part after the @ is not a domain name');
  const address = `${local}@${ascii}`;
  if (Buffer.byteLength(address) > ADDRESS_MAX_BYTES) return refused('it is over 254 bytes');
  return { kind: 'address', value: { address, key: foldCase(address) } };
}

// Upper then lower approximates full case folding: it joins ß with ss and both sigmas. The dotless ı has no
// fold but itself; its upper case is I.
function foldCase(text: string): string {
  return text
    .split('ı')
    .map((part) => part.toUpperCase().toLowerCase())
    .join('ı')
    .normalize('NFC');
}

function refused(why: string): AddressResult {
  return { kind: 'refused', why };
}
