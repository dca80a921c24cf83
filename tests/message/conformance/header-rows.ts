// RFC 5322 and RFC 6532: lines, header fields, dates, names and addresses.
import { bodyOf, type Field, fieldsOf, fieldValue, headOf, isNamed, type Mail, textOf, valuesOf } from './mail.ts';
import { changed, firstOf, headed, type Row, replaced, shown, unless, type Verdict, valued, without } from './row.ts';

const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x80-\\xff-]+";
const DOT_ATOM = `${ATEXT}(?:\\.${ATEXT})*`;
const QUOTED = '"(?:[^"\\\\\\r\\n]|\\\\.)*"';
const WORD = `(?:${ATEXT}|${QUOTED})`;
const ADDRESS = `${DOT_ATOM}@${DOT_ATOM}`;
/** RFC 5322 3.4; a field is read after unfolding. */
const MAILBOX = new RegExp(`^(?:(?:${WORD}(?:[ \\t]+${WORD})*[ \\t]*)?<${ADDRESS}>|${ADDRESS})$`);
const MESSAGE_ID = new RegExp(`^<(?!.*[\\x80-\\xff])${ADDRESS}>$`);

const DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d\d[0-5]\d)$/;

const ONCE_AT_MOST = ['Sender', 'Reply-To', 'To', 'Cc', 'Bcc', 'Message-ID', 'In-Reply-To', 'References', 'Subject'];
const ADDRESS_FIELDS = ['From', 'Sender', 'Reply-To', 'To', 'Cc'];

function linesOf(text: string): string[] {
  return text.split('\r\n');
}

function countOf(mail: Mail, name: string): number {
  return valuesOf(mail, name).length;
}

function eachField(mail: Mail, check: (field: Field) => boolean): Verdict {
  return firstOf(fieldsOf(textOf(mail)), (field) => unless(check(field), shown(`${field.name}:${field.raw}`)));
}

/** A line with no place to fold at: the name of a field, or a fold, and one word. */
function isUnbreakable(line: string): boolean {
  return !/[ \t]/.test(line.replace(/^(?:[!-9;-~]+:)?[ \t]+/, ''));
}

/** The day of the week is that of the day, and the day is in the calendar (RFC 5322 3.3). */
function isDate(value: string): boolean {
  const [, weekday, day, month, year, hour, minute, second] = DATE.exec(value) ?? [];
  const at = new Date(`${day} ${month} ${year} ${hour}:${minute}:${second} UTC`);
  return (
    weekday !== undefined &&
    !Number.isNaN(at.getTime()) &&
    at.toUTCString().startsWith(weekday) &&
    at.getUTCDate() === Number(day)
  );
}

function isUtf8(bytes: Buffer): boolean {
  return bytes.equals(Buffer.from(bytes.toString('utf8')));
}

