// What sign-message.ts uses of mailauth, which has types for its `dkimSign` only; that one cannot oversign.
declare module 'mailauth/lib/tools.js' {
  export interface HeaderField {
    readonly key: string;
    readonly casedKey: string;
    readonly line: Buffer;
  }
  export function parseHeaders(header: Buffer): { readonly parsed: readonly HeaderField[] };
  export function formatSignatureHeaderLine(type: 'DKIM', tags: object, isFolded: boolean): string;
}

declare module 'mailauth/lib/dkim/header/index.js' {
  import type { HeaderField } from 'mailauth/lib/tools.js';
  export function generateCanonicalizedHeader(
    type: 'DKIM',
    signed: { readonly keys: string; readonly headers: readonly HeaderField[] },
    options: object,
  ): { readonly canonicalizedHeader: Buffer; readonly dkimHeaderOpts: object };
}

declare module 'mailauth/lib/dkim/body/index.js' {
  export function dkimBody(canonicalization: 'simple', algorithm: 'sha256', maxLength: false): BodyHash;
  interface BodyHash {
    update(chunk: Uint8Array): void;
    digest(encoding: 'base64'): string;
  }
}
