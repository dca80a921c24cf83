// Looks at the world before a mailing begins: what could go wrong with it is told before anybody is mailed.
import type { RandomBytes } from '../domain/clock.ts';
import { whyNotPublic } from '../domain/public-address.ts';
import { isAnswerToProbe, probeToken } from '../link/probe.ts';
import { type ProbeFinding, type Refusal, refusals, type SendingFacts } from '../policy/guards.ts';
import { type Asking, askLinks, type LinkAnswer } from '../reach/ask-links.ts';
import { askOneClick } from '../reach/ask-one-click.ts';
import { exposedFiles } from '../source/exposed-files.ts';
import type { Ledger } from '../store/ledger.ts';

export interface Guarding extends Omit<SendingFacts, 'probe' | 'exposed' | 'notOnWeb' | 'recipientsBefore' | 'ledger'> {
  readonly root: string;
  readonly ledger: Ledger;
  readonly ledgerName: string;
  readonly secrets: readonly string[];
  readonly random: RandomBytes;
  /** Null where the web version is not asked for: the archive has it when the issue goes out, or the editor knows better. */
  readonly asking: Asking | null;
}

/** All that speaks against sending; none where nothing does. */
export async function guardSending(guarding: Guarding): Promise<Refusal[]> {
  const { root, ledger, ledgerName, asking, url, baseUrl } = guarding;
  const [probe, notOnWeb, recipientsBefore] = await Promise.all([
    whyNotPublic(baseUrl) === null ? probeOneClick(guarding) : ({ kind: 'not-asked' } as const),
    asking === null ? null : whyNotOnWeb(url, asking),
    lastRecipients(ledger, guarding.list),
  ]);
  return refusals({ ...guarding, ledger: ledgerName, probe, exposed: exposedFiles(root), notOnWeb, recipientsBefore });
}

/** Whether whoever leaves comes to this ledger, by the way that a mail program goes. */
export async function probeOneClick({
  baseUrl,
  ledger,
  secrets,
  random,
}: Pick<Guarding, 'baseUrl' | 'ledger' | 'secrets' | 'random'>): Promise<ProbeFinding> {
  if (secrets.length === 0) return { kind: 'no-secret' };
  const token = probeToken(random, secrets);
  const answer = await askOneClick(`${baseUrl}/u/${token}`);
  switch (answer.kind) {
    case 'answer':
      return isAnswerToProbe(answer.text, token, ledger.identity.id, secrets)
        ? { kind: 'ours' }
        : { kind: 'stranger', status: answer.status };
    case 'redirect':
    case 'silence':
      return answer;
    default:
      return answer satisfies never;
  }
}

async function whyNotOnWeb(url: string, asking: Asking): Promise<string | null> {
  const answers: LinkAnswer[] = [];
  await askLinks([url], asking, (_url, answer) => answers.push(answer));
  const [answer] = answers;
  if (answer === undefined || answer.kind === 'there') return null;
  return answer.kind === 'private' ? 'that is in a private network' : answer.why;
}

/** Of the last that has been written down to its end: one that is to begin later has nobody yet. */
async function lastRecipients(ledger: Ledger, list: string): Promise<number | null> {
  const last = (await ledger.mailings.all()).find(
    ({ list: to, state, openedAt }) => to === list && state !== 'cancelled' && openedAt !== null,
  );
  return last?.recipients ?? null;
}
