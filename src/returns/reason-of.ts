// One reason from a status code and the words beside it: for a relay's reply and for a returned mail alike.
import type { Reason } from './reason.ts';
import { REPLY_RULES } from './reply-rules.ts';

// RFC 5321 4.5.3.1.5 gives a reply line 512 octets; what matters stands in the first few.
const WORDS_MAX = 4_096;
const GONE: ReadonlySet<Reason> = new Set<Reason>(['user-unknown', 'host-unknown', 'moved']);

/** The address does not exist any more: the only hard bounce. */
export function isGone(reason: Reason): boolean {
  return GONE.has(reason);
}

/** `status`: an enhanced status code (RFC 3463), `5.1.1`. */
export function reasonOf(status: string | null, said: string): Reason {
  const detail = status?.slice(2);
  // An address is the reader's to choose and says nothing: `dmarc@…` is no word about DMARC.
  const words = said.slice(0, WORDS_MAX).replace(/<[^<>]*>|[^\s<>@]{1,64}@[^\s<>@]+/g, ' ');
  const rule = REPLY_RULES.find(
    ({ status: codes, text }) => (detail !== undefined && codes?.includes(detail)) || text?.test(words),
  );
  return rule?.reason ?? 'other';
}

const AT_DATA = /end of data|smtp command\W+data\b|after (?:end of )?data|\bin reply to data|at data\b/i;
const AT_RCPT = /\brcpt[_ ]?to\b|after rcpt|to rcpt|rcpt command|does(?: not|n't) like recipient/i;
const BY_STATUS = /^[45]\.1\.(?:1|2|6|10|351)$/;
// A reply that names the address was asked for it; one with a gap where the address belongs is a reader's own filter.
const NAMES_ADDRESS = /\b55[013]\b[ :-]*(?:5\.\d\.\d{1,3})?[ :]*<[^<>\s]+@[^<>\s]+>\s*:\s*user unknown(?! in)/i;
const NAMES_NOBODY = /\b550 ?: user unknown/i;
// The system itself has looked into its directory.
const BY_DIRECTORY =
  /not listed in|user not listed|invalid final delivery userid|mailbox unavailable \(-|recipient name is not recognized|address (?:not found|couldn't be found)|delivery error: dd|_416\b|access denied.{0,60}protection\.outlook\.com/i;

/**
 * Whether the words prove what the reason says. `User unknown` after the data is how some systems refuse what a reader's
 * own filter has refused, and a name server that does not answer today may tomorrow: neither is the end of an address.
 * `context`: what was said around them.
 */
export function isProven(reason: Reason, status: string | null, words: string, context = ''): boolean {
  const stage = stageOf(words, context);
  if (stage === 'data' || NAMES_NOBODY.test(words)) return false;
  if (reason === 'host-unknown') return !status?.startsWith('4');
  if (reason !== 'user-unknown') return true;
  return (status !== null && BY_STATUS.test(status)) || stage === 'rcpt' || NAMES_ADDRESS.test(words) || BY_DIRECTORY.test(words);
}

/** Which command was refused: as it is told, or as the transcript of the session shows it. */
function stageOf(words: string, context: string): 'rcpt' | 'data' | null {
  if (AT_RCPT.test(words)) return 'rcpt';
  if (AT_DATA.test(words)) return 'data';
  // With pipelining the answers to RCPT stand after DATA; that nobody was left tells that they are.
  if (/<<< *50[13]\b.*(?:need )?rcpt|<<< *554\b.*no valid recipients/i.test(context)) return null;
  const said = words.replace(/\s+/g, ' ').trim().slice(0, 24);
  let command = '';
  for (const line of context.split('\n')) {
    command = /^\s*>>> *(\w+)/.exec(line)?.[1]?.toLowerCase() ?? command;
    if (command === '' || !/^\s*<<< /.test(line)) continue;
    if (said === '' || line.replace(/\s+/g, ' ').includes(said)) return command === 'rcpt' || command === 'data' ? command : null;
  }
  if (AT_RCPT.test(context)) return 'rcpt';
  return AT_DATA.test(context) ? 'data' : null;
}
