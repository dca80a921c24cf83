// What the large mailbox providers ask of whoever sends to many, as far as it can be seen in a message.
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { readUnsubscribeToken } from '../../../src/link/delivery-links.ts';
import { SECRET } from '../emitted-issues.ts';
import { isAligned, tagsOf } from './dkim-rows.ts';
import { waysOut } from './list-rows.ts';
import { addressIn, domainIn, fieldsOf, fieldValue, isNamed, type Mail, partOf, textOf, valuesOf } from './mail.ts';
import {
  changed,
  firstOf,
  headed,
  newsletters,
  type OperatorRule,
  type Row,
  replaced,
  shown,
  unless,
  type Verdict,
  valued,
  without,
} from './row.ts';

const GMAIL = 'Gmail sender guidelines (2024)';
const YAHOO = 'Yahoo Sender Hub (2024)';
const MICROSOFT = 'Outlook.com, high volume (2025)';
/** Gmail hides what is beyond. */
const HTML_MAX_BYTES = 102_400;
const SINGLE = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type'];
const LEAVE = /unsubscribe|abmelden|配信停止/i;

type Element = DefaultTreeAdapterTypes.Element;

function linksIn(html: string): Element[] {
  const found: Element[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node && node.tagName === 'a') found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(walk);
  };
  walk(parse(html));
  return found;
}

function wordsIn(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(wordsIn).join('') : '';
}

function attributeOf({ attrs }: Element, name: string): string {
  return attrs.find((each) => each.name === name)?.value ?? '';
}

function oneClickUrl(mail: Mail): string {
  return waysOut(mail)[0]?.slice(1, -1) ?? '';
}

function checkVisibleLink(mail: Mail): Verdict {
  const url = oneClickUrl(mail);
  const link = linksIn(partOf(mail, 'text/html')).find((each) => attributeOf(each, 'href') === url);
  if (!link) return 'no link in the HTML';
  if (!LEAVE.test(wordsIn(link)) || /display:\s*none|font-size:\s*0/.test(attributeOf(link, 'style')))
    return `it cannot be seen: ${shown(wordsIn(link))}`;
  return unless(partOf(mail, 'text/plain').includes(url), 'no link in the text');
}

function checkOneClick(mail: Mail): Verdict {
  const isPost = fieldValue(mail, 'List-Unsubscribe-Post') === 'List-Unsubscribe=One-Click';
  return unless(isPost && oneClickUrl(mail).startsWith('https://'), 'not both fields, or no https');
}

function checkAligned(mail: Mail): Verdict {
  const domain = tagsOf(mail).get('d') ?? '';
  return unless(isAligned(domain, mail), `From: ${addressIn(fieldValue(mail, 'From'))}, d=${domain}`);
}

function checkFrom(mail: Mail): Verdict {
  const address = addressIn(fieldValue(mail, 'From'));
  const isReal = /^[^@\s]+@([a-z0-9-]+\.)+[a-z0-9-]+$/i.test(address) && !/^(no|do-?not)[-_.]?reply/i.test(address);
  return unless(isReal && !/\.(invalid|localhost|local)$/i.test(address), shown(address));
}

const UNALIGNED = [valued('From', 'News <news@elsewhere.example>'), without('DKIM-Signature')];
const NOT_ONE_CLICK = [
  without('List-Unsubscribe-Post'),
  without('List-Unsubscribe'),
  valued('List-Unsubscribe', '<mailto:u@a.example>'),
  valued('List-Unsubscribe', '<http://a.example/u/x>'),
];
const NO_VISIBLE_LINK = [
  changed((text) => text.replace(/Unsubscribe/g, 'Continue')),
  changed((text) => text.replace(/text\/html/, 'text/x-html')),
  valued('List-Unsubscribe', '<https://a.example/u/another>'),
];
const NO_MAILBOX = [
  valued('From', 'News <noreply@a.example>'),
  valued('From', 'News <do-not-reply@a.example>'),
  valued('From', 'News <news@localhost>'),
];

