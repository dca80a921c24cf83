// What a reader finds in the text part of an email, and how lists of words are held against each other.

/** Letters and digits, word by word; punctuation and marks are not its business. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** What of `wanted` is not in `given` as often as it is wanted. */
export function lacking(wanted: readonly string[], given: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of given) left.set(each, (left.get(each) ?? 0) + 1);
  return wanted.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

// `[3] https://…`; a line of prose may begin with a mark, but an address does not follow it.
const NOTE = /^\[\d+\] ([a-z][a-z0-9+.-]*:\S+)$/gim;

/** Addresses that stand in notes. */
export function notesOf(text: string): string[] {
  return [...text.matchAll(NOTE)].map((match) => match[1] ?? '');
}

/** The text without its notes and their marks. */
export function withoutNotes(text: string): string {
  return text.replace(NOTE, '').replace(/ ?\[\d+\]/g, '');
}

/** Headings are underlined, or begin with `##`. */
export function headingsOf(text: string): string[] {
  const blocks = withoutNotes(text).split(/\n{2,}/);
  return blocks.filter((block) => /^#{2,3} |\n(=+|-+)$/.test(block));
}

/** True where a word of the text is the address, punctuation around it aside. */
export function hasBareAddress(text: string, address: string): boolean {
  const [before = '', ...others] = text.split(address.replace(/^mailto:/, ''));
  let left = before;
  return others.some((after) => {
    const isWhole = /(^|[\s\p{P}])$/u.test(left) && /^[\p{P}]*(\s|$)/u.test(after);
    left = after;
    return isWhole;
  });
}

/** True where the code stands in the text as written, each line behind the same indentation. */
export function hasCode(text: string, code: string): boolean {
  const lines = text.split('\n');
  const [first = '', ...rest] = code.trimEnd().split('\n');
  return lines.some((line, index) => {
    if (!line.endsWith(first)) return false;
    const prefix = line.slice(0, line.length - first.length);
    if (!/^(> |[- ] |\d+\. )* {4}$/.test(prefix)) return false;
    return rest.every((each, offset) => lines[index + 1 + offset] === (each === '' ? prefix.trimEnd() : prefix + each));
  });
}
