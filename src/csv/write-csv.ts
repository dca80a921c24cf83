// CSV that any program reads and no spreadsheet executes: a cell that would begin a formula gets an apostrophe
// before it, as OWASP advises; so does one that has one already, that it can be read again. RFC 4180 quoting, CRLF.

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: string): string {
  const safe = /^'*[=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