export const PROVIDER_ROWS: readonly Row[] = [
  {
    source: GMAIL,
    rule: 'The domain of From is that of the DKIM signature, or below it',
    check: checkAligned,
    breaks: UNALIGNED,
  },
  {
    source: GMAIL,
    rule: 'A newsletter can be left by one click: List-Unsubscribe with https, and List-Unsubscribe-Post',
    ...{ concerns: newsletters, check: checkOneClick, breaks: NOT_ONE_CLICK },
  },
  {
    source: GMAIL,
    rule: 'A link to unsubscribe is seen in the body, of the HTML and of the text',
    ...{ concerns: newsletters, check: checkVisibleLink, breaks: NO_VISIBLE_LINK },
  },
  {
    source: GMAIL,
    rule: `The message is in the form of RFC 5322: one each of ${SINGLE.join(', ')}`,
    check: (mail) =>
      firstOf(SINGLE, (name) => unless(valuesOf(mail, name).length === 1, `${valuesOf(mail, name).length} of ${name}`)) ??
      unless(/^<[^\s<>@]+@[^\s<>@]+>$/.test(fieldValue(mail, 'Message-ID')), shown(fieldValue(mail, 'Message-ID'))),
    breaks: [...SINGLE.map(without), headed('From: a@b.example'), valued('Message-ID', 'none')],
  },
  {
    source: GMAIL,
    rule: 'From is nobody’s at gmail.com, and its name does not hold another address',
    check: (mail) => {
      const from = fieldValue(mail, 'From');
      const [address, name] = [addressIn(from), from.replace(/<[^<>]*>$/, '')];
      const isOther = address !== from && /@/.test(name);
      return unless(!/^(.*\.)?(gmail|googlemail)\.com$/.test(domainIn(address)) && !isOther, shown(from));
    },
    breaks: [
      valued('From', 'News <news@gmail.com>'),
      valued('From', 'News <news@googlemail.com>'),
      valued('From', '"boss@gmail.com" <news@a.example>'),
    ],
  },
  {
    source: GMAIL,
    rule: 'Headers are neither empty nor doubled, and a Subject does not pretend to be an answer',
    check: (mail) => {
      const empty = fieldsOf(textOf(mail)).find(({ value }) => value === '');
      if (empty) return `${empty.name} is empty`;
      return unless(!/^(re|fwd?|aw|wg):/i.test(fieldValue(mail, 'Subject')), shown(fieldValue(mail, 'Subject')));
    },
    breaks: [headed('X-Empty:'), valued('Subject', 'Re: your question'), valued('Subject', 'Fwd: news')],
  },
  {
    source: 'Gmail, message clipping',
    rule: 'The HTML has at most 102,400 bytes, so that Gmail shows all of it and the way out',
    concerns: newsletters,
    check: (mail) => {
      const sizeBytes = Buffer.byteLength(partOf(mail, 'text/html'));
      return unless(sizeBytes > 0 && sizeBytes <= HTML_MAX_BYTES, `${sizeBytes} bytes`);
    },
    breaks: [changed((text) => text.replace(/(\r\n--[^\r]*--\r\n)$/, (end) => `${`${'x'.repeat(74)}\r\n`.repeat(1_400)}${end}`))],
  },
  {
    source: 'Gmail, feedback loop',
    rule: 'Feedback-ID has at most four fields and no two alike; the last, the sender, has 5 to 15 characters',
    concerns: newsletters,
    check: (mail) => {
      const fields = fieldValue(mail, 'Feedback-ID').split(':');
      const sender = fields.at(-1) ?? '';
      if (fields.length > 4 || new Set(fields).size < fields.length || fields.includes('')) return shown(fields.join(':'));
      return unless(/^[\w.-]{5,15}$/.test(sender), `${shown(sender)} has ${sender.length}`);
    },
    breaks: ['a:b:c:d:sender', 'a:a:c:sender', 'a:b:c:abcd', 'a:b:c:a-sender-of-sixteen', 'a::c:sender', ''].map((id) =>
      valued('Feedback-ID', id),
    ),
  },
  {
    source: YAHOO,
    rule: 'The domain of From is that of the DKIM signature, or below it',
    check: checkAligned,
    breaks: UNALIGNED,
  },
  {
    source: YAHOO,
    rule: 'A newsletter can be left by a POST of one click (RFC 8058)',
    ...{ concerns: newsletters, check: checkOneClick, breaks: NOT_ONE_CLICK },
  },
  {
    source: YAHOO,
    rule: 'List-Unsubscribe works: its link is one that our pages take, for this reader',
    concerns: newsletters,
    check: (mail) => {
      const token = /\/u\/([^/?#]+)$/.exec(oneClickUrl(mail))?.[1] ?? '';
      return unless(readUnsubscribeToken(token, [SECRET]) !== undefined, shown(oneClickUrl(mail)));
    },
    breaks: [
      valued('List-Unsubscribe', '<https://newsletter.example/u/aaaaaaaaaaaaaaaaaaaa>'),
      replaced(/\/u\/[a-z2-7]/, '/u/'),
      valued('List-Unsubscribe', '<https://newsletter.example/>'),
    ],
  },
  {
    source: YAHOO,
    rule: 'A link to unsubscribe is seen in the body',
    ...{ concerns: newsletters, check: checkVisibleLink, breaks: NO_VISIBLE_LINK },
  },
  {
    source: MICROSOFT,
    rule: 'From (P2) is a real address that can be answered, of the signing domain',
    check: (mail) => checkFrom(mail) ?? checkAligned(mail),
    breaks: [...NO_MAILBOX, ...UNALIGNED],
  },
  {
    source: MICROSOFT,
    rule: 'A Reply-To, where there is one, is a real address too',
    check: (mail) =>
      firstOf(
        fieldsOf(textOf(mail)).filter((field) => isNamed(field, 'Reply-To')),
        ({ value }) => checkFrom(valued('From', value)(mail)),
      ),
    breaks: [headed('Reply-To: noreply@a.example'), headed('Reply-To: Editors')],
  },
  {
    source: MICROSOFT,
    rule: 'A newsletter has a way out that is easily seen',
    ...{ concerns: newsletters, check: checkVisibleLink, breaks: NO_VISIBLE_LINK },
  },
];

/** What no byte of a message can show. */
export const OPERATOR_RULES: readonly OperatorRule[] = [
  { source: GMAIL, rule: 'SPF passes for the domain of the return path', whose: 'the operator’s DNS' },
  { source: GMAIL, rule: 'DMARC has a record, p=none at least', whose: 'the operator’s DNS' },
  { source: GMAIL, rule: 'Forward and reverse DNS (PTR) of the sending address agree', whose: 'the operator’s relay' },
  { source: GMAIL, rule: 'The message goes over TLS', whose: 'the operator’s relay' },
  { source: GMAIL, rule: 'Fewer than 0.3 % are reported as spam', whose: 'the operator’s readers' },
  { source: GMAIL, rule: 'Forwarders add ARC headers', whose: 'the operator’s, who forwards; we do not' },
  { source: GMAIL, rule: 'An unsubscription is honoured within 48 hours', whose: 'at once: story 19' },
  { source: YAHOO, rule: 'SPF, DMARC and PTR as above; fewer than 0.3 % complain', whose: 'the operator’s' },
  { source: YAHOO, rule: 'An unsubscription is honoured within 2 days', whose: 'at once: story 19' },
  { source: MICROSOFT, rule: 'SPF passes; DMARC has a record aligned with SPF or DKIM', whose: 'the operator’s DNS' },
  { source: MICROSOFT, rule: 'The address in From takes mail', whose: 'the operator’s mailbox' },
  { source: MICROSOFT, rule: 'Addresses that do not exist are removed', whose: 'by itself: stories 23 to 25' },
];
