// RFC 2045 to 2047: the parts, their encodings, and words beyond ASCII in the header. What was written is compared with
// what another program reads.
import PostalMime from 'postal-mime';
import {
  bodyOf,
  boundaryOf,
  decodedOf,
  fieldsOf,
  fieldValue,
  isNamed,
  type Mail,
  type Mailbox,
  type Part,
  partField,
  partOf,
  partsOf,
  textOf,
  valuesOf,
} from './mail.ts';
import { changed, firstOf, headed, type Row, replaced, shown, unless, type Verdict, valued, without } from './row.ts';

const TOKEN = "[!#$%&'*+.^_`{|}~0-9A-Za-z-]+";
const CONTENT_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"(?:[^"\\\\\\r\\n]|\\\\.)*"))*$`);
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;
const ENCODED_WORD = /=\?[^?\s]+\?[^?\s]\?[^?\s]*\?=/g;
/** Where RFC 2047 5 lets encoded words stand: text that people read, and display names. */
const MAY_HOLD_WORDS = ['Subject', 'From', 'To', 'Reply-To', 'List-Id', 'X-Postrider-Issue'];

const isMultipart = (mail: Mail): boolean => boundaryOf(mail) !== undefined;
const hasWords = (mail: Mail): boolean => wordsOf(mail).length > 0;

function wordsOf(mail: Mail): string[] {
  return fieldsOf(textOf(mail)).flatMap(({ raw }) => raw.match(ENCODED_WORD) ?? []);
}

function eachPart(mail: Mail, isHeld: (part: Part) => boolean, why: (part: Part) => string): Verdict {
  return firstOf(partsOf(mail), (part) => unless(isHeld(part), shown(why(part))));
}

function typeOf(part: Part): string {
  return partField(part, 'Content-Type');
}

function encodingOf(part: Part): string {
  return partField(part, 'Content-Transfer-Encoding').toLowerCase();
}

function eachEncodedLine(mail: Mail, check: (line: string) => Verdict): Verdict {
  return firstOf(
    partsOf(mail).filter((part) => encodingOf(part) === 'quoted-printable'),
    ({ body }) => firstOf(body.split('\r\n'), check),
  );
}

function isUtf8(bytes: Buffer): boolean {
  return bytes.equals(Buffer.from(bytes.toString('utf8')));
}

function decodedWord(word: string): Buffer {
  const [, , encoding = '', text = ''] = word.split('?');
  if (/^b$/i.test(encoding)) return Buffer.from(text, 'base64');
  const spaced = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(spaced, 'latin1');
}

/** Another line at the beginning of the first part's body. */
function bodied(line: string): (mail: Mail) => Mail {
  return (mail) =>
    isMultipart(mail)
      ? changed((text) => text.replace(/(\r\n--[^\r]*\r\n(?:[^\r]+\r\n)+\r\n)/, (found) => `${found}${line}\r\n`))(mail)
      : changed((text) => text.replace('\r\n\r\n', () => `\r\n\r\n${line}\r\n`))(mail);
}

async function read(mail: Mail) {
  return PostalMime.parse(mail.bytes);
}

interface FoundMailbox {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}

function expectMailbox(found: FoundMailbox | undefined, { name, address }: Mailbox): Verdict {
  return unless(
    found?.name === name && sameAddress(found.address, address),
    `${shown(JSON.stringify(found) ?? '')}, written as ${shown(name)} <${address}>`,
  );
}

function sameAddress(found: string | undefined, written: string): boolean {
  const at = written.lastIndexOf('@');
  return (
    found?.slice(0, at) === written.slice(0, at) && new URL(`http://${found.slice(at + 1)}`).hostname === written.slice(at + 1)
  );
}

