// What a relay's words mean, as a table: the first row that fits decides. Rows come from the registry of
// enhanced status codes (RFC 3463, RFC 5248) and from what common servers say. Add a row rather than code.
import type { Reason } from './reason.ts';

export interface ReplyRule {
  readonly reason: Reason;
  /** Enhanced status codes without their class: `1.1` fits 4.1.1 and 5.1.1. */
  readonly status?: readonly string[];
  readonly text?: RegExp;
}

export const REPLY_RULES: readonly ReplyRule[] = [
  // A status code that says one thing only outranks any words.
  { reason: 'sender-not-allowed', status: ['1.7', '1.8', '7.60'] },
  { reason: 'sender-authentication', status: ['7.20', '7.21', '7.22', '7.23', '7.24', '7.25', '7.26', '7.27'] },
  { reason: 'sender-quota', status: ['7.705'] },
  { reason: 'bad-address', status: ['1.3'] },
  { reason: 'moved', status: ['1.6'] },
  { reason: 'mailbox-full', status: ['2.2'] },
  { reason: 'too-big', status: ['2.3', '3.4'] },

  // The sender: says nothing about the recipient, and the next one would hear the same.
  {
    reason: 'sender-quota',
    text: /\b(quota|limit)s? (?:of|for) (?:messages|sending|mail)|(?:daily|hourly|monthly|sending|message|maximum sending) (?:\w+ )?(?:rate|quota|limit)|too many (?:messages|emails) (?:sent|in)|exceeded (?:the|your) (?:\w+ )?(?:quota|limit|rate)|throttl/i,
  },
  {
    reason: 'sender-not-allowed',
    text: /relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:allowed|permitted))|unable to relay|address(?:es)? (?:is|are) not verified|not verified|sandbox|sending (?:has been |is )?(?:paused|suspended|disabled)|not (?:authori[sz]ed|allowed|permitted) to send|\bsender(?:'s)? (?:address )?(?:rejected|denied|not allowed|not owned|invalid|unknown|does not exist)|sender verif|verification failed|(?:helo|ehlo)\b[^.]{0,20}\b(?:rejected|invalid)|invalid (?:helo|ehlo)|client host rejected|reverse (?:dns|hostname)|permissions? to send|must (?:issue|authenticate)|authentication (?:is )?required/i,
  },
  {
    reason: 'sender-authentication',
    text: /\b(?:spf|dkim|dmarc)\b|unauthenticated (?:mail|email)/i,
  },
  {
    reason: 'sender-reputation',
    text: /\b(?:blocklist|blacklist|denylist|block list|black list|spamhaus|barracuda|reputation|spamcop)\b|(?<!not )listed (?:in|on|at|by)|(?:ip|sender|host|server|client)[^.]{0,40}\bblocked\b/i,
  },

  // Words that say one thing only outrank the other codes: many systems answer 5.1.1 or 5.2.1 to everything.
  {
    reason: 'mailbox-full',
    text: /over (?:its |the )?quota|quota exceeded|(?:mail|in)box (?:is )?full|mailbox size limit|insufficient (?:disk|storage|system) space/i,
  },
  { reason: 'relay', text: /procmail: (?:couldn|quota|error)|couldn't create "/i },
  {
    reason: 'user-unknown',
    text: /\b(?:user unknown|unknown (?:local )?user|no such (?:user|mailbox|person|recipient)|(?:doesn't|does not) have an? \S+ account|not listed in (?:domino directory|public name)|user not listed|invalid final delivery userid|recipient name is not recognized|remote server returned unknown recipient|mailbox unavailable \(-|address couldn't be found|recipient address rejected: access denied.{0,60}protection\.outlook\.com|user .{0,40}does not exist)/i,
  },
  {
    reason: 'host-unknown',
    text: /account or domain may not exist|no mx record found|unrouteable (?:mail )?address|invalid domain$|invalid domain\b(?! name)|domain is not reachable|couldn't find (?:a mail exchanger|any host)|host does not accept mail|dns lookup failure: host .* not found/i,
  },

  // And these outrank the other words.
  { reason: 'user-unknown', status: ['1.1', '1.10'] },
  { reason: 'host-unknown', status: ['1.2'] },
  { reason: 'mailbox-inactive', status: ['2.1', '7.13'] },

  // The mailbox.
  {
    reason: 'mailbox-full',
    text: /mailbox (?:is )?(?:full|over)|over (?:its )?(?:quota|storage)|quota exceeded|exceeded storage|out of storage/i,
  },
  { reason: 'moved', text: /(?:has )?moved to|no longer (?:at|with|works)|user not local; please try/i },
  {
    reason: 'user-unknown',
    text: /(?:user|recipient|mailbox|address|account)s?\b[^.]{0,40}\b(?:unknown|not (?:be )?found|does(?: not|n't) exist|not exist|no longer exists|invalid)|(?:unknown|no such|invalid) (?:local )?(?:user|recipient|mailbox|address|account)|no (?:such )?mailbox|not our customer/i,
  },
  { reason: 'host-unknown', text: /(?:domain|host)(?: name)? (?:not found|unknown|does not exist)|nxdomain/i },
  { reason: 'mailbox-inactive', text: /(?:mailbox|account|user) (?:is )?(?:disabled|inactive|suspended)/i },

  // The message.
  { reason: 'too-big', text: /(?:message|size)[^.]{0,30}\b(?:too (?:big|large)|exceeds)/i },
  { reason: 'spam', text: /\bspam\b|junk mail|unsolicited|content (?:rejected|blocked)/i },
  { reason: 'greylisted', text: /gr[ae]y-?list|try again (?:in|later)/i },
  { reason: 'policy', status: ['7.0', '7.1', '7.2', '7.3'] },
  { reason: 'host-unreachable', status: ['4.1', '4.2', '4.3', '4.4'] },
];
