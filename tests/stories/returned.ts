// What stories of returned mail need: bounces of what the witness really got, and somebody who brings them by SMTP.
import { createTransport } from 'nodemailer';
import { statusNotification } from '../returns/returned-mail.ts';
import { type Place, postrider } from './cli.ts';
import { mailTo, type ReaderSite } from './reader-site.ts';

export const RETURNS_DOMAIN = 'returns.example.org';

/** The address that the sender gave in the envelope of a reader's message. */
export function returnPathOf({ sink }: Pick<ReaderSite, 'sink'>, address: string): string {
  return sink.entries().findLast(({ recipient, isTaken }) => recipient === address && isTaken)?.sender ?? '';
}

/** The headers of a reader's message, as they come back. */
export function headOf(site: ReaderSite, address: string): string {
  return `${(mailTo(site, address) ?? '').split(/\r?\n\r?\n/)[0]}\r\n`;
}

/** An RFC 3464 report about a reader's message: gone, unless it is said otherwise. */
export function bounceOf(site: ReaderSite, address: string, said = '550 5.1.1 User unknown'): string {
  const status = /\d\.\d\.\d/.exec(said)?.[0] ?? '5.0.0';
  return statusNotification([{ address, status, said }], { to: returnPathOf(site, address), returned: headOf(site, address) });
}

/** Settles when the server has it; rejects with the server's words. */
export async function bring(port: number, to: string, message: string, from = ''): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  await transport.sendMail({ envelope: { from, to: [to] }, raw: message });
}

export async function jsonOf<T>(args: readonly string[], place: Place): Promise<T> {
  const { code, stdout, stderr } = await postrider([...args, '--json'], place);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

export interface ReportJson {
  readonly recipients: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly bounced: number;
  readonly complained: number;
  readonly left: number;
  readonly returned: readonly { readonly reason: string; readonly count: number; readonly example: string }[];
}

export function reportOf(place: Place, issue = '2023-01'): Promise<ReportJson> {
  return jsonOf(['report', '--issue', issue], place);
}
