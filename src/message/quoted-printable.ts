// Quoted-printable (RFC 2045 6.7): text as 7-bit lines of at most 76 characters that end in CRLF.
//
// A piece always begins at column 0 and its caller may end it with a soft break, so that pieces encoded
// apart can be laid one after the other: this is what lets the fixed parts be encoded once.

const MAX_LINE = 76;
/** `=` and CRLF: a line break that the reader's program takes out again. */
export const SOFT_BREAK = '=\r\n';

// What each byte becomes in the middle of a line.
const ENCODED = Array.from({ length: 256 }, (_, byte) => {
  const isPlain = (byte >= 33 && byte <= 126 && byte !== 61) || byte === 32 || byte === 9;
  return isPlain ? String.fromCharCode(byte) : hex(byte);
});

/** Encodes text whose line ends are LF. The last line gets no break. */
export function encodeQuotedPrintable(text: string): string {
  return text.split('\n').map(encodeLine).join('\r\n');
}

function encodeLine(line: string): string {
  const bytes = Buffer.from(line, 'utf8');
  let done = '';
  let current = '';
  for (let index = 0; index < bytes.length; index++) {
    const token = tokenAt(bytes, index, current === '');
    // A character of several bytes stays on one line: some readers decode line by line.
    const ahead = isContinued(bytes, index + 1) ? widthOfCharacter(bytes, index) : token.length;
    if (current.length + Math.max(token.length, isLead(bytes[index]) ? ahead : 0) > MAX_LINE - 1 && current !== '') {
      done += current + SOFT_BREAK;
      current = tokenAt(bytes, index, true);
    } else current += token;
  }
  return done + current;
}

function tokenAt(bytes: Uint8Array, index: number, isLineStart: boolean): string {
  const byte = bytes[index] ?? 0;
  // White space at the end of a line is lost on the way; a dot at its start would need stuffing (RFC 5321
  // 4.5.2); "From " at its start is changed by mailbox files.
  if ((byte === 32 || byte === 9) && index === bytes.length - 1) return hex(byte);
  if (isLineStart && byte === 0x2e) return '=2E';
  if (isLineStart && byte === 0x46 && bytes[index + 1] === 0x72 && bytes[index + 2] === 0x6f && bytes[index + 3] === 0x6d)
    return '=46';
  return ENCODED[byte] ?? '';
}

function isLead(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0xc0;
}

function isContinued(bytes: Uint8Array, index: number): boolean {
  const byte = bytes[index];
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

function widthOfCharacter(bytes: Uint8Array, index: number): number {
  let end = index + 1;
  while (isContinued(bytes, end)) end++;
  return (end - index) * 3;
}

function hex(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
