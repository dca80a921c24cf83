// Providers' webhooks over a ledger in memory: whose word is believed, which delivery it is about, and what follows from it.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryId } from '../../src/domain/delivery.ts';
import { type Answer, type Request, type TakingNotices, takeNotice } from '../../src/flows/take-notice.ts';
import { deliveryName, verpAddress } from '../../src/link/delivery-links.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { claim, LIST, mailingOf, settlement } from '../contracts/ledger/setting.ts';
import { amazonKey, type Body, canMakeKeys, TOPIC } from '../inbox/amazon-key.ts';

const SECRET = 'a-secret-for-these-tests';
const MAILGUN_KEY = 'a-signing-key-of-mailgun';
const PASSWORD = 'a-long-password';
const ADA = 'reader0@example.org';
const GRACE = 'reader1@example.org';
const SES_ID = '0102018f3a2b4c5d-11111111-2222-3333-4444-555555555555-000000';
const now = Date.now() + 60_000;
const key = canMakeKeys ? amazonKey() : undefined;

let ledger: Ledger;
let got: string[];
let taking: TakingNotices;
/** The first delivery, to Ada. */
let first: DeliveryId;
beforeEach(async () => {
  ({ ledger } = await openLedger('sqlite::memory:'));
  await ledger.lists.ensure(LIST, 0);
  const mailing = await mailingOf(ledger, 3);
  for (const held of await claim(ledger, mailing, 'a', 110))
    await ledger.deliveries.settle(settlement(held, { reply: `250 Ok ${SES_ID.replace(/.{6}$/, `00000${held.sequence - 1}`)}` }));
  first = { mailing: mailing.id, sequence: 1 };
  got = [];
  taking = {
    ...{ ledger, secrets: [SECRET], mailgunKey: MAILGUN_KEY, postmarkPassword: PASSWORD },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    amazon: {
      topics: [TOPIC],
      get: (url) => {
        got.push(url);
        return Promise.resolve(key?.certificate ?? '');
      },
    },
  };
});
afterEach(() => ledger.close());

/** What is known of a delivery: its fate and reason, and the state of its reader's subscription. */
async function fateOf(sequence: number): Promise<string> {
  const delivery = (await ledger.deliveries.list(first.mailing, { limit: 10 }))[sequence - 1];
  const reader = await ledger.subscribers.find(delivery?.address ?? '');
  return [
    delivery?.fate?.kind ?? delivery?.outcome,
    delivery?.fate?.reason ?? '-',
    reader?.subscriptions[0]?.state ?? 'none',
  ].join(' ');
}

const UNTOUCHED = 'accepted - active';
const GONE = 'bounced user-unknown ended';

async function nothingHappened(): Promise<void> {
  expect([await fateOf(1), await fateOf(2), await fateOf(3)]).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED]);
  expect(await ledger.suppressions.page('', 10)).toEqual([]);
}

const take = (provider: Request['provider'], body: unknown, authorization = ''): Promise<Answer> =>
  takeNotice({ provider, authorization, body: typeof body === 'string' ? body : JSON.stringify(body) }, taking);

const TAKEN: Answer = { kind: 'taken' };
const refused = (why: string): Answer => ({ kind: 'refused', why });

