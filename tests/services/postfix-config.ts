/**
 * What sets the Postfix of the relay's contract apart: every address is delivered, but for the few a test wants
 * refused, a message is kept as it came, and there are listeners for several moods. No service in it could speak SMTP
 * to another machine, so nothing can leave.
 */

import type { PostfixKind } from './postfix-layout.ts';
import { HOST } from './postfix-main-cf.ts';

export interface PostfixOptions {
  /** How long the impatient listener waits for a silent client. */
  readonly impatienceSeconds?: number;
  /** The largest message the small listener takes. */
  readonly smallMessageBytes?: number;
  /** Further main.cf settings, over the ones here. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The listeners by the names they have in the log; each but the first differs from it in one respect. */
export const LISTENERS = ['main', 'timeout', 'small', 'early'] as const;
export type Listener = (typeof LISTENERS)[number];

export function acceptingPostfix(ports: Readonly<Record<Listener, number>>, options: PostfixOptions): PostfixKind {
  const differences: Record<Listener, string> = {
    main: '',
    timeout: `-o smtpd_timeout=${options.impatienceSeconds ?? 2}s`,
    small: `-o message_size_limit=${options.smallMessageBytes ?? 200_000}`,
    // By default a refused sender learns of it at RCPT only; here, at MAIL.
    early: '-o smtpd_delay_reject=no',
  };
  const services = LISTENERS.map(
    (name) => `127.0.0.1:${ports[name]} inet n - n - - smtpd -o syslog_name=postfix/${name} ${differences[name]}`,
  );
  return { services, settings: { ...SETTINGS, ...options.settings } };
}

const SETTINGS: Readonly<Record<string, string>> = {
  // Every address is delivered by our own script.
  default_transport: 'deliver',
  relay_transport: 'deliver',
  local_transport: 'deliver',
  virtual_transport: 'deliver',

  // A message is kept byte for byte: no header added, dropped or rewritten, our own Received taken out.
  local_header_rewrite_clients: '',
  message_drop_headers: '',
  header_checks: `regexp:{ {/^Received: from .*[[:space:]]by ${HOST.replaceAll('.', '\\.')} / IGNORE} }`,

  // "unknown@" is any domain's, and so is unknown+17@.
  smtpd_sender_restrictions: 'check_sender_access inline:{ { blocked-sender@ = 550 5.7.1 This sender is not welcome } }',
  smtpd_recipient_restrictions:
    'check_recipient_access inline:{ { unknown@ = 550 5.1.1 User unknown },' +
    ' { greylisted@ = 450 4.2.0 Greylisted, try again later } }',
};
