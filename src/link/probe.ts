// A question that only the web of this very ledger can answer: does the one click work, and does it come to us?
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../domain/clock.ts';
import { signToken, verifyToken } from './token.ts';

/** Stands in an unsubscribe link in place of a subscription's token, and ends nothing. */
export function probeToken(random: RandomBytes, secrets: readonly string[]): string {
  return signToken('probe', [...random(12)], secrets);
}

/** Undefined for what is no probe of ours. Proved with the secret that it is signed with: whoever asks may know no newer one. */
export function answerToProbe(token: string, ledger: string, secrets: readonly string[]): string | undefined {
  const secret = secrets.find((each) => verifyToken('probe', token, [each]) !== undefined);
  return secret === undefined ? undefined : proof(token, ledger, secret);
}

/** Whoever answers has our ledger, and one of our secrets. */
export function isAnswerToProbe(answer: string, token: string, ledger: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(answer.trim());
  return secrets.some((secret) => {
    const wanted = Buffer.from(proof(token, ledger, secret));
    return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
  });
}

function proof(token: string, ledger: string, secret: string): string {
  return createHmac('sha256', secret).update(`probe-answer\0${ledger}\0${token}`).digest('hex');
}
