// RFC 6376 and 8301: the signature, held against the key as DNS has it by a verifier in its strict mode.
import { createPublicKey } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { addressIn, domainIn, fieldsOf, fieldValue, isNamed, type Mail, textOf, valuesOf } from './mail.ts';
import {
  changed,
  firstOf,
  headed,
  newsletters,
  type Row,
  replaced,
  shown,
  unless,
  type Verdict,
  valued,
  without,
} from './row.ts';

const ALWAYS = ['From', 'Subject', 'Date', 'Message-ID', 'To', 'MIME-Version', 'Content-Type'];
const OF_LISTS = ['List-Unsubscribe', 'List-Unsubscribe-Post', 'List-Id', 'Feedback-ID', 'Archived-At'];
const REQUIRED = ['v', 'a', 'b', 'bh', 'd', 'h', 's'];
const MIN_BITS = 1_024;
/** RFC 6376 5.4: what relays write or change. */
const NEVER = ['return-path', 'received', 'comments', 'keywords', 'dkim-signature', 'authentication-results'];

/** The tags of the signature, without white space; the last of two that have one name. */
export function tagsOf(mail: Mail): Map<string, string> {
  const tags = fieldValue(mail, 'DKIM-Signature').split(';');
  return new Map(
    tags.flatMap((tag) => {
      const [name = '', ...value] = tag.split('=');
      return name.trim() === '' ? [] : [[name.trim(), value.join('=').replace(/\s+/g, '')]];
    }),
  );
}

function tagOf(mail: Mail, name: string): string {
  return tagsOf(mail).get(name) ?? '';
}

/** In lower case. */
function signedFields(mail: Mail): string[] {
  return tagOf(mail, 'h').toLowerCase().split(':');
}

