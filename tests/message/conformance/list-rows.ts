// The fields of mailing lists and of what programs send: RFC 2369, 2919, 8058, 5064 and 3834.
import PostalMime from 'postal-mime';
import { fieldsOf, fieldValue, type Mail, textOf, valuesOf } from './mail.ts';
import { firstOf, headed, letters, newsletters, type Row, shown, unless, type Verdict, valued, without } from './row.ts';

const URI = /^<(https?:\/\/[^\s<>"{}|\\^`\x80-\xff]+|mailto:[^\s<>"{}|\\^`\x80-\xff]+@[^\s<>"{}|\\^`\x80-\xff]+)>$/;
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const WORD = `(?:${ATOM}|"(?:[^"\\\\]|\\\\.)*")`;
const LIST_ID = new RegExp(`^(?:${WORD}(?:\\s+${WORD})*\\s+)?<(${ATOM}(?:\\.${ATOM})+)>$`);
const LIST_URL_FIELDS = /^list-(help|unsubscribe|subscribe|post|owner|archive)$/i;
const SECURE = /^<https:\/\/[^>]+>$/;

export function waysOut(mail: Mail): string[] {
  return fieldValue(mail, 'List-Unsubscribe').split(/,\s*/);
}

function one(mail: Mail, name: string, pattern: RegExp): Verdict {
  const values = valuesOf(mail, name);
  return unless(values.length === 1 && pattern.test(values[0] ?? ''), `${values.length}: ${shown(values.join('|'))}`);
}

