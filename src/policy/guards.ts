// What keeps an editor from sending by mistake: a row for each way in which a mailing goes wrong before it has begun. A refusal
// names what is wrong and the way on; a doubt is asked about.
import { whyNotPublic } from '../domain/public-address.ts';

/** How the one-click link answered. */
export type ProbeFinding =
  | { readonly kind: 'ours' }
  /** Where the address is not public, another guard says so. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'no-secret' }
  | { readonly kind: 'stranger'; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'silence'; readonly why: string };

export interface SendingFacts {
  readonly list: string;
  /** The ledger, as a person names it. */
  readonly ledger: string;
  readonly baseUrl: string;
  readonly senderDomain: string;
  readonly probe: ProbeFinding;
  /** Files with secrets or readers that git has, or would take in; relative to the root. */
  readonly exposed: readonly string[];
  /** On a machine that is thrown away when its work is done (`CI`). */
  readonly isCi: boolean;
  readonly isDefaultLedger: boolean;
  readonly url: string;
  /** Why the issue's web version is not there; null where it is, or was not asked for. */
  readonly notOnWeb: string | null;
  readonly recipients: number;
  /** Of the last mailing to this list; null where there was none. */
  readonly recipientsBefore: number | null;
  /** The editor has said how many there are, and is right. */
  readonly isSizeExpected: boolean;
}

export interface Refusal {
  readonly message: string;
  readonly advice: string;
}

type Guard = (facts: SendingFacts) => Refusal | null;

/** In the order in which they are told. */
export const GUARDS: Readonly<Record<string, Guard>> = {
  'public-https': ({ baseUrl }) => {
    const why = whyNotPublic(baseUrl);
    if (why === null) return null;
    return refusal(
      `BASE_URL (${baseUrl}) ${why}: readers could not leave.`,
      'Set it to the public https address of `postrider serve`.',
    );
  },
  sender: ({ senderDomain }) => {
    const why = whyNotPublic(`https://${senderDomain}`);
    if (why === null) return null;
    return refusal(`The sender’s domain, ${senderDomain}, ${why}.`, 'Write an address of yours as `from` in newsletter.yaml.');
  },
  'one-click': ({ baseUrl, probe, ledger }) => {
    switch (probe.kind) {
      case 'ours':
      case 'not-asked':
        return null;
      case 'no-secret':
        return refusal(
          `Whether a reader’s click comes to this ledger (${ledger}) cannot be tried: POSTRIDER_SECRET is not set here.`,
          'Set it as it is where `postrider serve` runs.',
        );
      case 'silence':
        return refusal(
          `Nobody answers at BASE_URL (${baseUrl}): ${probe.why}.`,
          'Start `postrider serve` there, and look at what stands before it.',
        );
      case 'redirect':
        return refusal(
          `BASE_URL (${baseUrl}) leads on to ${probe.to}; mail programs do not follow that when a reader leaves with one click.`,
          'Set BASE_URL to the address at which the pages really are.',
        );
      case 'stranger':
        return refusal(
          `What answers at BASE_URL (${baseUrl}) is not this ledger (${ledger}): its one-click link is answered with ${probe.status}.`,
          probe.status >= 500
            ? 'Look whether `postrider serve` runs there, and at what stands before it.'
            : 'Give `postrider serve` there the DATABASE_URL and POSTRIDER_SECRET that are set here, and this version of Postrider.',
        );
      default:
        return probe satisfies never;
    }
  },
  'in-git': ({ exposed }) => {
    if (exposed.length === 0) return null;
    const names = exposed.length > 3 ? `${exposed.slice(0, 3).join(', ')} and ${exposed.length - 3} more` : exposed.join(', ');
    return refusal(
      `Git has, or would take in, what must not be published: ${names}.`,
      'Move it elsewhere, or name it in .gitignore, and take it out where git has it already: git rm --cached FILE',
    );
  },
  'passing-ledger': ({ isCi, isDefaultLedger, ledger }) => {
    if (!isCi || !isDefaultLedger) return null;
    return refusal(
      `CI is set, and the ledger would be ${ledger}, on a machine that forgets: nobody would know who got the issue.`,
      'Set DATABASE_URL to the PostgreSQL that has your readers.',
    );
  },
  'web-version': ({ url, notOnWeb }) =>
    notOnWeb === null
      ? null
      : refusal(
          `The issue is not at ${url}: ${notOnWeb}.`,
          'Publish it first, mend issues.url, or send it all the same: --no-web-check',
        ),
  'empty-list': ({ recipients, list, ledger }) =>
    recipients > 0
      ? null
      : refusal(
          `Nobody on the list ${list} may be mailed (ledger ${ledger}).`,
          `Import subscribers first, if this is the right ledger: postrider subscribers import FILE --list ${list}`,
        ),
  'list-size': ({ list, recipients, recipientsBefore, isSizeExpected }) => {
    if (isSizeExpected || recipients === 0 || recipientsBefore === null || !isBeyondReason(recipients, recipientsBefore))
      return null;
    return refusal(
      `${list} has ${count(recipients)}, and the last issue went to ${count(recipientsBefore)}.`,
      `If that is right, say so by the same line with: --expect ${recipients}`,
    );
  },
};

export function refusals(facts: SendingFacts): Refusal[] {
  return Object.values(GUARDS).flatMap((guard) => guard(facts) ?? []);
}

// A month brings a few per cent. Among few readers chance does more.
const GROWTH_MAX = 1.5;
const SHRINKING_MAX = 0.75;
const CHANGE_MIN = 50;

function isBeyondReason(now: number, before: number): boolean {
  if (Math.abs(now - before) < CHANGE_MIN) return false;
  return now > before * GROWTH_MAX || now < before * SHRINKING_MAX;
}

export interface DoubtfulIssue {
  readonly issue: string;
  /** By its name. */
  readonly newest: string;
  /** `YYYY-MM-DD`, as are the other days; null where the issue has none. */
  readonly date: string | null;
  readonly today: string;
  /** Since when the newsletter is sent from here. */
  readonly adopted: string;
  /** Null where it is in no commit. */
  readonly commit: string | null;
  readonly isModified: boolean;
}

type Doubt = (issue: DoubtfulIssue) => string | null;

const DAYS_AWAY_MAX = 30;
const DAY_MS = 86_400_000;

export const DOUBTS: Readonly<Record<string, Doubt>> = {
  'not-newest': ({ issue, newest }) => (issue === newest ? null : `It is not the newest issue, which is ${newest}.`),
  'far-away': ({ date, today }) => {
    const days = date === null ? 0 : Math.round((Date.parse(date) - Date.parse(today)) / DAY_MS);
    if (Math.abs(days) <= DAYS_AWAY_MAX) return null;
    return `It is dated ${date}, ${days < 0 ? `${-days} days ago` : `in ${days} days`}.`;
  },
  'before-adoption': ({ date, adopted }) =>
    date !== null && date < adopted ? `It is from before ${adopted}, since when the newsletter is sent from here.` : null,
  'not-committed': ({ commit, isModified }) => {
    if (commit === null) return 'It is in no commit.';
    return isModified ? 'It has changes that are in no commit.' : null;
  },
};

export function doubts(issue: DoubtfulIssue): string[] {
  return Object.values(DOUBTS).flatMap((doubt) => doubt(issue) ?? []);
}

function count(recipients: number): string {
  return `${recipients.toLocaleString('en')} ${recipients === 1 ? 'recipient' : 'recipients'}`;
}

function refusal(message: string, advice: string): Refusal {
  return { message, advice };
}
