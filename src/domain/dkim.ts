// DKIM (RFC 6376): who signs, and what the world reads of it in DNS.
import { createPublicKey, type KeyObject } from 'node:crypto';

export interface DkimKey {
  /** `d=`: the domain of the sender, so that DMARC finds them aligned (RFC 7489 3.1.1). */
  readonly domain: string;
  /** `s=`. */
  readonly selector: string;
  /** RSA, of 1,024 bits at least. */
  readonly privateKey: KeyObject;
}

/** RFC 8301 3.2: signers must use 1,024 at least, and should use 2,048. */
export const DKIM_MIN_BITS = 1_024;
export const DKIM_BITS = 2_048;

/** One label of a domain name, or several (RFC 6376 3.1). */
export const SELECTOR = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

export interface DnsRecord {
  readonly name: string;
  /** A TXT record holds strings of 255 characters at most, which are joined by whoever reads them. */
  readonly strings: readonly string[];
}

/** RFC 6376 3.6.1 and 3.6.2. */
export function dkimRecord({ domain, selector, privateKey }: DkimKey): DnsRecord {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const value = `v=DKIM1; k=rsa; p=${publicKey}`;
  return { name: `${selector}._domainkey.${domain}`, strings: value.match(/.{1,255}/g) ?? [] };
}