export const HEADER_ROWS: readonly Row[] = [
  {
    source: 'RFC 5322 2.1.1',
    rule: 'No line has more than 998 characters',
    check: (mail) => firstOf(linesOf(textOf(mail)), (line) => unless(line.length <= 998, `${line.length}: ${shown(line)}`)),
    breaks: [headed(`X-Long: ${'x'.repeat(991)}`), changed((text) => `${text}${'x'.repeat(999)}\r\n`)],
  },
  {
    source: 'RFC 5322 2.1.1',
    rule: 'No line should have more than 78 characters: none has that could be folded or encoded',
    check: (mail) => {
      const isShort = (line: string): boolean => line.length <= 78;
      const header = linesOf(headOf(textOf(mail))).filter((line) => !isShort(line) && !isUnbreakable(line));
      return firstOf(
        [...header, ...linesOf(bodyOf(textOf(mail))).filter((line) => !isShort(line))],
        (line) => `${line.length}: ${shown(line)}`,
      );
    },
    breaks: [headed(`X-Long: ${'two words '.repeat(10)}`), changed((text) => `${text}${'x'.repeat(79)}\r\n`)],
  },
  {
    source: 'RFC 5322 2.1',
    rule: 'An empty line divides header and body, and there is a body',
    check: (mail) => unless(bodyOf(textOf(mail)).trim() !== '', 'no empty line, or nothing after it'),
    breaks: [changed((text) => text.replace(/(\r\n)+/g, '\r\n')), changed((text) => `${headOf(text)}\r\n`)],
  },
  {
    source: 'RFC 5322 2.2, 3.6.8',
    rule: 'A field begins with a name of printable ASCII and a colon, with no space between them',
    check: (mail) => eachField(mail, ({ name }) => /^[!-9;-~]+$/.test(name)),
    breaks: [headed('X Name: a'), headed('no colon at all'), headed('X-Name : a'), headed('X-Näme: a')],
  },
  {
    source: 'RFC 5322 2.2.3, 3.2.2',
    rule: 'No line of a folded field is white space alone, and none is empty',
    check: (mail) =>
      firstOf(linesOf(headOf(textOf(mail)).replace(/\r\n$/, '')), (line) =>
        unless(line.trim() !== '', 'an empty line within a field'),
      ),
    breaks: [headed('X-Folded: a\r\n \r\n b'), headed('X-Folded: a\r\n\t')],
  },
  {
    source: 'RFC 5322 2.2',
    rule: 'A field holds no control characters but tab',
    check: (mail) => eachField(mail, ({ raw }) => !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(raw)),
    breaks: [headed('X-Bell: \x07'), headed('X-Nul: a\x00b')],
  },
  {
    source: 'RFC 5322 2.2, RFC 6532 3.2',
    rule: 'A header is ASCII; beyond it is UTF-8, and only where SMTPUTF8 was asked for',
    check: (mail) => {
      const head = headOf(textOf(mail));
      if (!/[\x80-\xff]/.test(head)) return undefined;
      if (!/ SMTPUTF8\b/.test(mail.conversation.mailFrom)) return 'octets above 127 without SMTPUTF8';
      return unless(isUtf8(Buffer.from(head, 'latin1')), 'octets that are not UTF-8');
    },
    breaks: [
      headed('X-Name: \xfc'),
      (mail) => ({
        ...headed('X-Name: \xc3\xbc')(mail),
        conversation: { ...mail.conversation, mailFrom: 'MAIL FROM:<a@a.example>' },
      }),
    ],
  },
  {
    source: 'RFC 5322 3.6',
    rule: 'There is exactly one From and one Date',
    check: (mail) => firstOf(['From', 'Date'], (name) => unless(countOf(mail, name) === 1, `${countOf(mail, name)} of ${name}`)),
    breaks: [without('From'), without('Date'), headed('From: b@b.example'), headed('date: Mon, 23 Nov 2026 00:43:50 +0000')],
  },
  {
    source: 'RFC 5322 3.6',
    rule: `There is at most one each of ${ONCE_AT_MOST.join(', ')}`,
    check: (mail) => firstOf(ONCE_AT_MOST, (name) => unless(countOf(mail, name) <= 1, `${countOf(mail, name)} of ${name}`)),
    breaks: ONCE_AT_MOST.map(
      (name) => (mail: Mail) => headed(`${name}: b@b.example`)(headed(`${name.toUpperCase()}: c@c.example`)(mail)),
    ),
  },
  {
    source: 'RFC 5322 3.6.3, 3.6.5',
    rule: 'There is a To that names the recipient alone, and a Subject that is not empty',
    check: (mail) => {
      const to = Buffer.from(fieldValue(mail, 'To').replace(/^.*</, '').replace(/>$/, ''), 'latin1').toString('utf8');
      return unless(to === mail.written.to.address, shown(to)) ?? unless(fieldValue(mail, 'Subject') !== '', 'no Subject');
    },
    breaks: [without('To'), valued('To', 'everybody@reader.example'), valued('Subject', ''), without('Subject')],
  },
  {
    source: 'RFC 5322 3.3',
    rule: 'Date is a day of the calendar with its weekday, a time with seconds and a zone in digits',
    check: (mail) => unless(isDate(fieldValue(mail, 'Date')), shown(fieldValue(mail, 'Date'))),
    breaks: [
      valued('Date', 'Mon, 23 Nov 2026 00:43:50 GMT'),
      valued('Date', 'Tue, 23 Nov 2026 00:43:50 +0000'),
      valued('Date', 'Tue, 31 Feb 2026 00:43:50 +0000'),
      valued('Date', '2026-11-23T00:43:50Z'),
    ],
  },
  {
    source: 'RFC 5322 3.6.4',
    rule: 'There is one Message-ID: a dot-atom on both sides of an @, in angle brackets',
    check: (mail) =>
      unless(
        countOf(mail, 'Message-ID') === 1 && MESSAGE_ID.test(fieldValue(mail, 'Message-ID')),
        shown(fieldValue(mail, 'Message-ID')),
      ),
    breaks: [
      without('Message-ID'),
      ...['<a b@c.example>', 'a@c.example', '<a@>', '<a@b..example>', '<\xfc@c.example>'].map((id) => valued('Message-ID', id)),
    ],
  },
  {
    source: 'RFC 5322 3.6.4',
    rule: 'A Message-ID belongs to one message and no other',
    check: (mail, all) => {
      const id = fieldValue(mail, 'Message-ID');
      const others = all.filter((other) => other.name !== mail.name && fieldValue(other, 'Message-ID') === id);
      return unless(id !== '' && others.length === 0, `${shown(id)} is that of ${others[0]?.name ?? 'none'} too`);
    },
    // Every break is held against all messages, one of which is the one with this id.
    breaks: [without('Message-ID'), (mail) => ({ ...mail, name: 'another message' })],
  },
  {
    source: 'RFC 5322 3.4, 3.2.4, 3.2.5',
    rule: 'From, Reply-To and To are one mailbox each: a phrase of atoms and quoted strings, and an address in angle brackets',
    check: (mail) =>
      firstOf(
        fieldsOf(textOf(mail)).filter((field) => ADDRESS_FIELDS.some((name) => isNamed(field, name))),
        ({ name, value }) => unless(MAILBOX.test(value), shown(`${name}: ${value}`)),
      ),
    breaks: [
      'Lovelace, Ada <a@b.example>',
      'Dr. Ada <a@b.example>',
      '"Ada <a@b.example>',
      '"A"da" <a@b.example>',
      'Ada a@b.example',
      '<a@b.example',
      'Ada <a..b@b.example>',
      'a@b.example, c@d.example',
      '',
    ].map((value) => valued('From', value)),
  },
  {
    source: 'RFC 5321 4.4, RFC 5322 3.6.3',
    rule: 'Nothing is in the header that a relay writes, or that tells of others: Return-Path, Received, Delivered-To, Bcc',
    check: (mail) => eachField(mail, ({ name }) => !/^(return-path|received|bcc|resent-.*|delivered-to)$/i.test(name)),
    breaks: [headed('Return-Path: <a@b.example>'), headed('Received: from a by b'), headed('Bcc: c@d.example')],
  },
  {
    source: 'RFC 4155',
    rule: 'No mailbox program takes a line of the body for the beginning of another message: none begins with "From "',
    check: (mail) => firstOf(linesOf(bodyOf(textOf(mail))), (line) => unless(!line.startsWith('From '), shown(line))),
    breaks: [replaced(/\r\n\r\n/, '\r\n\r\nFrom here\r\n')],
  },
];
