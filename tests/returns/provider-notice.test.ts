// What providers' webhooks say, in the shapes that the providers document, as lists: the notice, and what it comes to.
import { describe, expect, it } from 'vitest';
import { type Provider, readNotice } from '../../src/returns/provider-notice.ts';

const ADA = 'ada@engine.example';
const SES_ID = '0102018f3a2b4c5d-11111111-2222-3333-4444-555555555555-000000';

/** `kind recipient status reason`, and `gone` where the address is. */
function read(provider: Provider, notice: unknown): string[] {
  const found = readNotice(provider, typeof notice === 'string' ? notice : JSON.stringify(notice));
  return (found?.reports ?? []).map(({ kind, recipient, status, reason, isGone }) =>
    [kind, recipient ?? '-', status ?? '-', reason, ...(isGone ? ['gone'] : [])].join(' '),
  );
}

describe('Amazon SES', () => {
  const mail = {
    timestamp: '2026-01-01T12:00:00.000Z',
    source: 'r-signed@returns.example',
    sourceArn: 'arn:aws:ses:eu-central-1:123456789012:identity/news.example',
    messageId: SES_ID,
    destination: [ADA],
    headersTruncated: false,
    headers: [{ name: 'X-Postrider-Delivery', value: 'signed' }],
    commonHeaders: { from: ['News <news@news.example>'], to: [ADA], subject: 'Subject' },
  };
  const bounce = (rest: object, ...recipients: object[]) => ({
    notificationType: 'Bounce',
    bounce: {
      ...{ bounceType: 'Permanent', bounceSubType: 'General', feedbackId: 'f', reportingMTA: 'dns; mx.amazonses.com' },
      ...{ timestamp: '2026-01-01T12:00:01.000Z', remoteMtaIp: '192.0.2.1', bouncedRecipients: recipients, ...rest },
    },
    mail,
  });
  const UNKNOWN = {
    ...{ emailAddress: ADA, action: 'failed', status: '5.1.1' },
    diagnosticCode: 'smtp; 550 5.1.1 user unknown',
  };
  const complaint = (rest: object) => ({
    notificationType: 'Complaint',
    complaint: { complainedRecipients: [{ emailAddress: ADA }], timestamp: '2026-01-01T12:00:01.000Z', feedbackId: 'f', ...rest },
    mail,
  });

  it.each<[string, object, string[]]>([
    ['a bounce', bounce({}, UNKNOWN), [`bounce ${ADA} 5.1.1 user-unknown gone`]],
    ['one that may pass', bounce({ bounceType: 'Transient' }, UNKNOWN), [`bounce ${ADA} 5.1.1 user-unknown`]],
    [
      'one that Amazon does not understand',
      bounce({ bounceType: 'Undetermined' }, UNKNOWN),
      [`bounce ${ADA} 5.1.1 user-unknown`],
    ],
    [
      'a full mailbox',
      bounce(
        { bounceType: 'Transient', bounceSubType: 'MailboxFull' },
        { emailAddress: ADA, action: 'failed', status: '5.2.2', diagnosticCode: 'smtp; 552 5.2.2 mailbox full' },
      ),
      [`bounce ${ADA} 5.2.2 mailbox-full`],
    ],
    [
      'a block',
      bounce({}, { emailAddress: ADA, action: 'failed', status: '5.7.1', diagnosticCode: 'smtp; 550 5.7.1 blocked by policy' }),
      [`bounce ${ADA} 5.7.1 policy`],
    ],
    ['one without words', bounce({}, { emailAddress: ADA }), [`bounce ${ADA} - other`]],
    [
      'one of several recipients',
      bounce({}, UNKNOWN, { emailAddress: 'grace@x.example', status: '4.4.7', diagnosticCode: 'smtp; 450 4.4.7 expired' }),
      [`bounce ${ADA} 5.1.1 user-unknown gone`, 'bounce grace@x.example 4.4.7 other'],
    ],
    [
      'a complaint',
      complaint({ complaintFeedbackType: 'abuse', userAgent: 'Yahoo!-Mail-Feedback/2.0' }),
      [`complaint ${ADA} - other`],
    ],
    ['one without a type', complaint({}), [`complaint ${ADA} - other`]],
    ['the word that it was no spam', complaint({ complaintFeedbackType: 'not-spam' }), [`other ${ADA} - other`]],
    [
      'a delivery',
      {
        notificationType: 'Delivery',
        delivery: { recipients: [ADA], smtpResponse: '250 ok', processingTimeMillis: 546, reportingMTA: 'a.amazonses.com' },
        mail,
      },
      [`delivered ${ADA} - other`],
    ],
  ])('%s, by the topic of an identity and of a configuration set alike', (_, notice, expected) => {
    const { notificationType: eventType, ...rest } = notice as { notificationType: string };
    expect([read('amazon', notice), read('amazon', { eventType, ...rest })]).toEqual([expected, expected]);
    expect(readNotice('amazon', JSON.stringify(notice))?.relayId).toBe(SES_ID);
  });

  it.each<[string, object]>([
    ['Send', { eventType: 'Send', send: {}, mail }],
    ['Open', { eventType: 'Open', open: { ipAddress: '192.0.2.1' }, mail }],
    ['Click', { eventType: 'Click', click: { link: 'https://x.example' }, mail }],
    ['Reject', { eventType: 'Reject', reject: { reason: 'Bad content' }, mail }],
    ['Rendering Failure', { eventType: 'Rendering Failure', failure: { errorMessage: 'x' }, mail }],
    [
      'a delay',
      {
        eventType: 'DeliveryDelay',
        deliveryDelay: { delayType: 'MailboxFull', delayedRecipients: [{ emailAddress: ADA }] },
        mail,
      },
    ],
    ['the beginning', { notificationType: 'AmazonSnsSubscriptionSucceeded', message: 'You have successfully subscribed.' }],
    ['a bounce of nobody', bounce({})],
  ])('%s tells nothing', (_, notice) => {
    expect(readNotice('amazon', JSON.stringify(notice))).toBeUndefined();
  });

  it('keeps the words of the other end, without what is not theirs', () => {
    const found = readNotice('amazon', JSON.stringify(bounce({}, UNKNOWN)));
    expect(found?.reports.map(({ words }) => words)).toEqual(['550 5.1.1 user unknown']);
  });

  // Amazon writes 5.1.1 of whatever stands on its list, complaints as well; nobody has been asked.
  it('what it did not send at all, for its own list, is no proof that the address is gone', () => {
    const words = 'Amazon SES did not send the message to this address because it is on the suppression list for your account.';
    const report = { emailAddress: ADA, action: 'failed', status: '5.1.1', diagnosticCode: words };
    expect(read('amazon', bounce({ bounceSubType: 'OnAccountSuppressionList' }, report)).join()).not.toContain('gone');
  });
});

