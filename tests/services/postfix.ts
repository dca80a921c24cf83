/**
 * Runs a private Postfix for tests that want a real relay's answers: it sends nothing anywhere and writes down what it
 * accepts. It does not log in clients, and it does not install anything.
 */
import { acceptingPostfix, LISTENERS, type Listener, type PostfixOptions } from './postfix-config.ts';
import { type DeliveredMessage, readDelivered } from './postfix-mail.ts';
import { startPostfixProcess } from './postfix-process.ts';

export interface Postfix {
  /** Takes 10 MB; a refused sender learns of it at RCPT. All listeners refuse the same addresses. */
  readonly port: number;
  /** Answers 421 4.4.2 and hangs up when the client is silent for two seconds, or as the options say. */
  readonly timeoutPort: number;
  /** Announces and enforces a message size of 200,000 bytes, or as the options say. */
  readonly smallPort: number;
  /** Refuses a sender at MAIL already. */
  readonly earlyPort: number;
  /** The PEM file of the authority behind the certificate, which is for localhost and 127.0.0.1. */
  readonly caFile: string;
  /** Waits until all that was accepted is written down; throws if that fails. */
  delivered(): Promise<DeliveredMessage[]>;
  /** The recipients of `delivered()`, with repetitions. */
  deliveredTo(): Promise<string[]>;
  log(): Promise<string>;
  /** Stops it and removes its folder, `caFile` included. May be called again. */
  stop(): Promise<void>;
}

type Ports = Record<Listener, number>;

export async function startPostfix(options: PostfixOptions = {}): Promise<Postfix> {
  const { folder, ports, caFile, log, stop } = await startPostfixProcess(LISTENERS.length, (free) =>
    acceptingPostfix(byName(free), options),
  );
  const { main, timeout, small, early } = byName(ports);
  const delivered = () => readDelivered(folder);
  return {
    port: main,
    timeoutPort: timeout,
    smallPort: small,
    earlyPort: early,
    caFile,
    delivered,
    deliveredTo: async () => (await delivered()).map(({ recipient }) => recipient),
    log,
    stop,
  };
}

function byName(ports: readonly number[]): Ports {
  return Object.fromEntries(LISTENERS.map((name, index) => [name, ports[index]])) as Ports;
}
