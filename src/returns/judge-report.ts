// What a report's words mean: the reason, and whether the address is gone. For a returned mail and a provider's notice alike.
import type { ReadReport, ReturnReport } from '../domain/returned.ts';
import { isGone, isProven, reasonOf } from './reason-of.ts';

const WORDS_MAX = 1_000;

/** `context`: what was said around it. */
export function judgeReport(report: ReturnReport, context = ''): ReadReport {
  const { kind, status, words } = report;
  const reason = kind === 'bounce' || kind === 'delayed' ? reasonOf(status, words) : 'other';
  const isProof = kind === 'bounce' && isGone(reason) && isProven(reason, status, words, context);
  return { ...report, words: words.replace(/\s+/g, ' ').trim().slice(0, WORDS_MAX), reason, isGone: isProof };
}
