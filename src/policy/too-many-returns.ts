// When so much comes back that going on would cost the sender its name. Large receivers ask for complaints below 0.3 %
// (Gmail's and Yahoo's rules for bulk senders), and relays shut out who has more than 5 % of bounces (Amazon SES).

const COMPLAINTS_MAX = 0.003;
const BOUNCES_MAX = 0.05;
// A few are not a share of anything.
const COMPLAINTS_MIN = 3;
const BOUNCES_MIN = 20;

export interface ReturnShares {
  readonly accepted: number;
  readonly bounced: number;
  readonly complained: number;
}

export type TooMany = 'too-many-complaints' | 'too-many-bounces';

/** None where it may go on. */
export function tooManyReturns({ accepted, bounced, complained }: ReturnShares): TooMany[] {
  const causes: TooMany[] = [];
  if (complained >= COMPLAINTS_MIN && complained > accepted * COMPLAINTS_MAX) causes.push('too-many-complaints');
  if (bounced >= BOUNCES_MIN && bounced > accepted * BOUNCES_MAX) causes.push('too-many-bounces');
  return causes;
}

/** For the editor. */
export function tooManyWords(why: TooMany, { accepted, bounced, complained }: ReturnShares): string {
  return why === 'too-many-complaints'
    ? `${complained} of ${accepted} readers called it spam; receivers shut out a sender above ${COMPLAINTS_MAX * 100} %`
    : `${bounced} of ${accepted} came back; receivers shut out a sender above ${BOUNCES_MAX * 100} %`;
}

/** False where it cannot be too many, whatever was accepted: then nobody needs to count that. */
export function mayBeTooMany({ bounced, complained }: Pick<ReturnShares, 'bounced' | 'complained'>): boolean {
  return complained >= COMPLAINTS_MIN || bounced >= BOUNCES_MIN;
}
