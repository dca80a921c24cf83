/**
 * The main.cf of a private Postfix, as far as all have it in common: everything stays in its folder and on this
 * machine, every address is taken at RCPT, and nothing brakes.
 */
import { join } from 'node:path';
import type { PostfixPlace } from './postfix-layout.ts';

export const HOST = 'relay.postrider.test';

export function mainCf({ folder, chainFile }: PostfixPlace, further: Readonly<Record<string, string>>): string {
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

    mynetworks: '127.0.0.0/8',
    mydestination: '',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_peername_lookup: 'no',
    disable_dns_lookups: 'yes',
    notify_classes: '',
    // "reader+17@" is treated as "reader@": tests need many such addresses.
    recipient_delimiter: '+',
    // Our own script takes one recipient at a time.
    deliver_destination_recipient_limit: '1',

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
    ...further,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
