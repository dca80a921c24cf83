// An admin keeps the books: another tool's export comes in, goes out and is undone; who left stays away, who was erased is
// forgotten, and whatever is wrong gets a sentence and changes nothing.
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { openLedger } from '../../src/store/open-ledger.ts';
import { newsletterFolder, type Place, postrider, runSink, takenBy, writeReaders } from './cli.ts';
import { SEND } from './several.ts';

const LIMIT = { timeout: 120_000 };
const HEADER =
  'Email Address,First Name,Last Name,City,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID,NOTES';
const NOBODY = 'email,name,state,since,reason\r\n';

function memberOf(address: string, first: string, last: string, joined: string): string {
  return `${address},${first},${last},Rome,2,${joined},198.51.100.7,${joined},198.51.100.7,${joined},1,abc,`;
}

const JOINED = '2021-05-06 07:08:09';
const AUDIENCE = {
  'subscribed_email_audience_export_ab.csv': [
    HEADER,
    memberOf('ada@x.example', 'Ada', 'Lovelace', JOINED),
    memberOf('bob@x.example', 'Bob', '', JOINED),
  ],
  'unsubscribed_email_audience_export_ab.csv': [
    `${HEADER},UNSUB_TIME,UNSUB_REASON`,
    `${memberOf('eve@x.example', 'Eve', '', JOINED)},2022-01-02 03:04:05,NORMAL (Abuse)`,
    `${memberOf('liz@x.example', 'Liz', '', JOINED)},2022-01-02 03:04:06,OTHER`,
  ],
  'cleaned_email_audience_export_ab.csv': [
    `${HEADER},CLEAN_TIME`,
    `${memberOf('old@x.example', 'Old', '', JOINED)},2022-02-03 04:05:06`,
  ],
  'nonsubscribed_email_audience_export_ab.csv': [HEADER, memberOf('non@x.example', 'Non', '', JOINED)],
};

