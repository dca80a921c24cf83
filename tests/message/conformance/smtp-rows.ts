// RFC 5321 and its extensions: what was said to the relay, and the octets after DATA.
import { domainToASCII } from 'node:url';
import { bodyOf, headOf, type Mail, textOf } from './mail.ts';
import { firstOf, type Row, said, shown, unless, type Verdict } from './row.ts';

const DOMAIN = /^(?=.{1,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const ADDRESS_LITERAL = /^\[(\d{1,3}(\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\]$/i;
const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\u{10ffff}-]+";
const DOT_STRING = new RegExp(`^${ATEXT}(\\.${ATEXT})*$`, 'u');

interface Path {
  readonly local: string;
  readonly domain: string;
}

/** `MAIL FROM:<local@domain> PARAMETERS`; undefined where it is anything else. */
function pathIn(command: string): Path | undefined {
  const [, local, domain] = /^(?:MAIL FROM|RCPT TO):<([^<>@\s]+)@([^<>@\s]+)>(?: [^ ]+)*$/.exec(command) ?? [];
  return local === undefined || domain === undefined ? undefined : { local, domain };
}

function pathsOf({ conversation }: Mail): (Path | undefined)[] {
  return [conversation.mailFrom, conversation.rcptTo].map(pathIn);
}

function eachPath(mail: Mail, isHeld: (path: Path) => boolean, why: string): Verdict {
  return firstOf(pathsOf(mail), (path) =>
    unless(path !== undefined && isHeld(path), `${why}: ${shown(JSON.stringify(path) ?? '')}`),
  );
}

/** The parameters of both commands: `SIZE=123`, `SMTPUTF8`. */
function parametersOf({ conversation }: Mail): string[] {
  return [conversation.mailFrom, conversation.rcptTo].flatMap((command) => command.split('>')[1]?.trim().split(' ') ?? []);
}

function hasParameter(mail: Mail, name: string): boolean {
  return parametersOf(mail).some((each) => each.split('=')[0]?.toUpperCase() === name);
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

/** The lines after DATA, less their CRLF and the dot that stands for a dot (RFC 5321 4.5.2). */
function undotted({ conversation }: Mail): Buffer {
  const text = conversation.data.toString('latin1').slice(0, -'.\r\n'.length);
  return Buffer.from(text.replace(/(^|\r\n)\./g, '$1'), 'latin1');
}

function sent(change: (text: string) => string): (mail: Mail) => Mail {
  return (mail) => said({ data: Buffer.from(change(mail.conversation.data.toString('latin1')), 'latin1') })(mail);
}

function withParameter(parameter: string): (mail: Mail) => Mail {
  return (mail) => said({ mailFrom: `${mail.conversation.mailFrom} ${parameter}` })(mail);
}

export const SMTP_ROWS: readonly Row[] = [
  {
    source: 'RFC 5321 4.1.1.1',
    rule: 'EHLO gives a domain name of several labels, or an address in brackets',
    check: ({ conversation }) => {
      const name = conversation.ehlo.replace(/^EHLO /, '');
      return unless(DOMAIN.test(name) || ADDRESS_LITERAL.test(name), shown(conversation.ehlo));
    },
    breaks: [said({ ehlo: 'EHLO localhost' }), said({ ehlo: 'EHLO my_machine.example' }), said({ ehlo: 'HELO' })],
  },
  {
    source: 'RFC 5321 4.1.1.2, 4.1.2',
    rule: 'MAIL and RCPT hold one path in angle brackets, a dot-string and a domain, with no space before it',
    check: (mail) => eachPath(mail, ({ local, domain }) => DOT_STRING.test(local) && !/^\.|\.$|\.\./.test(domain), 'no path'),
    breaks: [
      said({ mailFrom: 'MAIL FROM: <news@a.example>' }),
      said({ rcptTo: 'RCPT TO:ada@a.example' }),
      said({ rcptTo: 'RCPT TO:<a..b@a.example>' }),
    ],
  },
  {
    source: 'RFC 5321 4.5.3.1.1',
    rule: 'A local part has at most 64 octets, that of the return path too',
    check: (mail) => eachPath(mail, ({ local }) => Buffer.byteLength(local) <= 64, 'over 64 octets'),
    breaks: [
      said({ mailFrom: `MAIL FROM:<r-${'a'.repeat(63)}@a.example>` }),
      said({ rcptTo: `RCPT TO:<${'ü'.repeat(33)}@a.example>` }),
    ],
  },
  {
    source: 'RFC 5321 4.5.3.1.2',
    rule: 'A domain has at most 255 octets, and each of its labels 63 (RFC 1035 2.3.4)',
    check: (mail) =>
      eachPath(
        mail,
        ({ domain }) => Buffer.byteLength(domain) <= 255 && domain.split('.').every((label) => Buffer.byteLength(label) <= 63),
        'too long',
      ),
    breaks: [
      said({ rcptTo: `RCPT TO:<a@${'d'.repeat(64)}.example>` }),
      said({ rcptTo: `RCPT TO:<a@${'d.'.repeat(128)}example>` }),
    ],
  },
  {
    source: 'RFC 5321 4.5.3.1.3',
    rule: 'A path has at most 256 octets with its brackets',
    check: (mail) => eachPath(mail, ({ local, domain }) => Buffer.byteLength(`<${local}@${domain}>`) <= 256, 'over 256 octets'),
    breaks: [said({ rcptTo: `RCPT TO:<${'a'.repeat(64)}@${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(63)}>` })],
  },
  {
    source: 'RFC 5321 4.5.3.1.4',
    rule: 'A command line has at most 512 octets with its CRLF',
    check: ({ conversation: { ehlo, mailFrom, rcptTo } }) =>
      firstOf([ehlo, mailFrom, rcptTo], (line) => unless(Buffer.byteLength(line) <= 510, shown(line))),
    breaks: [withParameter(`ENVID=${'x'.repeat(500)}`)],
  },
  {
    source: 'RFC 5321 2.3.8',
    rule: 'CR and LF come only together, as the end of a line',
    check: ({ conversation }) => {
      const bare = /\r(?!\n)|(?<!\r)\n/.exec(conversation.data.toString('latin1'));
      return unless(bare === null, `bare at octet ${bare?.index}`);
    },
    breaks: [sent((text) => text.replace('\r\n', '\n')), sent((text) => text.replace('\r\n', '\r')), sent((text) => `\n${text}`)],
  },
  {
    source: 'RFC 5321 4.5.3.1.6',
    rule: 'A text line has at most 1,000 octets with its CRLF, the dot of transparency not counted',
    check: (mail) =>
      firstOf(undotted(mail).toString('latin1').split('\r\n'), (line) =>
        unless(line.length <= 998, `${line.length} octets: ${shown(line)}`),
      ),
    breaks: [sent((text) => `${'x'.repeat(999)}\r\n${text}`)],
  },
  {
    source: 'RFC 5321 4.1.1.4',
    rule: 'The data ends in CRLF, and after it comes the line of one dot, the only one',
    check: ({ conversation }) => {
      const text = conversation.data.toString('latin1');
      return unless(text.indexOf('\r\n.\r\n') === text.length - 5, 'a line of one dot within, or none at the end');
    },
    breaks: [
      sent((text) => `a\r\n.\r\n${text}`),
      sent((text) => text.slice(0, -5)),
      sent((text) => text.replace(/\r\n\.\r\n$/, '.\r\n')),
    ],
  },
  {
    source: 'RFC 5321 4.5.2',
    rule: 'A line that begins with a dot is sent with one dot more, so that what is received is what was sent',
    check: (mail) => {
      const alone = /\r\n\.(?!\.|\r\n$)/.exec(mail.conversation.data.toString('latin1'));
      if (alone) return `a dot alone at octet ${alone.index}`;
      return unless(undotted(mail).equals(mail.bytes), 'what was kept differs from what was sent');
    },
    breaks: [
      sent((text) => text.replace('\r\n\r\n', '\r\n\r\n.a single dot\r\n')),
      sent((text) => text.replace('\r\n\r\n', '\r\n\r\n..\r\n')),
    ],
  },
  {
    source: 'RFC 5321 4.5.2',
    rule: 'What is received is what Postrider composed and signed, octet for octet',
    concerns: ({ composed }) => composed !== null,
    check: ({ bytes, composed }) => unless(composed?.equals(bytes) === true, 'it differs'),
    breaks: [
      (mail) => ({ ...mail, bytes: Buffer.concat([mail.bytes, Buffer.from('\r\n')]) }),
      (mail) => ({ ...mail, composed: null }),
    ],
  },
  {
    source: 'RFC 5321 2.2.1, 4.1.1.11',
    rule: 'No parameter is used that the relay has not announced',
    check: (mail) => {
      const extension = (name: string): string =>
        ({ BODY: '8BITMIME', RET: 'DSN', ENVID: 'DSN', NOTIFY: 'DSN', ORCPT: 'DSN' })[name] ?? name;
      const names = parametersOf(mail).flatMap((each) => each.split('=')[0]?.toUpperCase() || []);
      return firstOf(names, (name) => unless(mail.conversation.announced.includes(extension(name)), name));
    },
    breaks: [withParameter('AUTH=<>'), (mail) => said({ announced: [] })(withParameter('SIZE=1')(mail))],
  },
  {
    source: 'RFC 1870 6.1',
    rule: 'A SIZE that is declared is a number, and no less than the message',
    check: (mail) =>
      firstOf(parametersOf(mail), (each) => {
        const [, declared] = /^SIZE(?:=(.*))?$/i.exec(each) ?? [];
        return unless(!/^SIZE\b/i.test(each) || Number(declared) >= mail.bytes.length, each);
      }),
    breaks: [withParameter('SIZE=10'), withParameter('SIZE=many')],
  },
  {
    source: 'RFC 6152 3',
    rule: 'A body goes as 7 bits, or is declared as BODY=8BITMIME',
    check: (mail) => unless(isAscii(bodyOf(textOf(mail))) || hasParameter(mail, 'BODY'), 'octets above 127 in the body'),
    breaks: [(mail) => ({ ...mail, bytes: Buffer.concat([mail.bytes, Buffer.from('ü\r\n')]) })],
  },
  {
    source: 'RFC 6531 3.1, 3.4',
    rule: 'SMTPUTF8 is asked for where an address or the header is beyond ASCII, and nowhere else',
    check: (mail) => {
      const { mailFrom, rcptTo } = mail.conversation;
      const isNeeded = !isAscii(mailFrom + rcptTo + headOf(textOf(mail)));
      return unless(isNeeded === hasParameter(mail, 'SMTPUTF8'), isNeeded ? 'needed and not asked for' : 'asked for in vain');
    },
    breaks: [
      said({ rcptTo: 'RCPT TO:<grüße@reader.example>', mailFrom: 'MAIL FROM:<a@a.example>' }),
      (mail) =>
        isAscii(mail.conversation.rcptTo) ? withParameter('SMTPUTF8')(mail) : said({ mailFrom: 'MAIL FROM:<a@a.example>' })(mail),
    ],
  },
  {
    source: 'RFC 6531 3.2, RFC 5890 2.3.2.1',
    rule: 'The address on the wire is the one that was written: its local part untouched, its domain the same name',
    check: ({ conversation, written }) => {
      const path = pathIn(conversation.rcptTo);
      const [local, domain] = written.to.address.split('@');
      return unless(path?.local === local && domainToASCII(path?.domain ?? '') === domain, shown(conversation.rcptTo));
    },
    breaks: [
      said({ rcptTo: 'RCPT TO:<gr=C3=BC=C3=9Fe@reader.example>' }),
      said({ rcptTo: 'RCPT TO:<leser@bucher.example>' }),
      said({ rcptTo: 'RCPT TO:<ada@xn--reader-.example>' }),
    ],
  },
  {
    source: 'RFC 6531 3.2',
    rule: 'A domain beyond ASCII goes as A-labels where SMTPUTF8 is not asked for',
    check: (mail) => eachPath(mail, ({ domain }) => isAscii(domain) || hasParameter(mail, 'SMTPUTF8'), 'a domain beyond ASCII'),
    breaks: [said({ rcptTo: 'RCPT TO:<leser@bücher.example>', mailFrom: 'MAIL FROM:<a@a.example>' })],
  },
];