describe('Mailgun', () => {
  const event = (rest: object) => ({
    signature: { timestamp: '1767268800', token: 't', signature: 's' },
    'event-data': { id: 'e', timestamp: 1767268800.1, recipient: ADA, message: { headers: { 'message-id': 'm@x' } }, ...rest },
  });
  const failed = (severity: string, status: object, rest: object = {}) =>
    event({ event: 'failed', severity, reason: 'bounce', 'delivery-status': status, ...rest });

  it.each<[string, object, string[]]>([
    [
      'a permanent failure',
      failed('permanent', {
        code: 550,
        'enhanced-code': '5.1.1',
        message: '5.1.1 The email account does not exist',
        description: '',
      }),
      [`bounce ${ADA} 5.1.1 user-unknown gone`],
    ],
    [
      'one without an enhanced code',
      failed('permanent', { code: 550, message: '550 5.1.1 user unknown', description: null }),
      [`bounce ${ADA} 5.1.1 user-unknown gone`],
    ],
    [
      'a temporary failure',
      failed('temporary', { code: 452, 'enhanced-code': '4.2.2', message: '4.2.2 mailbox full', 'retry-seconds': 600 }),
      [`delayed ${ADA} 4.2.2 mailbox-full`],
    ],
    [
      'a failure that does not say how bad it is',
      event({ event: 'failed', 'delivery-status': { code: 550, message: '5.1.1 user unknown' } }),
      [`delayed ${ADA} 5.1.1 user-unknown`],
    ],
    ['a failure without a status', event({ event: 'failed', severity: 'permanent' }), [`bounce ${ADA} - other`]],
    [
      'a failure with null for it',
      event({ event: 'failed', severity: 'permanent', 'delivery-status': null }),
      [`bounce ${ADA} - other`],
    ],
    ['a complaint', event({ event: 'complained' }), [`complaint ${ADA} - other`]],
    ...['delivered', 'opened', 'clicked', 'unsubscribed', 'accepted', 'stored'].map((name): [string, object, string[]] => [
      `the event ${name}`,
      event({ event: name }),
      [`other ${ADA} - other`],
    ]),
    ['no recipient', event({ event: 'complained', recipient: undefined }), ['complaint - - other']],
  ])('%s', (_, notice, expected) => {
    expect(read('mailgun', notice)).toEqual(expected);
    expect(readNotice('mailgun', JSON.stringify(notice))?.relayId).toBeNull();
  });

  it.each([
    ['suppress-bounce', 605, 'Not delivering to previously bounced address'],
    ['suppress-complaint', 607, 'Not delivering to a user who marked your messages as spam'],
    ['suppress-unsubscribe', 606, 'Not delivering to unsubscribed address'],
  ])('what it did not send at all (%s) is no proof that the address is gone', (reason, code, message) => {
    expect(read('mailgun', failed('permanent', { code, message: '', description: message }, { reason })).join()).not.toContain(
      'gone',
    );
  });
});

