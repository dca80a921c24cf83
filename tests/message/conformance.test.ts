// Each row of the conformance table: all emitted messages hold it, and messages that break it are found to. The messages
// are sent over real SMTP once, before the first of them.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Mail } from './conformance/mail.ts';
import type { Row } from './conformance/row.ts';
import { hold, ROWS } from './conformance.ts';
import { emitMails } from './emitted.ts';

let mails: readonly Mail[];
beforeAll(async () => {
  mails = await emitMails();
}, 120_000);

const TITLED = ROWS.map((row): [string, Row] => [`${row.source}: ${row.rule}`, row]);

describe('what is emitted', () => {
  it('is each kind of message to each kind of reader', () => {
    const names = mails.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const wanted of ['grüße@', 'xn--bcher-kva', 'nameless@', 'japanese', 'links', 'traps', 'Please confirm', 'is finished'])
      expect(names).toContainEqual(expect.stringContaining(wanted));
  });

  it('goes to nobody beyond ASCII where the relay takes no such address', () => {
    const silent = mails.filter(({ conversation }) => !conversation.announced.includes('SMTPUTF8'));
    expect(silent.map(({ envelope }) => envelope.recipient)).toContain('ada@reader.example');
    expect(silent.map(({ envelope }) => envelope.recipient)).not.toContain('grüße@reader.example');
  });

  it.each(TITLED)('holds %s', async (_, row) => {
    const { count, broken } = await hold(row, mails);
    expect(broken).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });
});

describe('a message that is made to break a rule is found out', () => {
  it.each(TITLED)('by %s', async (_, row) => {
    expect(row.breaks.length).toBeGreaterThan(0);
    const passed: number[] = [];
    for (const [index, spoil] of row.breaks.entries()) if (!(await isFoundOut(row, spoil))) passed.push(index);
    expect(passed, 'these of its breaks').toEqual([]);
  });
});

/** In the first message that the row concerns, that it held before, and that is changed at all. */
async function isFoundOut(row: Row, spoil: (mail: Mail) => Mail): Promise<boolean> {
  for (const mail of mails.filter((each) => row.concerns?.(each) ?? true)) {
    const spoiled = spoil(mail);
    if (isSame(mail, spoiled) || (await row.check(mail, mails)) !== undefined) continue;
    return (await row.check(spoiled, mails)) !== undefined;
  }
  return false;
}

function isSame(mail: Mail, other: Mail): boolean {
  const parts = ({ bytes, ...rest }: Mail): unknown[] => [bytes.toString('latin1'), JSON.stringify(rest)];
  return parts(mail).join() === parts(other).join();
}
