// A returned message on its way into the ledger: whose it is, what follows from it, and what is not believed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import { isNamedByUs, type Taken, takeReturn } from '../../src/flows/take-return.ts';
import { deliveryName, unsubscribeAddress, verpAddress } from '../../src/link/delivery-links.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { claim, settlement } from '../contracts/ledger/setting.ts';
import { feedbackReport, plainBounce, statusNotification } from '../returns/returned-mail.ts';
import { memoryLedger, NOW, openTo } from './mailing-to.ts';

const SECRETS = ['a secret for a test'];
const DOMAIN = 'returns.example';
const ADDRESS = 'r0@example.org';
const GONE = statusNotification([{ address: ADDRESS }]);
const LATER = NOW + 60_000;

let ledger: Ledger;
let mailing: Mailing;
beforeEach(async () => {
  ledger = await memoryLedger(2);
  mailing = await openTo(ledger);
});
afterEach(() => ledger.close());

function take(message: string, envelope: readonly string[] = []): Promise<Taken> {
  const clock = { now: () => LATER, sleep: () => Promise.resolve() };
  return takeReturn({ bytes: Buffer.from(message), way: 'listener', envelope }, { ledger, clock, secrets: SECRETS });
}

const verp = (secrets = SECRETS) => verpAddress({ mailing: mailing.id, sequence: 1 }, DOMAIN, secrets);
const headers = (secrets = SECRETS) =>
  `Message-ID: <${deliveryName({ mailing: mailing.id, sequence: 1 }, secrets)}@${DOMAIN}>\r\nTo: ${ADDRESS}\r\n`;
const reader = (key = ADDRESS) => ledger.subscribers.find(key);
const first = async () => (await ledger.deliveries.list(mailing.id, { limit: 1 }))[0];
const recorded = () => ledger.returns.latest(10);

const acceptAllOf = async () => {
  for (const held of await claim(ledger, mailing, 'a', NOW)) await ledger.deliveries.settle(settlement(held, { at: NOW }));
};
const leaveUnknown = async () => {
  for (const held of await claim(ledger, mailing, 'a', NOW)) {
    await ledger.deliveries.mark(held, NOW);
    await ledger.deliveries.settle(settlement(held, { outcome: 'unknown', reason: 'no-reply', at: NOW }));
  }
};

