// A mailbox behind IMAP (RFC 9051), as the configuration names it.

export interface MailboxPlace {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte. `starttls`: required. `none`: on this machine only. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  readonly password: string;
  readonly folder: string;
}
