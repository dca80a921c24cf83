/**
 * Runs a private Postfix that finds out only after it accepted a message that there is no such user, and then returns it
 * to its envelope's sender with a delivery status notification (RFC 3464), as the servers of real readers do. It hands
 * mail for one domain to one port of this machine; nothing can leave the machine. It does not install anything.
 */
import type { PostfixKind } from './postfix-layout.ts';
import { type DeliveredMessage, readDeliveredSoFar } from './postfix-mail.ts';
import { startPostfixProcess } from './postfix-process.ts';

export interface BouncingOptions {
  /** Where returned mail is wanted: the domain of the envelope's sender. */
  readonly returnsDomain: string;
  /** Of 127.0.0.1: takes mail for that domain by SMTP. Where nobody listens yet, it is tried again each second. */
  readonly returnsPort: number;
}

export interface BouncingPostfix {
  /**
   * Takes every address at local.example; delivers reader@local.example and reader+17@local.example, and returns all
   * others. Refuses other domains at RCPT.
   */
  readonly port: number;
  /** The PEM file of the authority behind the certificate, which is for localhost and 127.0.0.1. */
  readonly caFile: string;
  /** What the reader has got so far; what was accepted just now may still be on its way. */
  delivered(): Promise<DeliveredMessage[]>;
  log(): Promise<string>;
  /** Stops it and removes its folder, `caFile` included. May be called again. */
  stop(): Promise<void>;
}

/** Its only user. */
export const READER = 'reader@local.example';

export async function startBouncingPostfix(options: BouncingOptions): Promise<BouncingPostfix> {
  const postfix = await startPostfixProcess(1, ([port = 0]) => bouncingPostfix(port, options));
  const { folder, ports, caFile, log, stop } = postfix;
  return { port: ports[0] ?? 0, caFile, delivered: () => readDeliveredSoFar(folder), log, stop };
}

function bouncingPostfix(port: number, { returnsDomain, returnsPort }: BouncingOptions): PostfixKind {
  return {
    services: [
      `127.0.0.1:${port} inet n - n - - smtpd`,
      'virtual unix - n n - - virtual',
      // From the loopback's address, it could not reach another machine even if it were told to.
      'smtp unix - - n - - smtp -o smtp_bind_address=127.0.0.1',
    ],
    settings: {
      transport_maps: `inline:{ { ${READER} = deliver: }, { ${returnsDomain} = smtp:[127.0.0.1]:${returnsPort} } }`,
      default_transport: 'error:5.4.4 This server delivers to local.example only',
      relay_transport: 'error:5.4.4 This server delivers to local.example only',

      // virtual(8) knows nobody; as it also tells smtpd of nobody, that lets every address pass.
      virtual_mailbox_domains: 'local.example',
      virtual_mailbox_maps: '',
      virtual_mailbox_base: '/nonexistent',
      virtual_transport: 'virtual',

      // Whoever is to get returned mail may be down for a while.
      minimal_backoff_time: '1s',
      maximal_backoff_time: '1s',
      queue_run_delay: '1s',
    },
  };
}