describe('Postmark', () => {
  const bounce = (Type: string, rest: object = {}) => ({
    ...{ RecordType: 'Bounce', ID: 42, Type, TypeCode: 1, Name: 'Name', Tag: '', MessageStream: 'broadcast', ServerID: 23 },
    MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
    ...{ Email: ADA, From: 'news@news.example', BouncedAt: '2026-01-01T12:00:00Z', Inactive: true, CanActivate: true },
    ...rest,
  });

  it.each<[string, object, string[]]>([
    ['HardBounce', bounce('HardBounce'), [`bounce ${ADA} 5.1.1 user-unknown gone`]],
    ['BadEmailAddress', bounce('BadEmailAddress'), [`bounce ${ADA} 5.1.1 user-unknown gone`]],
    ['SoftBounce', bounce('SoftBounce'), [`bounce ${ADA} 5.1.1 user-unknown`]],
    ['Transient', bounce('Transient', { Details: 'smtp;450 4.2.0 try later' }), [`delayed ${ADA} 4.2.0 other`]],
    ['Blocked', bounce('Blocked', { Details: 'smtp;550 5.7.1 blocked' }), [`bounce ${ADA} 5.7.1 policy`]],
    ['SpamNotification', bounce('SpamNotification', { Details: 'smtp;550 spam detected' }), [`bounce ${ADA} - spam`]],
    ['SpamComplaint', bounce('SpamComplaint', { RecordType: 'SpamComplaint' }), [`complaint ${ADA} 5.1.1 other`]],
    ['SpamComplaint as a bounce', bounce('SpamComplaint'), [`complaint ${ADA} 5.1.1 other`]],
    ['AutoResponder', bounce('AutoResponder', { Details: 'Out of office' }), [`auto-reply ${ADA} - other`]],
    ['Unsubscribe', bounce('Unsubscribe', { Details: '' }), [`other ${ADA} - other`]],
    ['Subscribe', bounce('Subscribe', { Details: '' }), [`other ${ADA} - other`]],
    ['OpenRelayTest', bounce('OpenRelayTest', { Details: '' }), [`other ${ADA} - other`]],
    ['one without details', bounce('Unknown', { Details: null, Description: '' }), [`bounce ${ADA} - other`]],
    ['one without an address', bounce('HardBounce', { Email: '' }), ['bounce - 5.1.1 user-unknown gone']],
  ])('%s', (_, notice, expected) => {
    expect(read('postmark', notice)).toEqual(expected);
    expect(readNotice('postmark', JSON.stringify(notice))?.relayId).toBe('883953f4-6105-42a2-a16a-77a8eac79483');
  });

  it.each(['Delivery', 'Open', 'Click', 'SubscriptionChange', 'Inbound'])('the record %s tells nothing', (RecordType) => {
    expect(readNotice('postmark', JSON.stringify({ ...bounce('HardBounce'), RecordType }))).toBeUndefined();
  });

  // Once looked up in an object, which knows more names than its own.
  it('a type that is a word of JavaScript is a bounce as others are', () => {
    expect(read('postmark', bounce('constructor'))).toEqual([`bounce ${ADA} 5.1.1 user-unknown`]);
  });

  // Or somebody who answers with a puzzle would count as one who was not reached.
  it.each(['ChallengeVerification', 'AddressChange'])('the answer of a program (%s) is no bounce', (type) => {
    expect(read('postmark', bounce(type, { Details: 'Please confirm that you are human' }))).toEqual([
      `auto-reply ${ADA} - other`,
    ]);
  });
});

