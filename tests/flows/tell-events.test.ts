// The editor hears what happened by itself, once, by mail and by a program of the newsletter's own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAILING_EVENTS, type Mailing, type MailingEventKind } from '../../src/domain/mailing.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Telling, tellEvents } from '../../src/flows/tell-events.ts';
import type { Mark, Prepare, Submission } from '../../src/relay/relay.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { memoryLedger, NOW, openTo } from './mailing-to.ts';

const TAKEN: Submission = { kind: 'replied', reply: { code: 250, text: '250 OK', stage: 'data-end' } };
const TOLD: readonly MailingEventKind[] = [
  ...(['started', 'finished', 'stopped', 'login-refused', 'unknown', 'untouched', 'stuck'] as const),
  ...(['too-many-bounces', 'too-many-complaints'] as const),
];

let ledger: Ledger;
let mailing: Mailing;
let folder: string;
let mails: Message[];
let failures: string[];
beforeEach(async () => {
  ledger = await memoryLedger(2);
  mailing = await openTo(ledger);
  folder = mkdtempSync(join(tmpdir(), 'postrider-tell-'));
  mails = [];
  failures = [];
  // The beginning is told before what each test is about.
  for (const { id } of await ledger.mailings.untold()) await ledger.mailings.markTold(id, NOW);
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

function happen(kind: MailingEventKind, detail = ''): Promise<void> {
  return ledger.mailings.record({ mailing: mailing.id, at: NOW, kind, detail });
}

function tell(rest: Partial<Telling> = {}, answer = TAKEN): Promise<void> {
  const relay = {
    ...{ connections: 1, messagesPerSecond: 0, close: () => Promise.resolve() },
    submit: async (prepare: Prepare, mark: Mark) => {
      expect(await mark()).toBe(true);
      mails.push(prepare() as Message);
      return answer;
    },
  };
  return tellEvents({
    ...{ ledger, relay, clock: { now: () => NOW + 1, sleep: () => Promise.resolve() }, cwd: folder, command: null },
    from: { name: 'Kernel News', address: 'news@kernel.example' },
    to: { name: 'Editors', address: 'editors@kernel.example' },
    onFailure: (why) => failures.push(why),
    ...rest,
  });
}

const intoFile = [process.execPath, '-e', "process.stdin.pipe(require('fs').createWriteStream('told.json', { flags: 'a' }))"];

function told(): unknown[] {
  const lines = readFileSync(join(folder, 'told.json'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe('what is told', () => {
  it.each(MAILING_EVENTS)('of %s is a mail where it happens by itself, and nothing where a person did it', async (kind) => {
    await happen(kind);
    await tell();
    // The relay that refused our login would not take a mail about it.
    expect(mails).toHaveLength(TOLD.includes(kind) && kind !== 'login-refused' ? 1 : 0);
    expect(await ledger.mailings.untold()).toEqual([]);
  });

  it('is told once, though two processes tell at the same moment', async () => {
    await happen('finished');
    await Promise.all([tell(), tell()]);
    await tell();
    expect(mails).toHaveLength(1);
  });

  it('is told in order', async () => {
    await happen('stopped', 'first');
    await happen('finished', 'second');
    await tell();
    const texts = await Promise.all(mails.map(async ({ bytes }) => (await PostalMime.parse(bytes)).text ?? ''));
    expect(texts.map((text) => /first|second/.exec(text)?.[0])).toEqual(['first', 'second']);
  });

  it('goes nowhere where nobody wants to hear it', async () => {
    await happen('finished');
    await tell({ to: null });
    expect(mails).toEqual([]);
    expect(await ledger.mailings.untold()).toEqual([]);
  });
});

describe('the mail', () => {
  it('says what happened, how it stands and what to do', async () => {
    await happen('stopped', 'The relay said: 550 not you');
    await tell();
    const { envelope, bytes } = mails[0]!;
    const mail = await PostalMime.parse(bytes);
    expect(envelope).toEqual({ returnPath: 'news@kernel.example', recipient: 'editors@kernel.example' });
    expect(mail.subject).toBe('[Postrider] Issue 2023-01 to monthly has stopped');
    expect(mail.text).toBe(
      'Issue 2023-01 to monthly has stopped.\n\nThe relay said: 550 not you\n\nrecipients: 2\ndue: 2\n\n' +
        'When it is settled: postrider send --issue 2023-01 --list monthly\n\n',
    );
    expect(mail.messageId).toMatch(/^<postrider-event-\d+-\d+@kernel\.example>$/);
  });

  it.each([
    [{ kind: 'replied', reply: { code: 550, text: '550 no such user', stage: 'rcpt' } }, '550 no such user'],
    [{ kind: 'unreachable', why: 'refused' }, 'unreachable'],
  ] as const)('that does not get through is said: %j', async (answer, why) => {
    await happen('finished');
    await tell({}, answer);
    expect(failures).toEqual([`the mail to the editor: ${why}`]);
    expect(await ledger.mailings.untold()).toEqual([]);
  });
});

describe('the program', () => {
  it('hears it as one JSON object, of a refused login, too', async () => {
    await happen('login-refused', 'The relay refused the login.');
    await tell({ command: intoFile });
    expect(told()).toEqual([
      {
        event: 'login-refused',
        issue: '2023-01',
        list: 'monthly',
        state: 'sending',
        detail: 'The relay refused the login.',
        at: '2026-01-01T12:00:00.000Z',
        recipients: 2,
        counts: expect.objectContaining({ due: 2, accepted: 0 }),
      },
    ]);
    expect(failures).toEqual([]);
  });

  it('that fails keeps nobody from the mail, and is said', async () => {
    await happen('finished');
    await tell({ command: [process.execPath, '-e', 'process.exit(3)'] });
    expect(failures).toEqual([`the command ${process.execPath}: it ended with 3`]);
    expect(mails).toHaveLength(1);
  });
});
