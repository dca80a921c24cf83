// npm run conformance: what the messages that Postrider emits are held against, rule by rule: the RFCs of mail, and what the
// large mailbox providers ask. Each row says whether it is held by all messages, or which of them breaks it, and how.
import { styled, table } from '../../src/cli/terminal.ts';
import { DKIM_ROWS } from './conformance/dkim-rows.ts';
import { HEADER_ROWS } from './conformance/header-rows.ts';
import { LIST_ROWS } from './conformance/list-rows.ts';
import type { Mail } from './conformance/mail.ts';
import { MIME_ROWS } from './conformance/mime-rows.ts';
import { OPERATOR_RULES, PROVIDER_ROWS } from './conformance/provider-rows.ts';
import type { Row } from './conformance/row.ts';
import { SMTP_ROWS } from './conformance/smtp-rows.ts';
import { emitMails } from './emitted.ts';

export const ROWS: readonly Row[] = [...PROVIDER_ROWS, ...SMTP_ROWS, ...HEADER_ROWS, ...MIME_ROWS, ...LIST_ROWS, ...DKIM_ROWS];

export interface Held {
  /** How many messages the row concerns. */
  readonly count: number;
  /** `name: why` for each that breaks it. */
  readonly broken: readonly string[];
}

export async function hold(row: Row, mails: readonly Mail[]): Promise<Held> {
  const concerned = mails.filter((mail) => row.concerns?.(mail) ?? true);
  const broken: string[] = [];
  for (const mail of concerned) {
    const wrong = await row.check(mail, mails);
    if (wrong !== undefined) broken.push(`${mail.name}: ${wrong}`);
  }
  return { count: concerned.length, broken };
}

async function main(): Promise<void> {
  const mails = await emitMails();
  const lines: (readonly string[])[] = [];
  let brokenRows = 0;
  for (const row of ROWS) {
    const { count, broken } = await hold(row, mails);
    if (broken.length > 0 || count === 0) brokenRows++;
    lines.push([row.source, row.rule, verdictOf(count, broken)]);
  }
  for (const { source, rule, whose } of OPERATOR_RULES) lines.push([source, rule, `not in the bytes: ${whose}`]);
  console.log(table(lines, ['source', 'rule', '']));
  console.log(
    `\n${mails.length} messages, ${ROWS.length} rules: ${ROWS.length - brokenRows} held, ${brokenRows} broken; ${OPERATOR_RULES.length} are not in the bytes.`,
  );
  if (brokenRows > 0) process.exitCode = 1;
}

function verdictOf(count: number, broken: readonly string[]): string {
  if (count === 0) return styled('red', 'broken: no message shows it');
  if (broken.length === 0) return `held (${count})`;
  return styled('red', `broken by ${broken.length} of ${count}: ${broken[0]}`);
}

if (import.meta.main) await main();