describe('a bounce', () => {
  it.each<[string, () => readonly [message: string, envelope: readonly string[]]]>([
    ['the envelope', () => [GONE, [verp()]]],
    ['the envelope in capitals, among others', () => [GONE, ['news@example.org', verp().toUpperCase()]]],
    ['its own headers', () => [statusNotification([{ address: ADDRESS }], { to: verp() }), []]],
    ['the header that the last server wrote', () => [`Delivered-To: ${verp()}\r\n${GONE}`, []]],
    [
      'the headers of the message that came back',
      () => [statusNotification([{ address: ADDRESS }], { returned: headers() }), []],
    ],
    [
      'the message in plain words',
      () => [
        plainBounce(
          `<${ADDRESS}>: 550 5.1.1 User unknown\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n${headers()}`,
        ),
        [],
      ],
    ],
  ])('that names its delivery by %s is acted upon', async (_, how) => {
    await acceptAllOf();
    expect(await take(...how())).toBe('recorded');
    expect(await first()).toMatchObject({ outcome: 'accepted', fate: { kind: 'bounced', reason: 'user-unknown', at: LATER } });
    expect(await reader()).toMatchObject({ suppression: { reason: 'gone', at: LATER }, subscriptions: [{ state: 'ended' }] });
    expect(await reader('r1@example.org')).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
    expect(await recorded()).toMatchObject([{ way: 'listener', recipient: ADDRESS, effect: 'bounced, gone' }]);
  });

  it('that is brought again, by another way, is known', async () => {
    await acceptAllOf();
    const message = statusNotification([{ address: ADDRESS }], { to: verp() });
    const again = `Received: from mx.example by mail.example; Tue, 7 Feb 2023 10:00:00 +0000\r\n${message.replaceAll('\r\n', '\n')}`;
    expect([await take(message, [verp()]), await take(message), await take(again)]).toEqual(['recorded', 'known', 'known']);
  });

  it.each<[string, () => readonly [message: string, envelope: readonly string[]]]>([
    ['names nothing of ours', () => [GONE, ['news@example.org']]],
    [
      'is signed by another secret',
      () => [statusNotification([{ address: ADDRESS }], { returned: headers(['another secret']) }), [verp(['another secret'])]],
    ],
    ['has a letter changed', () => [GONE, [verp().replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@'))]]],
    ['names a delivery that is not there', () => [GONE, [verpAddress({ mailing: 99, sequence: 1 }, DOMAIN, SECRETS)]]],
  ])('that %s is counted, and nobody is removed', async (_, how) => {
    await acceptAllOf();
    expect(await take(...how())).toBe('recorded');
    expect(await first()).toMatchObject({ fate: null });
    expect(await reader()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
    expect(await recorded()).toMatchObject([{ delivery: null, recipient: ADDRESS, effect: '' }]);
  });

  it('of another address, to which the mail was passed on, counts, and the reader stays', async () => {
    await acceptAllOf();
    await take(statusNotification([{ address: 'ada@forward.example' }]), [verp()]);
    expect(await first()).toMatchObject({ fate: { kind: 'bounced', reason: 'user-unknown' } });
    expect(await reader()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
  });

  it('that is only late settles who was in doubt, and is no bounce', async () => {
    await leaveUnknown();
    await take(statusNotification([{ address: ADDRESS, action: 'delayed', status: '4.4.1', said: '451 later' }]), [verp()]);
    expect(await first()).toMatchObject({ outcome: 'accepted', fate: null });
    expect(await recorded()).toMatchObject([{ kind: 'delayed', effect: 'settled' }]);
  });
});

describe('a complaint', () => {
  it('by the message that it is about removes the reader', async () => {
    await acceptAllOf();
    expect(await take(feedbackReport('Feedback-Type: abuse\r\nVersion: 1\r\n', headers()))).toBe('recorded');
    expect(await first()).toMatchObject({ fate: { kind: 'complained' } });
    expect(await reader()).toMatchObject({ suppression: { reason: 'complaint' }, subscriptions: [{ state: 'ended' }] });
  });

  it('that names an address alone removes nobody', async () => {
    await acceptAllOf();
    const fields = `Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: ${ADDRESS}\r\n`;
    expect(await take(feedbackReport(fields))).toBe('recorded');
    expect(await reader()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
  });
});

describe('what is no return', () => {
  const letter = (rest: readonly string[] = []) =>
    ['From: r0@example.org', 'Subject: Thank you', ...rest, '', 'Well done.'].join('\r\n');

  it.each<[string, readonly string[]]>([
    ['a letter', []],
    ['an answer of a program to somebody else', ['Auto-Submitted: auto-replied']],
    ['nothing at all', ['']],
  ])('is not written down: %s', async (_, rest) => {
    expect(await take(letter(rest), ['news@example.org'])).toBe('ordinary');
    expect(await recorded()).toEqual([]);
  });

  it.each([
    ['an answer of a program', 'auto-reply', ['Auto-Submitted: auto-replied']],
    ['a reader’s answer', 'other', []],
  ])('settles who was in doubt where it names a delivery, and does nothing else: %s', async (_, kind, rest) => {
    await leaveUnknown();
    const answer = letter([...rest, `In-Reply-To: ${/<.*>/.exec(headers())?.[0]}`]);
    expect(await take(answer)).toBe('recorded');
    expect(await first()).toMatchObject({ outcome: 'accepted', reason: null, fate: null });
    expect(await reader()).toMatchObject({ suppression: null, subscriptions: [{ state: 'active' }] });
    expect(await recorded()).toMatchObject([{ kind, effect: 'settled' }]);
  });
});

describe('a mail to the address of List-Unsubscribe', () => {
  const leaving = async (secrets = SECRETS) =>
    unsubscribeAddress({ subscriber: (await reader())?.id ?? 0, list: await ledger.lists.ensure('monthly', 0) }, DOMAIN, secrets);
  const mail = (to: string, rest: readonly string[] = []) =>
    [`From: ${ADDRESS}`, `To: <${to}>`, 'Subject: unsubscribe', ...rest, '', ''].join('\r\n');
  const subscription = async () => (await reader())?.subscriptions[0];

  it.each<[string, (to: string) => readonly [message: string, envelope: readonly string[]]]>([
    ['in the header', (to) => [mail(to), []]],
    ['in the envelope', (to) => [mail('undisclosed@x.example'), [to]]],
    ['in capitals', (to) => [mail(to.toUpperCase()), []]],
  ])('ends the subscription (%s), and suppresses nobody', async (_, how) => {
    expect(await take(...how(await leaving()))).toBe('recorded');
    expect(await reader()).toMatchObject({ suppression: null });
    expect(await subscription()).toMatchObject({ state: 'ended', endedReason: 'unsubscribed', since: LATER });
    expect((await ledger.subscriptions.history((await reader())?.id ?? 0)).at(-1)).toMatchObject({
      ...{ kind: 'left', origin: 'mail', form: 'mailto', words: 'List-Unsubscribe', at: LATER },
    });
    expect(await recorded()).toMatchObject([{ kind: 'other', effect: 'left' }]);
  });

  it('twice is one leaving; and brought again, it undoes no joining after it', async () => {
    const to = await leaving();
    const other = mail(to, ['Message-ID: <two@x.example>']);
    expect([await take(mail(to)), await take(mail(to)), await take(other)]).toEqual(['recorded', 'known', 'recorded']);
    const left = (await ledger.subscriptions.history((await reader())?.id ?? 0)).filter(({ kind }) => kind === 'left');
    expect(left).toHaveLength(1);
    const ref = { subscriber: (await reader())?.id ?? 0, list: await ledger.lists.ensure('monthly', 0) };
    await ledger.subscriptions.comeBack(ref, NOW, { origin: 'web', form: '', words: '', ip: '' }, LATER);
    expect(await take(mail(to))).toBe('known');
    expect(await subscription()).toMatchObject({ state: 'active' });
  });

  it.each<[string, (to: string) => readonly [message: string, envelope: readonly string[]]]>([
    ['is a bounce to it', (to) => [statusNotification([{ address: to }], { to }), [to]]],
    ['is an answer of a program', (to) => [mail(to, ['Auto-Submitted: auto-replied']), [to]]],
    ['is out of office', (to) => [mail(to).replace('unsubscribe', 'Out of Office: News'), [to]]],
    [
      'brings the header back inside a bounce',
      (to) => [
        statusNotification([{ address: ADDRESS }], {
          to: 'news@example.org',
          returned: `List-Unsubscribe: <mailto:${to}>\r\n${headers(['another'])}`,
        }),
        [],
      ],
    ],
    ['quotes it in its text', (to) => [`${mail('news@example.org')}Please: ${to}`, []]],
    ['is to another token', () => [mail(`u-${'a'.repeat(26)}@${DOMAIN}`), []]],
  ])('ends nothing where it %s', async (_, how) => {
    await acceptAllOf();
    await take(...how(await leaving()));
    expect(await subscription()).toMatchObject({ state: 'active' });
  });

  it('by another secret ends nothing, and is ordinary', async () => {
    expect(await take(mail(await leaving(['another secret'])))).toBe('ordinary');
    expect(await subscription()).toMatchObject({ state: 'active' });
  });

  it('is done once more after a crash between the leaving and its record, and changes nothing', async () => {
    const to = await leaving();
    const ref = { subscriber: (await reader())?.id ?? 0, list: await ledger.lists.ensure('monthly', 0) };
    await ledger.subscriptions.leave(ref, { origin: 'mail', form: 'mailto', words: '', ip: '' }, LATER - 1);
    expect(await take(mail(to))).toBe('recorded');
    expect(await subscription()).toMatchObject({ state: 'ended', since: LATER - 1 });
  });

  it('is heard where returned mail has ended the subscription before', async () => {
    await acceptAllOf();
    await take(GONE, [verp()]);
    await take(mail(await leaving()));
    expect(await recorded()).toMatchObject([{ effect: 'left' }, { effect: 'bounced, gone' }]);
    expect((await ledger.subscriptions.history((await reader())?.id ?? 0)).at(-1)).toMatchObject({
      kind: 'left',
      detail: 'ended',
    });
  });
});

it('knows the addresses that are ours to take', async () => {
  const leaving = unsubscribeAddress({ subscriber: 1, list: 1 }, DOMAIN, SECRETS);
  expect([verp(), leaving, verp(['another']), 'news@example.org', ''].map((address) => isNamedByUs(address, SECRETS))).toEqual([
    ...[true, true, false, false, false],
  ]);
});
