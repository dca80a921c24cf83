// A message to the same with a DKIM signature before it (RFC 6376). Pure: the time of signing is the message's own Date,
// so every attempt has the same bytes.
//
// Each field is oversigned: named once more than it occurs (RFC 6376 8.15), so that nobody on the way can put another
// Subject or Reply-To before ours and keep our signature. `dkimSign` of mailauth signs what is there and no more, which is
// why its parts are put together here.
import { sign as signBytes } from 'node:crypto';
import { dkimBody } from 'mailauth/lib/dkim/body/index.js';
import { generateCanonicalizedHeader } from 'mailauth/lib/dkim/header/index.js';
import { formatSignatureHeaderLine, type HeaderField, parseHeaders } from 'mailauth/lib/tools.js';
import type { DkimKey } from '../domain/dkim.ts';
import type { Message } from '../domain/message.ts';

// What a reader or a mail program acts upon (RFC 6376 5.4.1, RFC 8058 4); not what relays add or change.
const SIGNED = [
  ...['From', 'Sender', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'Cc', 'In-Reply-To', 'References'],
  ...['List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'Archived-At', 'Feedback-ID', 'Auto-Submitted'],
  ...['MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'],
];

const END_OF_HEADER = '\r\n\r\n';

export function signMessage({ envelope, bytes }: Message, { domain, selector, privateKey }: DkimKey): Message {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = message.indexOf(END_OF_HEADER);
  const fields = parseHeaders(message.subarray(0, end)).parsed;
  const { canonicalizedHeader, dkimHeaderOpts } = generateCanonicalizedHeader('DKIM', oversigned(fields), {
    ...{ signingDomain: domain, selector, algorithm: 'rsa-sha256', canonicalization: 'relaxed/simple' },
    ...{ bodyHash: hashOf(message.subarray(end + END_OF_HEADER.length)), timestamp: secondsOf(fields) },
  });
  const signature = signBytes('rsa-sha256', canonicalizedHeader, privateKey).toString('base64');
  const line = formatSignatureHeaderLine('DKIM', { ...dkimHeaderOpts, b: signature }, true);
  return { envelope, bytes: Buffer.concat([Buffer.from(`${line}\r\n`), message]) };
}

/** In the order in which whoever verifies takes them: of each name what is there, and then one that is not. */
function oversigned(fields: readonly HeaderField[]): { keys: string; headers: readonly HeaderField[] } {
  const groups = SIGNED.map((name) => fields.filter(({ key }) => key === name.toLowerCase()).toReversed());
  const keys = groups.flatMap((found, index) => Array.from({ length: found.length + 1 }, () => SIGNED[index] ?? ''));
  return { keys: keys.join(': '), headers: groups.flat() };
}

/** Ours is quoted-printable, where no relay finds a space to change: `simple` will do, at a ninth of the time of `relaxed`. */
function hashOf(body: Uint8Array): string {
  const hash = dkimBody('simple', 'sha256', false);
  hash.update(body);
  return hash.digest('base64');
}

function secondsOf(fields: readonly HeaderField[]): number {
  const date =
    fields
      .find(({ key }) => key === 'date')
      ?.line.toString('latin1')
      .slice('date:'.length) ?? '';
  return Math.floor(Date.parse(date) / 1_000);
}