const NAMES_READ: Row = {
  source: 'RFC 2047 6, RFC 5322 3.2.4',
  rule: 'Another program reads the names and addresses of From, To and Reply-To as they were written',
  check: async (mail) => {
    const { from, to, replyTo } = await read(mail);
    const { written } = mail;
    return (
      expectMailbox(from, written.from) ??
      expectMailbox(to?.[0], written.to) ??
      unless(
        (to?.length ?? 0) === 1 && (replyTo?.length ?? 0) === (written.replyTo ? 1 : 0),
        'more or fewer than were written',
      ) ??
      (written.replyTo ? expectMailbox(replyTo?.[0], written.replyTo) : undefined)
    );
  },
  breaks: [
    valued('From', 'Another Name <newsletter@rust-osdev.example>'),
    valued('To', 'ada@elsewhere.example'),
    headed('Reply-To: a@b.example, c@d.example'),
  ],
};

export const MIME_ROWS: readonly Row[] = [
  {
    source: 'RFC 2045 4',
    rule: 'There is one MIME-Version, and it is 1.0',
    check: (mail) => unless(valuesOf(mail, 'MIME-Version').join('|') === '1.0', shown(valuesOf(mail, 'MIME-Version').join('|'))),
    breaks: [without('MIME-Version'), valued('MIME-Version', '1.1'), headed('MIME-Version: 1.0')],
  },
  {
    source: 'RFC 2045 5.1',
    rule: 'Each part and the whole say their Content-Type once, in its syntax',
    check: (mail) =>
      unless(CONTENT_TYPE.test(fieldValue(mail, 'Content-Type')), shown(fieldValue(mail, 'Content-Type'))) ??
      eachPart(
        mail,
        (part) => part.fields.filter((field) => isNamed(field, 'Content-Type')).length === 1 && CONTENT_TYPE.test(typeOf(part)),
        typeOf,
      ),
    breaks: [
      without('Content-Type'),
      valued('Content-Type', 'text'),
      valued('Content-Type', 'text/plain; charset=utf 8'),
      replaced('Content-Type: text/html; charset', 'Content-Type: text/html; charset ='),
    ],
  },
  {
    source: 'RFC 2046 5.1.1',
    rule: 'A boundary has 1 to 70 characters of those that it may have, and does not end in a space',
    concerns: isMultipart,
    check: (mail) => unless(BOUNDARY.test(boundaryOf(mail) ?? ''), shown(boundaryOf(mail) ?? '')),
    breaks: [`"${'x'.repeat(71)}"`, '"a "', '"a@b"', '"a\xfc"'].map((boundary) =>
      valued('Content-Type', `multipart/alternative; boundary=${boundary}`),
    ),
  },
  {
    source: 'RFC 2046 5.1.1',
    rule: 'The boundary stands before each part and, closed, after the last, and nowhere in a part',
    concerns: isMultipart,
    check: (mail) => {
      const lines = `\r\n${bodyOf(textOf(mail))}`.split('\r\n');
      const marks = lines.filter((line) => line.includes(boundaryOf(mail) ?? ''));
      const [plain, rich, close] = ['', '', '--'].map((end) => `--${boundaryOf(mail)}${end}`);
      return unless(
        marks.join('|') === [plain, rich, close].join('|') &&
          lines.findIndex((line) => line !== '') === lines.indexOf(plain ?? ''),
        shown(marks.join('|')),
      );
    },
    breaks: [
      changed((text) => text.replace(/--\r\n$/, '\r\n')),
      (mail) => bodied(`--${boundaryOf(mail)}`)(mail),
      (mail) => bodied(`see ${boundaryOf(mail)}`)(mail),
      changed((text) => text.replace('\r\n\r\n', '\r\n\r\nA preamble.\r\n')),
    ],
  },
  {
    source: 'RFC 2046 5.1.4',
    rule: 'The alternatives are plain text first and HTML last, and both say something',
    concerns: isMultipart,
    check: (mail) => {
      const types = partsOf(mail).map((part) => typeOf(part).split(';')[0]);
      const isSaid = partsOf(mail).every((part) => decodedOf(part).toString('utf8').trim() !== '');
      return unless(
        /^multipart\/alternative;/.test(fieldValue(mail, 'Content-Type')) && types.join() === 'text/plain,text/html' && isSaid,
        types.join(),
      );
    },
    breaks: [
      changed((text) => text.replace('text/plain', 'text/x').replace('text/html', 'text/plain').replace('text/x', 'text/html')),
      replaced('multipart/alternative', 'multipart/mixed'),
      changed((text) => text.replace(/(text\/html[\s\S]*?\r\n\r\n)[\s\S]*(\r\n--)/, '$1$2')),
    ],
  },
  {
    source: 'RFC 2046 4.1.2',
    rule: 'Each part of text says that its charset is UTF-8, and its octets are',
    check: (mail) => eachPart(mail, (part) => /;\s*charset="?utf-8"?$/i.test(typeOf(part)) && isUtf8(decodedOf(part)), typeOf),
    breaks: [
      replaced('; charset=utf-8', ''),
      changed((text) => text.replace(/;(\s*)charset=utf-8/, ';$1charset=latin1')),
      bodied('=FC'),
    ],
  },
  {
    source: 'RFC 2045 6.1, 6.4',
    rule: 'Each part says how it is encoded, and a multipart is not encoded itself',
    check: (mail) =>
      eachPart(mail, (part) => /^(7bit|quoted-printable|base64)$/.test(encodingOf(part)), encodingOf) ??
      unless(!isMultipart(mail) || /^(7bit)?$/i.test(fieldValue(mail, 'Content-Transfer-Encoding')), 'an encoded multipart'),
    breaks: [
      replaced('Content-Transfer-Encoding: quoted-printable\r\n', ''),
      replaced('Content-Transfer-Encoding: quoted-printable', 'Content-Transfer-Encoding: utf-8'),
      (mail) =>
        isMultipart(mail) ? headed('Content-Transfer-Encoding: base64')(mail) : without('Content-Transfer-Encoding')(mail),
    ],
  },
  {
    source: 'RFC 2045 6.7 (5)',
    rule: 'A line of quoted-printable has at most 76 characters',
    check: (mail) => eachEncodedLine(mail, (line) => unless(line.length <= 76, `${line.length}: ${shown(line)}`)),
    breaks: [bodied('x'.repeat(77))],
  },
  {
    source: 'RFC 2045 6.7 (3)',
    rule: 'No line of quoted-printable ends in white space',
    check: (mail) => eachEncodedLine(mail, (line) => unless(!/[ \t]$/.test(line), shown(line))),
    breaks: [bodied('trailing '), bodied('trailing\t')],
  },
  {
    source: 'RFC 2045 6.7 (1, 2)',
    rule: 'Quoted-printable is printable ASCII, and an = is followed by two capital hexadecimal digits or ends the line',
    check: (mail) => eachEncodedLine(mail, (line) => unless(/^(?:[\t !-<>-~]|=[0-9A-F]{2})*=?$/.test(line), shown(line))),
    breaks: [bodied('=e2'), bodied('a = b'), bodied('=A'), bodied('\xfc'), bodied('==')],
  },
  {
    source: 'RFC 2045 6.7 (4), RFC 2046 4.1.1',
    rule: 'A line break in a text is a line break, not an encoded CR or LF, and the last line is no soft break',
    check: (mail) =>
      eachEncodedLine(mail, (line) => unless(!/=0[AD]/i.test(line), shown(line))) ??
      eachPart(
        mail,
        ({ body }) => !/=(\r\n)?$/.test(body),
        () => 'a soft break at the end',
      ),
    breaks: [
      bodied('one=0Atwo'),
      bodied('one=0D=0Atwo'),
      changed((text) => text.replace(/(\r\n--[^\r]*--)?\r\n$/, (end) => `=\r\n${end}`)),
    ],
  },
  {
    source: 'RFC 2047 2',
    rule: 'An encoded word has at most 75 characters, and a line that holds one at most 76',
    concerns: hasWords,
    check: (mail) =>
      firstOf(wordsOf(mail), (word) => unless(word.length <= 75, shown(word))) ??
      firstOf(
        fieldsOf(textOf(mail)).flatMap(({ name, raw }) => `${name}:${raw}`.split('\r\n')),
        (line) => unless(line.length <= 76 || !/=\?.*\?=/.test(line), `${line.length}: ${shown(line)}`),
      ),
    breaks: [
      valued('Subject', `=?utf-8?B?${Buffer.from('ü'.repeat(24)).toString('base64')}?=`),
      valued('Subject', `${'plain '.repeat(10)}=?utf-8?B?w7w=?= and more`),
    ],
  },
  {
    source: 'RFC 2047 5',
    rule: 'An encoded word holds whole characters: each can be decoded alone',
    concerns: hasWords,
    check: (mail) =>
      firstOf(wordsOf(mail), (word) => {
        const isSound = /^=\?utf-8\?(?:B\?(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|Q\?[!->@-~]+)\?=$/i.test(
          word,
        );
        return unless(isSound && isUtf8(decodedWord(word)), shown(word));
      }),
    breaks: [
      valued('Subject', '=?utf-8?B?4p8=?= =?utf-8?B?pg==?='),
      valued('Subject', '=?utf-8?B?w7w?='),
      valued('Subject', '=?latin1?Q?=FC?='),
    ],
  },
  {
    source: 'RFC 2047 5 (1, 3)',
    rule: 'An encoded word has white space or the end of the field on both sides, and is never within a quoted string or an address',
    concerns: hasWords,
    check: (mail) =>
      firstOf(fieldsOf(textOf(mail)), ({ name, value }) => {
        const outside = value.replace(/(?<=^|\s)=\?[^?\s]+\?[^?\s]\?[^?\s]*\?=(?=\s|$)/g, '');
        return unless(!/=\?[^?\s]+\?[^?\s]\?[^?\s]*\?=/.test(outside), shown(`${name}: ${value}`));
      }),
    breaks: [
      valued('From', '"=?utf-8?B?w7w=?=" <a@b.example>'),
      valued('From', '=?utf-8?B?w7w=?=<a@b.example>'),
      valued('From', 'a <=?utf-8?B?w7w=?=@b.example>'),
      valued('Subject', '=?utf-8?B?w7w=?==?utf-8?B?w7w=?='),
    ],
  },
  {
    source: 'RFC 2047 5',
    rule: 'Encoded words stand in text and display names only, never in a date, an identifier or a parameter',
    concerns: hasWords,
    check: (mail) =>
      firstOf(fieldsOf(textOf(mail)), ({ name, value }) =>
        unless(
          MAY_HOLD_WORDS.some((each) => each.toLowerCase() === name.toLowerCase()) || !value.includes('=?'),
          shown(`${name}: ${value}`),
        ),
      ),
    breaks: [headed('Archived-At: =?utf-8?B?w7w=?='), headed('Comments-To: =?utf-8?B?w7w=?=')],
  },
  {
    source: 'RFC 2047 6',
    rule: 'Another program reads the Subject as it was written',
    check: async (mail) => {
      const { subject } = await read(mail);
      return unless(subject === mail.written.subject, `${shown(subject ?? '')}, written as ${shown(mail.written.subject)}`);
    },
    breaks: [valued('Subject', 'Another subject'), valued('Subject', '=?utf-8?B?4p8=?= =?utf-8?B?pg==?=')],
  },
  NAMES_READ,
  {
    source: 'RFC 2045 6.7, RFC 2046 4.1.1',
    rule: 'Another program reads the lines of the text as they were written: dots, "From ", =20, a word of 3,000 characters',
    check: async (mail) => {
      const lines = ((await read(mail)).text ?? '').split('\n').map((line) => line.replace(/\r$/, '').trim());
      return firstOf(mail.written.lines, (line) => unless(lines.includes(line), `no line ${shown(line)}`));
    },
    breaks: [(mail) => ({ ...mail, written: { ...mail.written, lines: ['What nobody has written.'] } })],
  },
  {
    source: 'RFC 2046 5.1.4',
    rule: 'Both alternatives greet the same reader and hold the same way out',
    concerns: ({ kind }) => kind === 'newsletter',
    check: (mail) => {
      const links = ['text/plain', 'text/html'].map((type) => /https?:[^\s"<>]*\/u\/[a-z2-7]+/.exec(partOf(mail, type))?.[0]);
      return unless(links[0] !== undefined && links[0] === links[1], links.join(' and '));
    },
    breaks: [
      changed((text) => text.replace('text/plain', 'text/x-plain')),
      changed((text) => text.replace('text/html', 'text/x-html')),
    ],
  },
];