describe('what is no notice', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const texts = [
    '',
    ' ',
    'null',
    '7',
    '"text"',
    'true',
    '[]',
    '[[]]',
    '{}',
    '{',
    '{"',
    '}',
    '\u0000',
    'undefined',
    '<xml/>',
    deep,
  ];
  const wrong = [null, 7, 'text', true, [], [null], [7], ['text'], {}, { length: 3 }];
  const shapes = (place: (value: unknown) => object) => wrong.map((value) => JSON.stringify(place(value)));

  it.each<[Provider, string[]]>([
    ['amazon', [...texts, ...shapes((mail) => ({ notificationType: 'Bounce', mail })), ...shapes((Type) => ({ Type }))]],
    [
      'mailgun',
      [
        ...texts,
        ...shapes((data) => ({ 'event-data': data })),
        ...shapes((status) => ({ 'event-data': { event: 'failed', 'delivery-status': status } })),
        ...shapes((value) => ({ 'event-data': { event: value, severity: value, recipient: value } })),
        ...shapes((message) => ({
          'event-data': { event: 'failed', 'delivery-status': { message, description: message, code: message } },
        })),
      ],
    ],
    [
      'postmark',
      [
        ...texts,
        ...shapes((RecordType) => ({ RecordType })),
        ...shapes((value) => ({
          RecordType: 'Bounce',
          Type: value,
          Email: value,
          Details: value,
          Description: value,
          MessageID: value,
        })),
      ],
    ],
  ])('of %s is read without a fault, and recipients are text', (provider, all) => {
    for (const text of all)
      for (const { recipient, words } of readNotice(provider, text)?.reports ?? [])
        expect([typeof (recipient ?? ''), typeof words]).toEqual(['string', 'string']);
  });

  // By mail anybody may send such a notice.
  it.each([
    ['no list', { bounce: { bouncedRecipients: 'text' } }],
    ['nobody', { bounce: { bouncedRecipients: [null] } }],
    ['a number for the words', { bounce: { bouncedRecipients: [{ diagnosticCode: 7 }] } }],
    ['a list for the complaint', { complaint: { complainedRecipients: {} } }],
    ['nobody who complains', { complaint: { complainedRecipients: [null] } }],
    ['a number who got it', { delivery: { recipients: 7 } }],
    ['a message that is null', { Message: null }],
  ])('of Amazon with %s is read without a fault', (_, rest) => {
    readNotice('amazon', JSON.stringify({ notificationType: 'Bounce', ...rest }));
  });

  it.each([[7], [{}], [[]]])('of Amazon with %j for an address names nobody', (emailAddress) => {
    const notice = { notificationType: 'Bounce', bounce: { bouncedRecipients: [{ emailAddress }] } };
    expect(readNotice('amazon', JSON.stringify(notice))?.reports.map(({ recipient }) => recipient)).toEqual([null]);
  });

  it('of five million letters is read at once, and its words are cut', () => {
    const words = 'user unknown '.repeat(400_000);
    const before = performance.now();
    const notices = [
      readNotice(
        'amazon',
        JSON.stringify({ notificationType: 'Bounce', bounce: { bouncedRecipients: [{ diagnosticCode: words }] } }),
      ),
      readNotice('mailgun', JSON.stringify({ 'event-data': { event: 'failed', 'delivery-status': { message: words } } })),
      readNotice('postmark', JSON.stringify({ RecordType: 'Bounce', Type: 'HardBounce', Details: words })),
    ];
    expect(performance.now() - before).toBeLessThan(3_000);
    for (const notice of notices) expect(notice?.reports.map((report) => report.words.length)).toEqual([1_000]);
  });

  // Once each { was looked at up to the end: three megabytes took two minutes.
  it.each(['{"Type"'.repeat(25_000), `{"notificationType":"Bounce",`.repeat(6_000)])(
    'that is written to take long does not (%#)',
    (text) => {
      const before = performance.now();
      expect(readNotice('amazon', text)).toBeUndefined();
      expect(performance.now() - before).toBeLessThan(100);
    },
  );

  it('with a million ends is given up soon', () => {
    const before = performance.now();
    expect(readNotice('amazon', `{"Type":${'}'.repeat(1_000_000)}`)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
