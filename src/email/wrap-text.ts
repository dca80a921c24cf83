// Lines of plain text: wrapped at spaces, indented, underlined.

// RFC 3676 4.2 and custom: lines of 72 leave room for two levels of quoting within 78.
export const TEXT_WIDTH = 72;

/** Stands for a space at which no line may break, until `unglue`: a noncharacter, which no issue can hold. */
export const GLUE = '\uFDD1';

export function unglue(text: string): string {
  return text.replaceAll(GLUE, ' ');
}

/** Breaks at spaces only; a word longer than a line, such as an address, stays whole. */
export function wrapText(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

/** `first` before the first line, `rest` before the others; blank lines get none but a visible one. */
export function indent(text: string, first: string, rest = first): string {
  const blank = rest.trimEnd();
  return text
    .split('\n')
    .map((line, index) => (line === '' ? blank : `${index === 0 ? first : rest}${line}`))
    .join('\n');
}

/** A heading as plain text shows it. */
export function underline(text: string, rule: '=' | '-'): string {
  const lines = wrapText(text, TEXT_WIDTH);
  const longest = Math.max(...lines.split('\n').map((line) => line.length));
  return `${lines}\n${rule.repeat(longest)}`;
}

function wrapLine(line: string, width: number): string {
  const lines: string[] = [''];
  for (const word of line.split(/[ \t]+/).filter((each) => each !== '')) {
    const current = lines.at(-1) ?? '';
    if (current === '') lines[lines.length - 1] = word;
    else if (current.length + 1 + word.length <= width) lines[lines.length - 1] = `${current} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
