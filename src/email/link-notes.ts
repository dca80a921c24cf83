// Numbered notes for the links of a plain text: `word [3]`, and `[3] https://…` at the end of the section.
// An address that came before keeps its number, and is noted again in each section that uses it.

export class LinkNotes {
  readonly #numbers = new Map<string, number>();
  #pending = new Set<string>();

  numberOf(url: string): number {
    const number = this.#numbers.get(url) ?? this.#numbers.size + 1;
    this.#numbers.set(url, number);
    this.#pending.add(url);
    return number;
  }

  /** The notes since the last call, one a line, by number. */
  take(): string {
    const urls = [...this.#pending].sort((a, b) => this.numberOf(a) - this.numberOf(b));
    const lines = urls.map((url) => `[${this.numberOf(url)}] ${url}`);
    this.#pending = new Set();
    return lines.join('\n');
  }
}
