// A provider's webhook to the ledger: believed only where the provider's signature holds, and once. What it says of an
// address is proof; which delivery it is about is found by our own signature in it, or by the relay's own name for it.
import { createHash } from 'node:crypto';
import { addressKey } from '../domain/address.ts';
import type { DeliveryId } from '../domain/delivery.ts';
import { type AmazonTrust, readSigned } from '../inbox/amazon-sns.ts';
import { hasPassword, mailgunToken } from '../inbox/shared-secrets.ts';
import { deliveryNamedIn } from '../link/delivery-links.ts';
import { afterReturn } from '../policy/after-a-return.ts';
import { type Provider, type ProviderNotice, readNotice } from '../returns/provider-notice.ts';
import type { TakingReturns } from './take-return.ts';

export interface TakingNotices extends TakingReturns {
  readonly amazon: Omit<AmazonTrust, 'now'>;
  readonly mailgunKey: string | null;
  readonly postmarkPassword: string | null;
}

export interface Request {
  readonly provider: Provider;
  /** Of HTTP; empty where there is none. */
  readonly authorization: string;
  readonly body: string;
}

export type Answer =
  | { readonly kind: 'taken' }
  /** Not the provider's, or not for us, or caught and brought again: `why` is for the log. */
  | { readonly kind: 'refused'; readonly why: string };

/** Rejects where it cannot be written down: the provider brings it again. */
export async function takeNotice(request: Request, taking: TakingNotices): Promise<Answer> {
  const proven = await prove(request, taking);
  if (proven.kind !== 'proven') return proven;
  const { fingerprint, json } = proven;
  const notice = readNotice(request.provider, json);
  if (!notice) return { kind: 'taken' };
  const { ledger, clock } = taking;
  const at = clock.now();
  const { reports } = notice;
  const delivery = await deliveryOf(notice, json, taking);
  const returned = { fingerprint, at, way: request.provider, reports, delivery, isVerified: true, effect: '' };
  const result = await ledger.returns.record(returned, (to) => afterReturn(reports, to, at));
  // Mailgun's signature is good for any words: whoever brings its token again is somebody else.
  return result === 'known' && request.provider === 'mailgun' ? refused('it was taken before') : { kind: 'taken' };
}

async function deliveryOf(
  { reports, relayId }: ProviderNotice,
  json: string,
  { ledger, secrets }: TakingReturns,
): Promise<DeliveryId | null> {
  const named = deliveryNamedIn(json, secrets);
  if (named) return named;
  const recipient = reports.find((report) => report.recipient !== null)?.recipient;
  if (relayId === null || !recipient) return null;
  return (await ledger.returns.findByReply(addressKey(recipient), relayId)) ?? null;
}

type Proof = Answer | { readonly kind: 'proven'; readonly fingerprint: string; readonly json: string };

async function prove({ provider, authorization, body }: Request, taking: TakingNotices): Promise<Proof> {
  const parsed = parse(body);
  if (parsed === undefined) return refused('it is no JSON');
  switch (provider) {
    case 'amazon':
      return proveAmazon(parsed, taking);
    case 'mailgun': {
      const token = taking.mailgunKey && mailgunToken(parsed, taking.mailgunKey, taking.clock.now());
      return token ? { kind: 'proven', fingerprint: `mailgun/${token}`, json: body } : refused('its signature does not hold');
    }
    case 'postmark': {
      const { postmarkPassword } = taking;
      if (postmarkPassword === null || !hasPassword(authorization, postmarkPassword)) return refused('its password is another');
      // Its ids are longer than numbers are in JSON.
      const fingerprint = `postmark/${createHash('sha256').update(body).digest('hex')}`;
      return { kind: 'proven', fingerprint, json: body };
    }
    default:
      return provider satisfies never;
  }
}

async function proveAmazon(body: unknown, { amazon, clock }: TakingNotices): Promise<Proof> {
  const signed = await readSigned(body, { ...amazon, now: clock.now() });
  switch (signed.kind) {
    case 'refused':
      return signed;
    case 'question':
      await amazon.get(signed.url);
      return { kind: 'taken' };
    case 'notice':
      return { kind: 'proven', fingerprint: `amazon/${signed.id}`, json: signed.message };
    default:
      return signed satisfies never;
  }
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused(why: string): { readonly kind: 'refused'; readonly why: string } {
  return { kind: 'refused', why };
}
