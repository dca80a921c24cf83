// Notices of Amazon SES by SNS: whether Amazon has signed them, for a topic of ours. Both versions of its signature
// (Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages").
import { createVerify, X509Certificate } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** A body that Amazon has signed. */
export type SignedNotice =
  | { readonly kind: 'notice'; readonly id: string; readonly message: string }
  /** Amazon asks whether it may send here: by opening the address. */
  | { readonly kind: 'question'; readonly url: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface AmazonTrust {
  readonly topics: readonly string[];
  /** Gets what stands at an address of Amazon's. */
  readonly get: (url: string) => Promise<string>;
  readonly now: number;
}

// Amazon tries again for an hour; a notice that is older was caught by somebody, and kept.
const AGE_MAX_MS = 24 * 60 * 60_000;
const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;
const ALGORITHMS = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
]);
const HOST = /^sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;
const GET_MAX_MS = 10_000;
const GET_MAX_CHARACTERS = 50_000;

export async function readSigned(body: unknown, { topics, get, now }: AmazonTrust): Promise<SignedNotice> {
  const fields = fieldsOf(body);
  const type = fields['Type'] === 'Notification' || fields['Type'] === 'SubscriptionConfirmation' ? fields['Type'] : null;
  if (type === null) return refused('it is no notice of SNS');
  if (!topics.includes(fields['TopicArn'] ?? '')) return refused(`the topic ${fields['TopicArn']} is not in AMAZON_SNS_TOPICS`);
  const sentAt = Date.parse(fields['Timestamp'] ?? '');
  if (!(Math.abs(now - sentAt) <= AGE_MAX_MS)) return refused('it is older than a day');
  const algorithm = ALGORITHMS.get(fields['SignatureVersion'] ?? '');
  const certificateUrl = fields['SigningCertURL'] ?? '';
  if (algorithm === undefined || !isAmazons(certificateUrl) || !new URL(certificateUrl).pathname.endsWith('.pem'))
    return refused('its certificate is from elsewhere');
  // What is signed is lines: only one field may have several, or some could be moved from one to another.
  if (SIGNED[type].some((name) => name !== 'Message' && fields[name]?.includes('\n'))) return refused('a field has two lines');
  const signed = SIGNED[type].flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`])).join('');
  const certificate = await certificateAt(certificateUrl, get, now);
  const verify = createVerify(algorithm).update(signed, 'utf8');
  if (!certificate || !verify.verify(certificate.publicKey, fields['Signature'] ?? '', 'base64'))
    return refused('its signature does not hold');
  if (type === 'Notification') return { kind: 'notice', id: fields['MessageId'] ?? '', message: fields['Message'] ?? '' };
  const url = fields['SubscribeURL'] ?? '';
  return isAmazons(url) ? { kind: 'question', url } : refused('it asks for an address elsewhere');
}

// Whoever knows the name of a topic may make us ask.
const limiter = new RateLimiterMemory({ points: 10, duration: 60 });

/** Over https, from Amazon's own hosts, and no further. */
export async function getFromAmazon(url: string): Promise<string> {
  if (!isAmazons(url)) throw new Error(`${url} is not Amazon's.`);
  await limiter.consume('all').catch(() => {
    throw new Error('Too much has been asked of Amazon in this minute.');
  });
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(GET_MAX_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return (await response.text()).slice(0, GET_MAX_CHARACTERS);
}

function isAmazons(written: string): boolean {
  const url = URL.parse(written);
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    `${url.username}${url.password}` === '' &&
    HOST.test(url.hostname)
  );
}

function fieldsOf(body: unknown): Readonly<Record<string, string | undefined>> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'));
}

const certificates = new Map<string, X509Certificate>();
const CERTIFICATES_MAX = 20;

/** Undefined where it is none, or not valid today. Amazon changes them rarely: each is got once. */
async function certificateAt(url: string, get: AmazonTrust['get'], now: number): Promise<X509Certificate | undefined> {
  const certificate = certificates.get(url) ?? readCertificate(await get(url));
  if (!certificate || Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) return undefined;
  if (certificates.size >= CERTIFICATES_MAX) certificates.clear();
  certificates.set(url, certificate);
  return certificate;
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function refused(why: string): SignedNotice {
  return { kind: 'refused', why };
}
