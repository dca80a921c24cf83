/**
 * The private Postfix's main.cf: everything stays in its folder and on this machine, every address is
 * accepted but for the few a test wants refused, and a message is kept as it came.
 */
import { join } from 'node:path';
import type { Setup } from './postfix-config.ts';

export const HOST = 'relay.postrider.test';

export function mainCf({ folder, chainFile, options }: Setup): string {
  const settings: Record<string, string> = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file: join(folder, 'maillog'),
    maillog_file_prefixes: folder,
    myhostname: HOST,
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    // Queue names that sort by time, so that delivered messages can be listed in the order they came.
    enable_long_queue_ids: 'yes',

    // Every address is delivered by our own script, one recipient at a time.
    mynetworks: '127.0.0.0/8',
    mydestination: '',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    default_transport: 'deliver',
    relay_transport: 'deliver',
    local_transport: 'deliver',
    virtual_transport: 'deliver',
    deliver_destination_recipient_limit: '1',
    smtpd_peername_lookup: 'no',
    disable_dns_lookups: 'yes',
    notify_classes: '',

    // A message is kept byte for byte: no header added, dropped or rewritten, our own Received taken out.
    local_header_rewrite_clients: '',
    message_drop_headers: '',
    header_checks: `regexp:${join(folder, 'config/header_checks')}`,

    // "unknown@" is any domain's, and with the delimiter also unknown+17@: tests need many such addresses.
    recipient_delimiter: '+',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_sender_restrictions: 'check_sender_access inline:{ { blocked-sender@ = 550 5.7.1 This sender is not welcome } }',
    smtpd_recipient_restrictions:
      'check_recipient_access inline:{ { unknown@ = 550 5.1.1 User unknown },' +
      ' { greylisted@ = 450 4.2.0 Greylisted, try again later } }',

    smtpd_tls_security_level: 'may',
    smtpd_tls_chain_files: chainFile,

    // No brakes: a test connects often and errs on purpose.
    smtpd_client_connection_rate_limit: '0',
    smtpd_client_connection_count_limit: '0',
    smtpd_error_sleep_time: '0',
    smtpd_soft_error_limit: '100000',
    smtpd_hard_error_limit: '100000',
    smtpd_junk_command_limit: '100000',
    in_flow_delay: '0',
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
