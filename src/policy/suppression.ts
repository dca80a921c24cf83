// Why an address must not be mailed, and who may lift it. **Invariant**: what the reader has said, only the reader takes back.
import { LIFTED_BY_READER_ONLY } from '../domain/claim.ts';

export const SUPPRESSION_REASONS = {
  manual: { words: 'an admin wants it so', liftedBy: 'admin' },
  gone: { words: 'the address does not exist any more', liftedBy: 'admin' },
  bounces: { words: 'mail to it kept coming back', liftedBy: 'admin' },
  requested: { words: 'its owner asked never to be mailed', liftedBy: 'reader' },
  complaint: { words: 'its owner called a mail spam', liftedBy: 'reader' },
} as const;

/** A reason that is not known is not lifted. */
export function mayBeLiftedByAdmin(reason: string): boolean {
  return Object.hasOwn(SUPPRESSION_REASONS, reason) && !LIFTED_BY_READER_ONLY.includes(reason);
}

/**
 * By confirming a letter. The other reasons an admin set, or the mail system: there nobody would get the letter, or
 * should.
 */
export function mayBeLiftedByReader(reason: string | null): boolean {
  return reason === null || LIFTED_BY_READER_ONLY.includes(reason);
}