/** DNS has nothing but what the message's sender has published. */
async function verify(mail: Mail): Promise<Verdict> {
  const resolver = (name: string, type: string): Promise<string[][]> => {
    const record = mail.txt[name];
    if (type === 'TXT' && record !== undefined) return Promise.resolve([[record]]);
    return Promise.reject(Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' }));
  };
  const { results } = await dkimVerify(mail.bytes, { resolver, strict: true, minBitLength: MIN_BITS } as Parameters<
    typeof dkimVerify
  >[1]);
  const [result] = results;
  if (results.length !== 1 || !result) return `${results.length} signatures`;
  return unless(result.status.result === 'pass', `${result.status.result} ${result.status.comment ?? ''}`);
}

function covers(mail: Mail, names: readonly string[]): Verdict {
  return firstOf(names, (name) =>
    unless(
      signedFields(mail).includes(name.toLowerCase()) && valuesOf(mail, name).length > 0,
      `${name} is not signed, or not there`,
    ),
  );
}

function unsigned(name: string): (mail: Mail) => Mail {
  return retagged('h', (value) =>
    value
      .split(':')
      .filter((each) => each.toLowerCase() !== name.toLowerCase())
      .join(':'),
  );
}

/** The signature with another value for a tag. */
function retagged(tag: string, change: (value: string) => string): (mail: Mail) => Mail {
  return (mail) => {
    const tags = [...tagsOf(mail)].map(([name, value]) => `${name}=${name === tag ? change(value) : value}`);
    return valued('DKIM-Signature', tags.join('; '))(mail);
  };
}

function untagged(tag: string): (mail: Mail) => Mail {
  return (mail) =>
    valued(
      'DKIM-Signature',
      [...tagsOf(mail)].flatMap(([name, value]) => (name === tag ? [] : `${name}=${value}`)).join('; '),
    )(mail);
}

function publishedKey(mail: Mail): string | undefined {
  return /\bp=([A-Za-z0-9+/=]+)/.exec(mail.txt[`${tagOf(mail, 's')}._domainkey.${tagOf(mail, 'd')}`] ?? '')?.[1];
}

/** Relaxed alignment (RFC 7489 3.1.1): the same domain, or one above it. */
export function isAligned(domain: string, mail: Mail): boolean {
  const from = domainIn(addressIn(fieldValue(mail, 'From')));
  return domain !== '' && domain.includes('.') && (from === domain || from.endsWith(`.${domain}`));
}

const SMALL_KEY =
  'MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL9XS0pTKx9yS5aNMRdKTW1hcGllc2FuZG1hdGNoZXNhbmRtb3JlYW5kbW9yZWFuZG1vcmVhbmRtb3JlYW5kbW8CAwEAAQ==';

export const DKIM_ROWS: readonly Row[] = [
  {
    source: 'RFC 6376 6.1',
    rule: 'There is one signature, and it verifies by the key that DNS has for it',
    check: verify,
    breaks: [
      without('DKIM-Signature'),
      changed((text) => `${text}One line more.\r\n`),
      replaced(/^Subject: /m, 'Subject: Not '),
      headed('From: somebody@else.example'),
      headed('Subject: Before the other'),
      headed('Reply-To: somebody@else.example'),
      (mail) => ({ ...mail, txt: {} }),
      (mail) => ({ ...mail, txt: Object.fromEntries(Object.keys(mail.txt).map((name) => [name, 'v=DKIM1; k=rsa; p='])) }),
    ],
  },
  {
    source: 'RFC 6376 3.5',
    rule: `The signature has all tags that it must have, ${REQUIRED.join(', ')}, and its version is 1`,
    check: (mail) =>
      firstOf(REQUIRED, (tag) => unless(tagOf(mail, tag) !== '', `no ${tag}=`)) ??
      unless(tagOf(mail, 'v') === '1', 'another version'),
    breaks: [...REQUIRED.map(untagged), retagged('v', () => '2')],
  },
  {
    source: 'RFC 6376 5.4',
    rule: `h= covers ${ALWAYS.join(', ')}`,
    check: (mail) => covers(mail, ALWAYS),
    breaks: ALWAYS.map(unsigned),
  },
  {
    source: 'RFC 6376 5.4.1, RFC 8058 4',
    rule: `h= covers ${OF_LISTS.join(', ')} of a newsletter`,
    concerns: newsletters,
    check: (mail) => covers(mail, OF_LISTS),
    breaks: OF_LISTS.map(unsigned),
  },
  {
    source: 'RFC 6376 5.4.1',
    rule: 'h= covers Reply-To, Auto-Submitted and Content-Transfer-Encoding wherever they are there',
    check: (mail) =>
      firstOf(['Reply-To', 'Auto-Submitted', 'Content-Transfer-Encoding'], (name) =>
        unless(valuesOf(mail, name).length === 0 || signedFields(mail).includes(name.toLowerCase()), `${name} is not signed`),
      ),
    breaks: [
      (mail) => unsigned('Reply-To')(headed('Reply-To: a@b.example')(mail)),
      (mail) => unsigned('Auto-Submitted')(headed('Auto-Submitted: no')(mail)),
    ],
  },
  {
    source: 'RFC 6376 8.15',
    rule: 'Each field in h= is named once more than it occurs, so that none can be added',
    check: (mail) => {
      const signed = signedFields(mail);
      return firstOf(new Set([...signed, 'from', 'reply-to', 'to', 'subject', 'cc']), (name) => {
        const named = signed.filter((each) => each === name).length;
        const there = fieldsOf(textOf(mail)).filter((field) => isNamed(field, name)).length;
        return unless(named === there + 1, `${name}: ${there} there, ${named} named`);
      });
    },
    breaks: [retagged('h', (value) => [...new Set(value.split(':'))].join(':')), unsigned('Cc'), headed('Subject: Another')],
  },
  {
    source: 'RFC 6376 5.4',
    rule: 'h= covers no field that relays write or change',
    check: (mail) => firstOf(NEVER, (name) => unless(!signedFields(mail).includes(name), name)),
    breaks: NEVER.map((name) => retagged('h', (value) => `${value}:${name}`)),
  },
  {
    source: 'RFC 7489 3.1.1',
    rule: 'd= is the domain of From, or one above it',
    check: (mail) => unless(isAligned(tagOf(mail, 'd'), mail), shown(tagOf(mail, 'd'))),
    breaks: [retagged('d', () => 'relay.example'), retagged('d', (domain) => `mail.${domain}`), retagged('d', () => 'example')],
  },
  {
    source: 'RFC 6376 8.2',
    rule: 'The whole body is signed: there is no l=',
    check: (mail) => unless(!tagsOf(mail).has('l'), `l=${tagOf(mail, 'l')}`),
    breaks: [(mail) => valued('DKIM-Signature', `${fieldValue(mail, 'DKIM-Signature')}; l=0`)(mail)],
  },
  {
    source: 'RFC 8301 3.1',
    rule: 'The algorithm is rsa-sha256',
    check: (mail) => unless(tagOf(mail, 'a') === 'rsa-sha256', shown(tagOf(mail, 'a'))),
    breaks: [retagged('a', () => 'rsa-sha1'), retagged('a', () => 'ed25519-sha256')],
  },
  {
    source: 'RFC 8301 3.2',
    rule: 'The key has 1,024 bits at least',
    check: (mail) => {
      const published = publishedKey(mail);
      if (published === undefined) return 'no key in DNS';
      const { modulusLength = 0 } =
        createPublicKey({ key: Buffer.from(published, 'base64'), format: 'der', type: 'spki' }).asymmetricKeyDetails ?? {};
      return unless(modulusLength >= MIN_BITS, `${modulusLength} bits`);
    },
    breaks: [
      (mail) => ({ ...mail, txt: {} }),
      (mail) => ({
        ...mail,
        txt: Object.fromEntries(Object.keys(mail.txt).map((name) => [name, `v=DKIM1; k=rsa; p=${SMALL_KEY}`])),
      }),
    ],
  },
  {
    source: 'RFC 6376 3.5',
    rule: 'It is signed before now, and does not run out within five days, as long as relays try',
    check: (mail) => {
      const [signedAt, endsAt] = [tagOf(mail, 't'), tagOf(mail, 'x')];
      const isPast = /^\d*$/.test(signedAt) && Number(signedAt) <= Date.now() / 1_000 + 60;
      return unless(isPast && (endsAt === '' || Number(endsAt) - Number(signedAt) >= 5 * 86_400), `t=${signedAt} x=${endsAt}`);
    },
    breaks: [retagged('t', () => '9999999999'), retagged('t', (at) => `${at}; x=${Number(at) + 60}`)],
  },
];