export const LIST_ROWS: readonly Row[] = [
  {
    source: 'RFC 2369 2',
    rule: 'The fields of a list hold URLs in angle brackets, divided by commas, with no white space in them',
    concerns: newsletters,
    check: (mail) =>
      firstOf(
        fieldsOf(textOf(mail)).filter(({ name }) => LIST_URL_FIELDS.test(name)),
        ({ name, value }) => firstOf(value.split(/,\s*/), (way) => unless(URI.test(way), shown(`${name}: ${way}`))),
      ),
    breaks: [
      'https://a.example/u/x',
      '<https://a.example/u/x> <mailto:u@a.example>',
      '<https://a.example/u/ x>',
      '<javascript:x>',
      '=?utf-8?B?w7w=?=',
      '<mailto:nobody>',
    ].map((value) => valued('List-Unsubscribe', value)),
  },
  {
    source: 'RFC 2369 2',
    rule: 'Each field of a list is there once at most, and List-Unsubscribe is there',
    concerns: newsletters,
    check: (mail) => {
      const names = fieldsOf(textOf(mail)).flatMap(({ name }) => (/^list-/i.test(name) ? name.toLowerCase() : []));
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      return unless(names.includes('list-unsubscribe') && twice === undefined, `${twice ?? 'no List-Unsubscribe'}`);
    },
    breaks: [without('List-Unsubscribe'), headed('list-unsubscribe: <https://a.example/>')],
  },
  {
    source: 'RFC 2369 3.2',
    rule: 'Who can take mail for it offers a way out by mail as well, after the one on the web',
    concerns: (mail) => newsletters(mail) && mail.envelope.returnPath.startsWith('r-'),
    check: (mail) =>
      unless(
        waysOut(mail)
          .map((way) => way.slice(1, 6))
          .join() === 'https,mailt',
        shown(waysOut(mail).join()),
      ),
    breaks: [
      valued('List-Unsubscribe', '<https://a.example/u/x>'),
      valued('List-Unsubscribe', '<mailto:u@a.example>, <https://a.example/u/x>'),
    ],
  },
  {
    source: 'RFC 2919 2, 3',
    rule: 'List-Id is there once: perhaps a phrase, and a name of two labels or more in angle brackets',
    concerns: newsletters,
    check: (mail) => one(mail, 'List-Id', LIST_ID),
    breaks: [
      without('List-Id'),
      headed('List-Id: <a.b>'),
      ...['monthly.a.example', '<monthly>', 'A, B <m.a.example>', '<m..example>', 'A<m.a.example'].map((id) =>
        valued('List-Id', id),
      ),
    ],
  },
  {
    source: 'RFC 2919 2',
    rule: 'The name of a list has at most 255 octets',
    concerns: newsletters,
    check: (mail) => {
      const id = /<([^>]*)>$/.exec(fieldValue(mail, 'List-Id'))?.[1] ?? '';
      return unless(id !== '' && id.length <= 255, `${id.length} octets`);
    },
    breaks: [valued('List-Id', `<${'monthly.'.repeat(32)}example>`)],
  },
  {
    source: 'RFC 2919 3',
    rule: 'The name of a list is the same in all of its messages, and lies in a domain of the sender',
    concerns: newsletters,
    check: (mail, all) => {
      const idOf = (each: Mail): string => /<([^>]*)>$/.exec(fieldValue(each, 'List-Id'))?.[1] ?? '';
      const domain = mail.written.from.address.split('@')[1] ?? '';
      const others = all.filter((each) => newsletters(each) && each.written.from.address === mail.written.from.address);
      return unless(idOf(mail).endsWith(`.${domain}`) && others.every((each) => idOf(each) === idOf(mail)), shown(idOf(mail)));
    },
    breaks: [
      valued('List-Id', '<monthly.elsewhere.example>'),
      (mail) => valued('List-Id', `<other.${mail.written.from.address.split('@')[1]}>`)(mail),
    ],
  },
  {
    source: 'RFC 2919 2, Gmail (2024)',
    rule: 'Another program reads the title of the list beside its name, as it was written',
    concerns: newsletters,
    check: async (mail) => {
      // A List-Id has the form of a mailbox, all but the @.
      const { from } = await PostalMime.parse(`From: ${fieldValue(mail, 'List-Id').replace(/<([^>]*)>$/, '<a@$1>')}\r\n\r\n`);
      return unless(from?.name === mail.written.list, `${shown(from?.name ?? '')}, written as ${shown(mail.written.list ?? '')}`);
    },
    breaks: [valued('List-Id', '<monthly.a.example>'), valued('List-Id', 'Another list <monthly.a.example>')],
  },
  {
    source: 'RFC 8058 3.1',
    rule: 'List-Unsubscribe-Post is there once and is List-Unsubscribe=One-Click, to the letter',
    concerns: newsletters,
    check: (mail) => one(mail, 'List-Unsubscribe-Post', /^List-Unsubscribe=One-Click$/),
    breaks: [
      without('List-Unsubscribe-Post'),
      headed('List-Unsubscribe-Post: List-Unsubscribe=One-Click'),
      valued('List-Unsubscribe-Post', 'list-unsubscribe=one-click'),
      valued('List-Unsubscribe-Post', '<List-Unsubscribe=One-Click>'),
    ],
  },
  {
    source: 'RFC 8058 3.1',
    rule: 'List-Unsubscribe holds one https URI, and no http beside it',
    concerns: newsletters,
    check: (mail) =>
      unless(
        waysOut(mail).filter((way) => /^<http/i.test(way)).length === 1 && waysOut(mail).some((way) => SECURE.test(way)),
        shown(waysOut(mail).join()),
      ),
    breaks: [
      valued('List-Unsubscribe', '<http://a.example/u/x>'),
      valued('List-Unsubscribe', '<mailto:u@a.example>'),
      valued('List-Unsubscribe', '<https://a.example/u/x>, <https://a.example/u/y>'),
    ],
  },
  {
    source: 'RFC 8058 3.1, 3.2',
    rule: 'The URI tells reader and list by itself, and cannot be guessed: no two readers have the same',
    concerns: newsletters,
    check: (mail, all) => {
      const same = all.filter(
        (each) =>
          newsletters(each) && each.written.from.address === mail.written.from.address && waysOut(each)[0] === waysOut(mail)[0],
      );
      return unless(
        same.every(({ written }) => written.to.address === mail.written.to.address),
        `${same.length} readers have it`,
      );
    },
    breaks: [(mail) => ({ ...mail, written: { ...mail.written, to: { name: '', address: 'somebody.else@reader.example' } } })],
  },
  {
    source: 'RFC 5064 2.2',
    rule: 'Archived-At is there once at most, and holds one URI in angle brackets',
    concerns: newsletters,
    check: (mail) => one(mail, 'Archived-At', /^<https?:\/\/[^\s<>\x80-\xff]+>$/),
    breaks: [
      valued('Archived-At', 'https://a.example/1'),
      valued('Archived-At', '<https://a.example/1>, <https://a.example/2>'),
      headed('Archived-At: <https://a.example/1>'),
    ],
  },
  {
    source: 'RFC 3834 5',
    rule: 'A letter that a program writes says so, so that no program answers it: Auto-Submitted: auto-generated',
    concerns: letters,
    check: (mail) => one(mail, 'Auto-Submitted', /^auto-generated$/),
    breaks: [without('Auto-Submitted'), valued('Auto-Submitted', 'no'), headed('Auto-Submitted: auto-generated')],
  },
  {
    source: 'RFC 3834 5, RFC 2369 3',
    rule: 'A letter is no mail of a list: it has no field of one',
    concerns: letters,
    check: (mail) => firstOf(fieldsOf(textOf(mail)), ({ name }) => unless(!/^list-/i.test(name), name)),
    breaks: [headed('List-Id: <monthly.a.example>')],
  },
];
