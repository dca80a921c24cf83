// A return: a message that comes back, or comes in its place (GLOSSARY), and what it reports.

/**
 * `bounce`: not delivered, for good. `delayed`: still tried. `delivered`: it has arrived, or was handed on. `complaint`: a
 * reader called it spam. `auto-reply`: a program answered. `other`: ordinary mail.
 */
export type ReturnKind = 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'auto-reply' | 'other';

/** Of one recipient. */
export interface ReturnReport {
  readonly kind: ReturnKind;
  /** The address that it is about, as the report writes it; null where it does not say. */
  readonly recipient: string | null;
  /** Enhanced status code (RFC 3463): `5.1.1`; null where there is none. */
  readonly status: string | null;
  /** What was said, on one line and shortened; empty for nothing. */
  readonly words: string;
}
