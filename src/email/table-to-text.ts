// A table as text: columns side by side where they fit, else each row as `heading: cell` lines.
import type { Element } from 'hast';
import { visit } from 'unist-util-visit';
import { wrapText } from './wrap-text.ts';

export function tableToText(table: Element, cellToText: (cell: Element) => string, width: number): string {
  const rows = rowsOf(table).map((row) => row.map((cell) => cellToText(cell).replace(/\s*\n\s*/g, ' ')));
  const widths = columnWidths(rows);
  const caption = captionOf(table, cellToText);
  const total = widths.reduce((sum, each) => sum + each, 0) + 3 * (widths.length - 1);
  const text = total <= width ? sideBySide(rows, widths) : record(rows, width);
  return caption === '' ? text : `${caption}\n\n${text}`;
}

function captionOf(table: Element, cellToText: (cell: Element) => string): string {
  const caption = table.children.find((child) => child.type === 'element' && child.tagName === 'caption');
  return caption?.type === 'element' ? cellToText(caption) : '';
}

function rowsOf(table: Element): Element[][] {
  const rows: Element[][] = [];
  visit(table, 'element', (element) => {
    if (element.tagName !== 'tr') return;
    rows.push(element.children.filter((child): child is Element => child.type === 'element' && /^t[hd]$/.test(child.tagName)));
  });
  return rows;
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
}

function sideBySide(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  const lines = rows.map((row) =>
    widths
      .map((width, column) => (row[column] ?? '').padEnd(width))
      .join(' | ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function record(rows: readonly (readonly string[])[], width: number): string {
  const [head = [], ...rest] = rows;
  const line = (cell: string, column: number): string => {
    const whole = head[column] ? `${head[column]}: ${cell}` : cell;
    return !cell.includes(' ') ? whole : wrapText(whole, width - 2).replaceAll('\n', '\n  ');
  };
  const blocks = rest.map((row) => row.map(line).join('\n'));
  return blocks.length > 0 ? blocks.join('\n\n') : wrapText(head.join(' | '), width);
}