async function writeZip(file: string, files: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, lines] of Object.entries(files)) zip.addBuffer(Buffer.from(`${lines.join('\n')}\n`), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

const newPlace = (): Place => ({ cwd: newsletterFolder() });
const put = ({ cwd }: Place, name: string, text: string): void => writeFileSync(join(cwd, name), text);
const outputOf = async (args: readonly string[], place: Place): Promise<string> => (await postrider(args, place)).stdout;

/** All that the commands tell of whom there is. */
async function booksOf(place: Place): Promise<Readonly<Record<'subscribers' | 'suppressions' | 'imports', string>>> {
  const subscribers = await outputOf(['subscribers', 'export'], place);
  const suppressions = await outputOf(['suppressions', 'export'], place);
  return { subscribers, suppressions, imports: await outputOf(['subscribers', 'imports', '--json'], place) };
}

/** The same from the ledger itself. */
async function ledgerOf({ cwd }: Place): Promise<object> {
  const { ledger } = await openLedger(`sqlite:${join(cwd, '.postrider/ledger.sqlite')}`);
  const held = [ledger.subscribers.page('monthly', 0, 100), ledger.suppressions.page('', 100), ledger.imports.all()];
  return Promise.all(held).finally(() => ledger.close());
}

async function imported(args: readonly string[], place: Place): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await postrider(['subscribers', 'import', ...args, '--json'], place);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

interface Shown {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly subscriptions: readonly object[];
  readonly suppression: object | null;
  readonly consent: readonly object[];
}

async function shown(address: string, place: Place): Promise<Shown> {
  return JSON.parse(await outputOf(['subscribers', 'show', address, '--json'], place)) as Shown;
}

it('rehearses, imports, repeats, hands on and undoes an audience of Mailchimp', LIMIT, async () => {
  const [place, second] = [newPlace(), newPlace()];
  await writeZip(join(place.cwd, 'audience.zip'), AUDIENCE);
  const empty = await booksOf(place);
  expect(empty.subscribers).toBe(NOBODY);

  const rehearsal = await postrider(['subscribers', 'import', 'audience.zip', '--dry-run'], place);
  expect(rehearsal).toMatchObject({ code: 0, stderr: expect.stringMatching(/dry run: nothing was written/) });
  expect(rehearsal.stdout).toMatch(/^\+ ada@x\.example {2}active {2}Ada Lovelace {2}city: Rome$/m);
  expect(rehearsal.stdout).toMatch(/^\+ eve@x\.example {2}suppressed \(complaint\)/m);
  expect(rehearsal.stdout).toMatch(/^\+ liz@x\.example {2}ended \(unsubscribed\)/m);
  expect(rehearsal.stdout).toMatch(/^\+ old@x\.example {2}suppressed \(gone\)/m);
  expect(rehearsal.stdout).toMatch(/6 rows read \(Mailchimp\)/);
  expect(await booksOf(place)).toEqual(empty);

  const first = await imported(['audience.zip'], place);
  expect(first).toMatchObject({
    ...{ format: 'Mailchimp', rows: 6, added: 5, updated: 0, unchanged: 0, kept: 0, refused: 1, repeated: 0 },
    now: { active: 2, pending: 0, ended: 1, suppressed: 2 },
  });
  expect(readFileSync(String(first['rejects']), 'utf8')).toMatch(/without a subscription.*non@x\.example/);
  const books = await booksOf(place);
  const joined = '2021-05-06T07:08:09.000Z';
  expect(books.subscribers.split('\r\n')).toEqual([
    'email,name,state,since,reason,city',
    `ada@x.example,Ada Lovelace,active,${joined},,Rome`,
    `bob@x.example,Bob,active,${joined},,Rome`,
    'liz@x.example,Liz,ended,2022-01-02T03:04:06.000Z,unsubscribed,Rome',
    '',
  ]);
  expect(books.suppressions.split('\r\n')).toEqual([
    'email,reason,since,note',
    'eve@x.example,complaint,2022-01-02T03:04:05.000Z,',
    'old@x.example,gone,2022-02-03T04:05:06.000Z,',
    '',
  ]);
  expect((await shown('ada@x.example', place)).consent).toMatchObject([
    { at: joined, kind: 'imported', origin: 'import', form: 'import 1 audience.zip', ip: '198.51.100.7' },
  ]);

  expect(await imported(['audience.zip'], place)).toMatchObject({ added: 0, updated: 0, unchanged: 5, refused: 1 });
  const again = await booksOf(place);
  expect({ ...again, imports: '' }).toEqual({ ...books, imports: '' });

  put(second, 'readers.csv', books.subscribers);
  put(second, 'never.csv', books.suppressions);
  expect(await imported(['readers.csv'], second)).toMatchObject({ format: 'Postrider', rows: 3, added: 3 });
  expect(await postrider(['suppressions', 'import', 'never.csv'], second)).toMatchObject({ code: 0 });
  expect({ ...(await booksOf(second)), imports: '' }).toEqual({ ...books, imports: '' });

  // The second says the same of those who left: as long as it stands, so do they.
  expect((await postrider(['subscribers', 'undo', '2'], place)).stdout).toBe('Undone: 3 changes of import 2.\n');
  expect((await postrider(['subscribers', 'undo', '1'], place)).stdout).toBe('Undone: 5 changes of import 1.\n');
  const undone = await booksOf(place);
  expect({ ...undone, imports: '' }).toEqual({ ...empty, imports: '' });
  expect(JSON.parse(undone.imports)).toMatchObject([
    { id: 2, undoneAt: expect.any(String), changes: 0 },
    { id: 1, source: 'audience.zip', undoneAt: expect.any(String), changes: 0 },
  ]);
  expect(await postrider(['subscribers', 'undo', '1'], place)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Import 1 was undone at/),
  });
  expect(await imported(['audience.zip'], place)).toMatchObject({ added: 5 });
});

