// What a report's words mean: the reason, and whether the address is gone. For a returned mail and a provider's notice alike.
import type { ReadReport, ReturnReport } from '../domain/returned.ts';
import { isGone, isProven, reasonOf } from './reason-of.ts';

const WORDS_MAX = 1_000;
// RFC 5321 4.5.3.1.3, less the angle brackets: what is longer is no address.
const ADDRESS_MAX = 254;

/** `context`: what was said around it. */
export function judgeReport(report: ReturnReport, context = ''): ReadReport {
  const { kind, status, words } = report;
  const reason = kind === 'bounce' || kind === 'delayed' ? reasonOf(status, words) : 'other';
  const isProof = kind === 'bounce' && isGone(reason) && isProven(reason, status, words, context);
  const isAddress =
    report.recipient !== null && report.recipient.length <= ADDRESS_MAX && !/[\p{Cc}\p{Cs}]/u.test(report.recipient);
  return {
    ...{ kind, status, reason, isGone: isProof },
    recipient: isAddress ? report.recipient : null,
    words: words
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, WORDS_MAX)
      .toWellFormed(),
  };
}
