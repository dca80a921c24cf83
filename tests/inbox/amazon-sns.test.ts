// Notices by SNS: believed where Amazon has signed them for a topic of ours, today; nothing else is. Each forgery is a line.
import { describe, expect, it } from 'vitest';
import { type AmazonTrust, getFromAmazon, readSigned, type SignedNotice } from '../../src/inbox/amazon-sns.ts';
import { type AmazonKey, amazonKey, type Body, canMakeKeys, TOPIC } from './amazon-key.ts';

const DAY_MS = 24 * 60 * 60_000;
// Certificates are made while the tests run, and are valid from then on.
const now = Date.now() + 60_000;

describe.skipIf(!canMakeKeys)('a notice', () => {
  const key = amazonKey();
  const got: string[] = [];

  /** `get` serves the key's certificate at its own address, and no other. */
  function read(body: unknown, rest: Partial<AmazonTrust> = {}, from: AmazonKey = key): Promise<SignedNotice> {
    const get = (url: string): Promise<string> => {
      got.push(url);
      return url === from.url ? Promise.resolve(from.certificate) : Promise.reject(new Error(`${url}: not found`));
    };
    return readSigned(body, { topics: ['arn:aws:sns:eu-central-1:123456789012:another', TOPIC], get, now, ...rest });
  }

  const without = (body: Body, name: string): Body => Object.fromEntries(Object.entries(body).filter(([each]) => each !== name));

  it.each<[string, Body]>([
    ['the first version', { SignatureVersion: '1' }],
    ['the second version', { SignatureVersion: '2' }],
    ['a subject', { Subject: 'Amazon SES Email Event Notification' }],
    ['letters of all kinds', { Message: 'Zoë\n"日本" 💌 \\u0041' }],
    ['an empty message', { Message: '' }],
    ['a moment almost a day ago', { Timestamp: new Date(now - DAY_MS + 60_000).toISOString() }],
    ['a clock that is ahead', { Timestamp: new Date(now + 60_000).toISOString() }],
  ])('with %s is believed', async (_, rest) => {
    const body = key.notice('{"notificationType":"Bounce"}', rest);
    expect(await read(body)).toEqual({ kind: 'notice', id: body['MessageId'], message: body['Message'] });
  });

  it('with fields that nobody signs, as SNS sends them, is believed', async () => {
    const body = key.notice('x', { UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe' });
    expect(await read({ ...body, MessageAttributes: { a: { Type: 'String', Value: 'b' } }, Subject: null })).toMatchObject({
      kind: 'notice',
    });
  });

  it('is believed by a certificate that was got once', async () => {
    const own = amazonKey();
    got.length = 0;
    for (const message of ['one', 'two', 'three']) expect(await read(own.notice(message), {}, own)).toMatchObject({ message });
    expect(got).toEqual([own.url]);
  });

  describe('is refused where somebody has', () => {
    const signed = key.notice('{"notificationType":"Bounce"}', { Subject: 'Amazon SES' });
    it.each([
      ['Message', '{"notificationType":"Complaint"}'],
      ['MessageId', 'another'],
      ['Subject', 'another'],
      ['Timestamp', new Date(now - 1_000).toISOString()],
      ['TopicArn', 'arn:aws:sns:eu-central-1:123456789012:another'],
      ['SignatureVersion', '1'],
      ['Signature', 'AAAA'],
      ['Signature', ''],
      ['Signature', 'no base64 at all: 💌'],
    ])('changed its %s to %s', async (name, value) => {
      expect(signed[name]).not.toBe(value);
      expect(await read({ ...signed, [name]: value })).toEqual({ kind: 'refused', why: 'its signature does not hold' });
    });

    it.each([
      'Message',
      'MessageId',
      'Subject',
      'Timestamp',
      'TopicArn',
      'Type',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
    ])('left out its %s', async (name) => {
      expect(await read(without(signed, name))).toMatchObject({ kind: 'refused' });
    });

    // Amazon's own way to sign lets lines pass from one field to the next: no field but the message has any.
    it('moved a line from one field into another', async () => {
      const body = key.notice('a\nMessageId\nb', { MessageId: 'c' });
      expect(await read({ ...body, Message: 'a', MessageId: 'b\nMessageId\nc' })).toMatchObject({ kind: 'refused' });
    });

    it('made a question of it', async () => {
      expect(await read({ ...signed, Type: 'SubscriptionConfirmation' })).toMatchObject({ kind: 'refused' });
    });

    it('signed it with another key', async () => {
      const other = amazonKey();
      expect(await read({ ...other.notice('x'), SigningCertURL: key.url })).toEqual({
        ...{ kind: 'refused', why: 'its signature does not hold' },
      });
    });
  });

  it.each([
    ['http://sns.eu-central-1.amazonaws.com/x.pem'],
    ['https://sns.evil.com/x.pem'],
    ['https://sns.us-east-1.amazonaws.com.evil.com/x.pem'],
    ['https://sns.us-east-1.amazonaws.com@evil.com/x.pem'],
    ['https://evil.com/sns.us-east-1.amazonaws.com/x.pem'],
    ['https://evil.com#.sns.us-east-1.amazonaws.com/x.pem'],
    ['https://evil.com\\.sns.us-east-1.amazonaws.com/x.pem'],
    ['https://user@sns.us-east-1.amazonaws.com/x.pem'],
    ['https://sns.us-east-1.amazonaws.com:8443/x.pem'],
    ['https://s3.us-east-1.amazonaws.com/x.pem'],
    ['https://sns.bucket.s3.amazonaws.com/x.pem'],
    ['https://sns.us-east-1.amazonaws.com/x.txt'],
    ['https://sns.us-east-1.amazonaws.com/?x.pem'],
    ['https://sns.us-east-1.amazonaws.com/x#.pem'],
    ['https://xsns.us-east-1.amazonaws.com/x.pem'],
    ['https://sns.us-east-1.amazonaws.com./x.pem'],
    ['file:///etc/ssl/x.pem'],
    ['/x.pem'],
  ])('whose certificate is said to be at %s is refused, and nothing is got', async (url) => {
    got.length = 0;
    expect(await read(key.notice('x', { SigningCertURL: url }))).toEqual({
      ...{ kind: 'refused', why: 'its certificate is from elsewhere' },
    });
    expect(got).toEqual([]);
  });

  it.each([
    ['another topic', { TopicArn: `${TOPIC}-2` }, /^the topic .*-2 is not in AMAZON_SNS_TOPICS$/],
    ['the topic of another account', { TopicArn: TOPIC.replace('123', '999') }, /is not in AMAZON_SNS_TOPICS$/],
    ['a moment of the day before yesterday', { Timestamp: new Date(now - 2 * DAY_MS).toISOString() }, /^it is older than a day$/],
    ['a moment that is yet to come', { Timestamp: new Date(now + 2 * DAY_MS).toISOString() }, /^it is older than a day$/],
    ['no moment', { Timestamp: 'today' }, /^it is older than a day$/],
    ['a signature of another version', { SignatureVersion: '3' }, /^its certificate is from elsewhere$/],
    ['the news that nobody listens any more', { Type: 'UnsubscribeConfirmation' }, /^it is no notice of SNS$/],
  ])('of %s is refused, and nothing is got', async (_, rest, why) => {
    got.length = 0;
    expect(await read(key.notice('x', rest))).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
    expect(got).toEqual([]);
  });

  it.each([[null], [undefined], ['text'], [7], [true], [[]], [[[]]], [{}], [{ Type: 7 }], [{ Type: { toString: 'x' } }]])(
    'that is %j is refused',
    async (body) => {
      expect(await read(body)).toEqual({ kind: 'refused', why: 'it is no notice of SNS' });
    },
  );

  it.each([
    ['has run out', 3 * DAY_MS],
    ['is not valid yet', -3 * DAY_MS],
  ])('by a certificate that %s is refused, though it is kept', async (_, away) => {
    const own = amazonKey();
    const body = own.notice('x', { Timestamp: new Date(now + away).toISOString() });
    expect(await read(body, { now: now + away }, own)).toMatchObject({ kind: 'refused' });
    expect(await read(own.notice('x'), {}, own)).toMatchObject({ kind: 'notice' });
    expect(await read(body, { now: now + away }, own)).toMatchObject({ kind: 'refused' });
  });

  it.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'by a certificate that is none (%j) is refused',
    async (certificate) => {
      const own = amazonKey();
      expect(await read(own.notice('x'), {}, { ...own, certificate })).toMatchObject({ kind: 'refused' });
    },
  );

  it('whose certificate cannot be got at the moment is to come again', async () => {
    const own = amazonKey();
    const get = () => Promise.reject(new Error('503'));
    await expect(read(own.notice('x'), { get }, own)).rejects.toThrow('503');
    expect(await read(own.notice('x'), {}, own)).toMatchObject({ kind: 'notice' });
  });

  // Once looked up in an object, which knows more names than its own.
  it('whose version is a word of JavaScript is refused', async () => {
    expect(await read(key.notice('x', { SignatureVersion: 'constructor' }))).toMatchObject({ kind: 'refused' });
  });

  describe('of Amazon that asks whether it may send', () => {
    it.each(['1', '2'])('is a question, and where the answer goes (version %s)', async (SignatureVersion) => {
      const body = key.question({ SignatureVersion });
      expect(await read(body)).toEqual({ kind: 'question', url: body['SubscribeURL'] });
    });

    it.each([
      'https://evil.com/?Action=ConfirmSubscription',
      'http://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription',
      'https://sns.eu-central-1.amazonaws.com.evil.com/',
      'https://sns.eu-central-1.amazonaws.com:22/',
      'https://x@sns.eu-central-1.amazonaws.com/',
      'http://127.0.0.1:8080/',
      '',
    ])('is refused where the answer would go to %j, though it is signed', async (SubscribeURL) => {
      expect(await read(key.question({ SubscribeURL }))).toEqual({ kind: 'refused', why: 'it asks for an address elsewhere' });
    });

    it.each(['SubscribeURL', 'Token', 'Message'])('is refused where its %s was changed', async (name) => {
      const changed = `${key.question()[name]}x`;
      expect(await read({ ...key.question(), [name]: changed })).toMatchObject({ kind: 'refused' });
    });

    it('is refused where the topic is not ours', async () => {
      expect(await read(key.question({ TopicArn: `${TOPIC}-2` }))).toMatchObject({ kind: 'refused' });
    });
  });
});

describe('what is got', () => {
  it.each(['https://evil.com/x.pem', 'http://sns.us-east-1.amazonaws.com/x.pem', 'http://169.254.169.254/latest/meta-data/', ''])(
    'is never %j',
    async (url) => {
      await expect(getFromAmazon(url)).rejects.toThrow("is not Amazon's.");
    },
  );
});