describe.skipIf(!canMakeKeys)('Amazon SES', () => {
  const bounceOf = (address: string, mail: object = {}) => ({
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bouncedRecipients: [
        { emailAddress: address, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      ],
    },
    mail: { source: 'news@example.org', messageId: 'another', destination: [address], ...mail },
  });
  const complaintOf = (address: string, mail: object = {}) => ({
    ...{ eventType: 'Complaint', complaint: { complainedRecipients: [{ emailAddress: address }] } },
    mail: { messageId: 'another', ...mail },
  });
  const signed = (notice: object, rest: Body = {}): Body => key?.notice(JSON.stringify(notice), rest) ?? {};

  it.each<[string, () => object]>([
    ['our header', () => ({ headers: [{ name: 'X-Postrider-Delivery', value: deliveryName(first, [SECRET]) }] })],
    ['our Message-ID', () => ({ headers: [{ name: 'Message-ID', value: `<${deliveryName(first, [SECRET])}@example.org>` }] })],
    ['our return path', () => ({ source: verpAddress(first, 'returns.example', [SECRET]) })],
    ["its own id in the relay's reply", () => ({ messageId: SES_ID })],
  ])('finds the delivery by %s', async (_, mail) => {
    expect(await take('amazon', signed(bounceOf(ADA, mail())))).toEqual(TAKEN);
    expect([await fateOf(1), await fateOf(2)]).toEqual([GONE, UNTOUCHED]);
    expect(await ledger.returns.latest(1)).toMatchObject([
      { way: 'amazon', delivery: first, effect: 'bounced, gone', recipient: ADA, at: now },
    ]);
  });

  it('its own id is good only together with the address that it was for', async () => {
    await take('amazon', signed(bounceOf('stranger@example.org', { messageId: SES_ID })));
    await nothingHappened();
    expect(await ledger.returns.latest(1)).toMatchObject([{ delivery: null, effect: '' }]);
  });

  it('that names nothing but an address of ours: the address is suppressed, and no delivery is blamed', async () => {
    await take('amazon', signed(bounceOf(ADA)));
    expect([await fateOf(1), await fateOf(2)]).toEqual(['accepted - ended', UNTOUCHED]);
    expect(await ledger.suppressions.page('', 10)).toMatchObject([{ address: ADA, reason: 'gone' }]);
  });

  it('that names several: each is suppressed', async () => {
    const { bounce, ...rest } = bounceOf(ADA);
    const bouncedRecipients = [ADA, GRACE, 'stranger@example.org'].map((emailAddress) => ({
      ...{ emailAddress, status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
    }));
    await take('amazon', signed({ ...rest, bounce: { ...bounce, bouncedRecipients } }));
    expect([await fateOf(1), await fateOf(2), await fateOf(3)]).toEqual(['accepted - ended', 'accepted - ended', UNTOUCHED]);
  });

  it('a complaint ends the subscription at once, and says why', async () => {
    await take('amazon', signed(complaintOf(ADA, { messageId: SES_ID })));
    expect(await fateOf(1)).toBe('complained complaint ended');
    expect(await ledger.suppressions.page('', 10)).toMatchObject([{ address: ADA, reason: 'complaint' }]);
  });

  it('a bounce that may pass is counted, and the reader stays', async () => {
    const { bounce, ...rest } = bounceOf(ADA, { messageId: SES_ID });
    await take('amazon', signed({ ...rest, bounce: { ...bounce, bounceType: 'Transient' } }));
    expect(await fateOf(1)).toBe('bounced user-unknown active');
  });

  it('the same notice twice counts once, and is taken twice', async () => {
    const body = signed(bounceOf(ADA, { messageId: SES_ID }));
    expect([await take('amazon', body), await take('amazon', body)]).toEqual([TAKEN, TAKEN]);
    expect(await ledger.returns.latest(10)).toHaveLength(1);
    expect(await ledger.returns.fates(first.mailing)).toEqual({ bounced: 1, complained: 0 });
  });

  it('so it is with ten at the same moment', async () => {
    const body = signed(complaintOf(ADA, { messageId: SES_ID }));
    await Promise.all(Array.from({ length: 10 }, () => take('amazon', body)));
    expect(await ledger.returns.latest(20)).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    ['not signed', () => ({ ...signed(bounceOf(ADA)), Signature: 'AAAA' })],
    ['of another topic', () => signed(bounceOf(ADA), { TopicArn: `${TOPIC}-2` })],
    ['of the day before yesterday', () => signed(bounceOf(ADA), { Timestamp: new Date(now - 48 * 60 * 60_000).toISOString() })],
    ['not wrapped by SNS', () => bounceOf(ADA)],
    ['no JSON', () => 'bounce=1'],
    ['empty', () => ''],
    ['null', () => 'null'],
  ])('that is %s is refused, and nothing is changed', async (_, body) => {
    expect(await take('amazon', body())).toMatchObject({ kind: 'refused' });
    await nothingHappened();
    expect(await ledger.returns.latest(1)).toEqual([]);
  });

  it('that tells something else, or nothing that can be read, is taken, for it would only come again', async () => {
    for (const message of ['{"eventType":"Send"}', 'Successfully validated SNS topic', ''])
      expect(await take('amazon', key?.notice(message))).toEqual(TAKEN);
    await nothingHappened();
  });

  it('that asks whether it may send is answered, at the address that it has signed', async () => {
    const body = key?.question();
    expect(await take('amazon', body)).toEqual(TAKEN);
    expect(got.at(-1)).toBe(body?.['SubscribeURL']);
    await nothingHappened();
  });

  it('that asks for another address is refused, and nothing is opened', async () => {
    expect(await take('amazon', key?.question({ SubscribeURL: 'http://169.254.169.254/' }))).toMatchObject({ kind: 'refused' });
    expect(got.filter((url) => !url.endsWith('.pem'))).toEqual([]);
  });

  it('is to come again where the ledger cannot take it', async () => {
    await ledger.close();
    await expect(take('amazon', signed(bounceOf(ADA)))).rejects.toThrow();
  });

  it('signed with our older secret names its delivery as well', async () => {
    taking = { ...taking, secrets: ['a-newer-secret-in-front', SECRET] };
    await take('amazon', signed(bounceOf(ADA, { source: verpAddress(first, 'x.example', [SECRET]) })));
    expect(await fateOf(1)).toBe(GONE);
  });
});

describe('Mailgun', () => {
  const body = (data: object, token = 'a-token', mine = MAILGUN_KEY) => {
    const timestamp = String(Math.floor(now / 1_000));
    const signature = createHmac('sha256', mine).update(`${timestamp}${token}`).digest('hex');
    return { signature: { timestamp, token, signature }, 'event-data': data };
  };
  const failed = (recipient: string, rest: object = {}) => ({
    ...{ event: 'failed', severity: 'permanent', recipient },
    'delivery-status': { code: 550, 'enhanced-code': '5.1.1', message: '5.1.1 user unknown' },
    ...rest,
  });
  const named = (id = first) => ({ message: { headers: { 'message-id': `${deliveryName(id, [SECRET])}@example.org` } } });

  it('finds the delivery by our Message-ID', async () => {
    expect(await take('mailgun', body(failed(ADA, named())))).toEqual(TAKEN);
    expect([await fateOf(1), await fateOf(2)]).toEqual([GONE, UNTOUCHED]);
  });

  it('that names only an address: it is suppressed', async () => {
    await take('mailgun', body({ event: 'complained', recipient: ADA }));
    expect(await ledger.suppressions.page('', 10)).toMatchObject([{ address: ADA, reason: 'complaint' }]);
  });

  it('whose token is brought again with other words is refused, and they change nothing', async () => {
    await take('mailgun', body({ event: 'delivered', recipient: ADA }));
    expect(await take('mailgun', body({ event: 'complained', recipient: ADA }))).toEqual(refused('it was taken before'));
    await nothingHappened();
  });

  it('whose token is brought ten times at the same moment is taken once', async () => {
    const all = [ADA, GRACE].flatMap((each) => Array.from({ length: 5 }, () => body({ event: 'complained', recipient: each })));
    const answers = await Promise.all(all.map((each) => take('mailgun', each)));
    expect(answers.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    expect(await ledger.suppressions.page('', 10)).toHaveLength(1);
  });

  it.each([
    ['another key', body(failed(ADA), 'a-token', 'another-key-of-somebody')],
    ['no signature', { 'event-data': failed(ADA) }],
    ['null for a signature', { signature: null, 'event-data': failed(ADA) }],
  ])('with %s is refused, and nothing is changed', async (_, given) => {
    expect(await take('mailgun', given)).toEqual(refused('its signature does not hold'));
    await nothingHappened();
  });

  it('is refused where there is no key, whatever it is signed with', async () => {
    taking = { ...taking, mailgunKey: null };
    for (const mine of [MAILGUN_KEY, '', 'null'])
      expect(await take('mailgun', body(failed(ADA), 'a', mine))).toMatchObject({ kind: 'refused' });
  });

  it('that was delayed changes nothing but the record', async () => {
    await take('mailgun', body(failed(ADA, { severity: 'temporary', ...named() })));
    await nothingHappened();
    expect(await ledger.returns.latest(1)).toMatchObject([{ kind: 'delayed', delivery: first, effect: '' }]);
  });

  it('that complains is heard after twenty notices of other things', async () => {
    for (let index = 0; index < 20; index++)
      await take('mailgun', body({ event: 'opened', recipient: ADA, ...named() }, `t${index}`));
    await take('mailgun', body({ event: 'complained', recipient: ADA, ...named() }, 'the-complaint'));
    expect(await fateOf(1)).toBe('complained complaint ended');
  });
});

describe('Postmark', () => {
  const basic = (password: string): string => `Basic ${Buffer.from(`postmark:${password}`).toString('base64')}`;
  const bounce = (rest: object = {}) => ({
    ...{ RecordType: 'Bounce', ID: 42, Type: 'HardBounce', MessageID: 'm-42', Email: ADA },
    Details: 'smtp;550 5.1.1 user unknown',
    ...rest,
  });

  it('finds the delivery by our header, which it gives back as metadata or in the message', async () => {
    const Content = `Return-Path: <>\nX-Postrider-Delivery: ${deliveryName(first, [SECRET])}\n\nHello.`;
    expect(await take('postmark', bounce({ Content }), basic(PASSWORD))).toEqual(TAKEN);
    expect([await fateOf(1), await fateOf(2)]).toEqual([GONE, UNTOUCHED]);
  });

  it('that names only an address: it is suppressed', async () => {
    await take('postmark', bounce({ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }), basic(PASSWORD));
    expect(await ledger.suppressions.page('', 10)).toMatchObject([{ address: ADA, reason: 'complaint' }]);
  });

  it.each(['', basic(''), basic('another-password'), `Bearer ${PASSWORD}`])(
    'with the header %j is refused',
    async (authorization) => {
      expect(await take('postmark', bounce(), authorization)).toEqual(refused('its password is another'));
      await nothingHappened();
    },
  );

  it('is refused where no password is set, even with an empty one', async () => {
    taking = { ...taking, postmarkPassword: null };
    for (const password of ['', 'null', PASSWORD])
      expect(await take('postmark', bounce(), basic(password))).toMatchObject({ kind: 'refused' });
    await nothingHappened();
  });

  it('the same twice counts once; a bounce and a complaint of the same message are two', async () => {
    for (const notice of [bounce(), bounce(), bounce({ RecordType: 'SpamComplaint', Type: 'SpamComplaint' })])
      expect(await take('postmark', notice, basic(PASSWORD))).toEqual(TAKEN);
    expect((await ledger.returns.latest(10)).map(({ kind }) => kind)).toEqual(['complaint', 'bounce']);
  });

  // Postmark's ids have nineteen digits, and JSON.parse keeps sixteen of them.
  it('two bounces whose long ids end differently are two', async () => {
    const body = (id: string, Email: string) =>
      JSON.stringify(bounce({ ID: 0, MessageID: id, Email })).replace('"ID":0', `"ID":${id}`);
    await take('postmark', body('4323372036854775807', ADA), basic(PASSWORD));
    await take('postmark', body('4323372036854775806', GRACE), basic(PASSWORD));
    expect(await ledger.returns.latest(10)).toHaveLength(2);
  });
});

describe('what a provider wrote', () => {
  const complaint = (rest: object) => JSON.stringify({ RecordType: 'SpamComplaint', ID: 7, Email: ADA, ...rest });
  const authorization = `Basic ${Buffer.from(`x:${PASSWORD}`).toString('base64')}`;

  it.each<[string, object]>([
    ['of five million letters', { Details: 'x'.repeat(5_000_000) }],
    ['with a zero byte', { Details: 'a\u0000b' }],
    ['with half a letter', { Details: 'a\ud83db' }],
    ['with lists for words', { Details: [], Description: {} }],
  ])('%s is taken', async (_, rest) => {
    expect(await take('postmark', complaint(rest), authorization)).toEqual(TAKEN);
    expect(await ledger.suppressions.page('', 10)).toMatchObject([{ address: ADA }]);
  });

  it('about an address in other letters is about the same reader', async () => {
    await take('postmark', complaint({ Email: ` ${ADA.toUpperCase()}` }), authorization);
    expect(await ledger.suppressions.page('', 10)).toMatchObject([{ address: ADA }]);
  });

  it('about nobody we know is written down, and nothing follows', async () => {
    await take('postmark', complaint({ Email: 'stranger@elsewhere.example' }), authorization);
    await nothingHappened();
    expect(await ledger.returns.latest(10)).toMatchObject([{ recipient: 'stranger@elsewhere.example', effect: '' }]);
  });
});
