// Whether a notice comes from whom it says: by the signature of Mailgun, by the password that Postmark was given.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Mailgun signs a moment and a token, and not what it tells: so a token is good once. Null where it does not hold. */
export function mailgunToken(body: unknown, key: string, now: number): string | null {
  const { signature: given } = (body ?? {}) as { signature?: Readonly<Record<string, unknown>> };
  const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map((name) => String(given?.[name] ?? ''));
  if (!/^\d{1,12}$/.test(timestamp ?? '') || !token || !(Math.abs(now - Number(timestamp) * 1_000) <= AGE_MAX_MS)) return null;
  const own = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
  return isSame(own, signature ?? '') ? token : null;
}

// Mailgun tries again for eight hours.
const AGE_MAX_MS = 24 * 60 * 60_000;

/** `authorization`: the header of a request with a user, whoever it is, and a password (RFC 7617). */
export function hasPassword(authorization: string, password: string): boolean {
  const encoded = /^basic ([a-z0-9+/=]+)$/i.exec(authorization)?.[1] ?? '';
  const [, given = ''] = /^[^:]*:([\s\S]*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return isSame(given, password);
}

/** Takes as long for any two. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