it('leaves out of an undo whom an admin has removed since', LIMIT, async () => {
  const place = newPlace();
  await imported([writeReaders(place.cwd, 3)], place);
  await postrider(['subscribers', 'remove', 'reader1@example.org'], place);
  expect(await postrider(['subscribers', 'undo', '1'], place)).toMatchObject({
    ...{ code: 0, stdout: 'Undone: 2 changes of import 1.\n', stderr: expect.stringMatching(/^1 change kept/) },
  });
  const { subscribers } = await booksOf(place);
  expect(subscribers.split('\r\n').slice(1)).toEqual([expect.stringMatching(/^reader1@example\.org,.*,ended,.*,removed/), '']);
});

it('has the same in the books whichever of the files comes first', LIMIT, async () => {
  const files = [
    ['active.csv', 'email,joined\nada@x.example,2021-01-01\n', '--as', 'active', '--column', 'since=joined'],
    ['left.csv', 'email,left\nada@x.example,2022-02-02\n', '--as', 'ended', '--column', 'since=left'],
    ['never.csv', 'email,when\nada@x.example,2020-03-03\n', '--as', 'suppressed', '--column', 'since=when'],
  ] as const;
  const states = await Promise.all(
    [files, files.toReversed()].map(async (order) => {
      const place = newPlace();
      for (const [name, text, ...args] of order) {
        put(place, name, text);
        await imported([name, ...args], place);
      }
      const { subscriptions, suppression } = await shown('ada@x.example', place);
      return { subscriptions, suppression };
    }),
  );
  const [since, at] = ['2022-02-02T00:00:00.000Z', '2020-03-03T00:00:00.000Z'];
  const same = {
    subscriptions: [{ list: 'monthly', state: 'ended', endedReason: 'unsubscribed', since }],
    suppression: { reason: 'manual', at },
  };
  expect(states).toEqual([same, same]);
});

const LISTMONK =
  'uuid,email,name,attributes,status,created_at,updated_at\n1,ada@x.example,Ada,{},enabled,2021-01-01,2021-01-01\n';
const PLAIN = 'email,name\nada@x.example,Ada\n';

interface Wrong {
  readonly what: string;
  /** The file `given`, or the files of the zip `given`. */
  readonly file?: string | Readonly<Record<string, readonly string[]>>;
  readonly args?: readonly string[];
  readonly says: readonly RegExp[];
}

const WRONG: readonly Wrong[] = [
  {
    what: 'an export of listmonk, and nothing said of its rows',
    file: LISTMONK,
    says: [/given: listmonk's export does not say who is subscribed/, /--as active, --as pending or --as ended/],
  },
  {
    what: 'a column that may say who left',
    file: 'email,unsubscribed\nada@x.example,true\n',
    says: [/column "unsubscribed" may say who is subscribed/, /--as ended/],
  },
  { what: 'a --column without a header', args: ['--column', 'email'], says: [/--column "email" is not FIELD=HEADER/] },
  {
    what: 'a --column that the file has not',
    args: ['--column', 'email=Adresse'],
    says: [/There is no column "Adresse"; the header has: email, name/, /Mend --column/],
  },
  { what: 'an --as that is none', args: ['--as', 'gone'], says: [/'gone' is invalid/, /active, pending, ended, suppressed/] },
  {
    what: 'consent of those who left',
    args: ['--as', 'ended', '--consent', 'by form'],
    says: [/--consent is for those who agreed/],
  },
  {
    what: 'no zip, though it begins like one',
    file: 'PK\u0003\u0004 and then nothing of the kind',
    says: [/given cannot be read: /],
  },
  { what: 'a zip without a list', file: { 'readme.txt': ['ada@x.example'] }, says: [/There is no CSV file in it/] },
  {
    what: 'a zip of two lists, of which one has no addresses',
    file: { 'a.csv': ['email', 'ada@x.example'], 'b.csv': ['city', 'Rome'] },
    says: [/given: In b\.csv: The header has no column for the address/],
  },
  { what: 'an empty file', file: '', says: [/The file is empty/] },
];

describe('what is wrong', () => {
  let place: Place;
  let before: object;
  beforeAll(async () => {
    place = newPlace();
    await imported([writeReaders(place.cwd, 1)], place);
    before = await ledgerOf(place);
    expect(before).toMatchObject([[{ address: 'reader0@example.org' }], [], [{ changes: 1 }]]);
  });

  const expectRefused = async (args: readonly string[], says: readonly RegExp[]): Promise<void> => {
    const { code, stdout, stderr } = await postrider(['subscribers', ...args], place);
    for (const pattern of says) expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/\n\s+at .*\.(ts|js):\d+/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await ledgerOf(place)).toEqual(before);
  };

  it.each(WRONG)('with a file is said, and nothing is changed: $what', LIMIT, async ({ file = PLAIN, args = [], says }) => {
    if (typeof file === 'string') put(place, 'given', file);
    else await writeZip(join(place.cwd, 'given'), file);
    await expectRefused(['import', 'given', ...args], says);
  });

  it.each(['99', 'readers.csv', '-1'])('with an undo is said, and nothing is changed: import %s', LIMIT, (id) =>
    expectRefused(['undo', '--', id], [new RegExp(`There is no import ${id}`), /subscribers imports/]),
  );
});

it('takes an export of listmonk once it is told what the rows are', LIMIT, async () => {
  const place = newPlace();
  put(place, 'listmonk.csv', LISTMONK);
  expect(await imported(['listmonk.csv', '--as', 'ended'], place)).toMatchObject({
    format: 'listmonk',
    added: 1,
    now: { ended: 1 },
  });
});

it('lets an admin lift what an admin said, and not what a reader did', LIMIT, async () => {
  const place = newPlace();
  const suppressions = (...args: string[]) => postrider(['suppressions', ...args], place);
  expect(await suppressions('add', 'bob@x.example', '--note', 'by phone')).toMatchObject({ code: 0 });
  expect(await suppressions('add', 'eve@x.example', '--reason', 'complaint')).toMatchObject({ code: 0 });
  expect(await suppressions('add', 'nobody', '--reason', 'complaint')).toMatchObject({ code: 2 });
  expect(await suppressions('add', 'ada@x.example', '--reason', 'dislike')).toMatchObject({ code: 2 });
  expect(await suppressions('remove', 'bob@x.example')).toMatchObject({ code: 0 });
  expect(await suppressions('remove', 'bob@x.example')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/not suppressed/),
  });
  expect(await suppressions('remove', 'EVE@x.example')).toMatchObject({
    ...{ code: 1, stdout: '', stderr: expect.stringMatching(/suppressed as complaint: only the reader can lift that/) },
  });
  const { stdout } = await suppressions('ls', '--json');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([{ address: 'eve@x.example', reason: 'complaint' }]);
});

it('keeps out of a file whom it has erased', LIMIT, async () => {
  const place = newPlace();
  const file = writeReaders(place.cwd, 2);
  await imported([file], place);
  expect(await postrider(['subscribers', 'erase', 'reader0@example.org', '--yes'], place)).toMatchObject({ code: 0 });
  const before = await booksOf(place);
  expect(before.subscribers).not.toContain('reader0');
  expect(JSON.parse(before.imports)).toMatchObject([{ id: 1, changes: 1 }]);
  const rehearsal = await outputOf(['subscribers', 'import', file, '--dry-run'], place);
  expect(rehearsal).toMatch(/^= reader0@example\.org {2}is erased; the file says active$/m);
  expect(await imported([file], place)).toMatchObject({ added: 0, unchanged: 1, kept: 1 });
  expect((await booksOf(place)).subscribers).toBe(before.subscribers);
  for (const args of [
    ['show', 'reader0@example.org'],
    ['add', 'reader0@example.org'],
  ])
    expect(await postrider(['subscribers', ...args], place)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/was erased/),
    });
  for (const address of ['reader0@example.org', 'nobody@example.org'])
    expect(await postrider(['subscribers', 'erase', address, '--yes'], place)).toMatchObject({
      ...{ code: 1, stderr: expect.stringMatching(/is not known/) },
    });
});

it('moves a reader with all that is known of the reader', LIMIT, async () => {
  const place = newPlace();
  await imported([writeReaders(place.cwd, 2)], place);
  const move = (to: string) => postrider(['subscribers', 'move', 'reader0@example.org', to], place);
  const before = await shown('reader0@example.org', place);
  expect(await move('nowhere')).toMatchObject({ code: 2, stderr: expect.stringMatching(/"nowhere" is not an address/) });
  expect(await move('reader1@example.org')).toMatchObject({ code: 1, stderr: expect.stringMatching(/is a subscriber already/) });
  expect(await shown('reader0@example.org', place)).toEqual(before);
  expect(await move('Ada@New.example')).toMatchObject({ code: 0, stdout: 'reader0@example.org is Ada@new.example now.\n' });
  const { consent, ...rest } = before;
  expect(await shown('ada@new.example', place)).toMatchObject({
    ...{ ...rest, address: 'Ada@new.example' },
    consent: [...consent, { kind: 'moved', detail: 'reader0@example.org' }],
  });
  expect(await move('else@new.example')).toMatchObject({ code: 1, stderr: expect.stringMatching(/is not known/) });
  expect(await postrider(['subscribers', 'show', 'reader0@example.org'], place)).toMatchObject({ code: 1 });
});

it('gives out no cell that a spreadsheet would execute, and takes it back as it was', LIMIT, async () => {
  const [place, second] = [newPlace(), newPlace()];
  const cells = ['+1@x.example', '=cmd()', '@SUM(1)', "-1+cmd|' /C calc'!A0"];
  put(place, 'readers.csv', `email,name,city,team,joined\n${cells.join(',')},2021-01-01\n`);
  await imported(['readers.csv', '--column', 'since=joined'], place);
  const { subscribers } = await booksOf(place);
  expect(subscribers.split('\r\n')[1]?.split(',')).toEqual([
    ...["'+1@x.example", "'=cmd()", 'active', '2021-01-01T00:00:00.000Z', '', "'@SUM(1)", "'-1+cmd|' /C calc'!A0"],
  ]);
  put(second, 'readers.csv', subscribers);
  expect(await imported(['readers.csv'], second)).toMatchObject({ format: 'Postrider', added: 1 });
  const back = { name: cells[1], attributes: { city: cells[2], team: cells[3] } };
  expect(await shown('+1@x.example', place)).toMatchObject(back);
  expect(await shown('+1@x.example', second)).toMatchObject(back);
  expect((await booksOf(second)).subscribers).toBe(subscribers);
});

describe('a ledger that has sent under one secret', () => {
  const [OLD, NEW] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];

  it('sends nothing under another, until the old one stands after it', LIMIT, async () => {
    const sink = await runSink();
    try {
      const cwd = newsletterFolder(sink.url);
      await imported([writeReaders(cwd, 2)], { cwd });
      expect(await postrider(SEND, { cwd })).toMatchObject({ code: 0 });
      put({ cwd }, 'issues/2023-02.md', '# February\n\nAnother short issue.\n');
      const sendWith = (secret: string) =>
        postrider(['send', '--issue', '2023-02', '--yes'], { cwd, env: { POSTRIDER_SECRET: secret } });
      expect(await sendWith(NEW)).toMatchObject({
        ...{ code: 2, stdout: '', stderr: expect.stringMatching(/not the one that this ledger was used with(.|\n)*=new,old/) },
      });
      expect(takenBy(sink)).toHaveLength(2);
      expect(JSON.parse(await outputOf(['status', '--json'], { cwd }))).toHaveLength(1);
      const both = await sendWith(`${NEW},${OLD}`);
      expect(both).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/are dead/) });
      expect(takenBy(sink)).toHaveLength(4);
      expect(await sendWith(NEW)).toMatchObject({ code: 0, stderr: expect.stringMatching(/are dead/) });
    } finally {
      await sink.stop();
    }
  });
});
