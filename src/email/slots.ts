// Slots: gaps in a rendered email that each recipient fills. While the templates run they are marked with
// the noncharacters U+FDD0 and U+FDD1, which no issue can hold; afterwards the text is split at the marks.
import type { Slot, SlotContext, SlottedText, SlotValues } from '../domain/email.ts';
import { wrapText } from './wrap-text.ts';

const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const BETWEEN = '\uFDD2';
const STAND_IN = OPEN.repeat(28);

/** Text of ours with `{name|fallback}` in it: slots, but for the names in `fixed`. */
export interface Patterned {
  readonly pattern: string;
  readonly fixed: Readonly<Record<string, string>>;
}

export function slotMark(name: string, fallback: string): string {
  return `${OPEN}${name}${BETWEEN}${fallback}${CLOSE}`;
}

/** Fills the fixed names, marks the others as slots, and encodes the text around them. */
export function markSlots({ pattern, fixed }: Patterned, encode: (text: string) => string): string {
  const parts = pattern.split(/(\{[^{}]+\})/);
  const filled = parts.map((part) => {
    const [, name, fallback] = /^\{([^{}|]+)(?:\|([^{}]*))?\}$/.exec(part) ?? [];
    if (name === undefined) return encode(part);
    const known = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
    return known === undefined ? slotMark(name, fallback ?? '') : encode(known);
  });
  return filled.join('');
}

/** Wraps text with marks in it; a value is taken to be as long as a usual address. */
export function wrapMarked(text: string, width: number): string {
  const held: string[] = [];
  const plain = text.replace(marks(), (mark) => {
    held.push(mark);
    return STAND_IN;
  });
  return wrapText(plain, width).replaceAll(STAND_IN, () => held.shift() ?? '');
}

/** Splits rendered text at its marks and decides for each slot how its value is escaped. */
export function splitSlots(rendered: string, kind: 'html' | 'text'): SlottedText {
  const parts: (string | Slot)[] = [];
  let end = 0;
  for (const match of rendered.matchAll(marks())) {
    const before = rendered.slice(0, match.index);
    if (match.index > end) parts.push(rendered.slice(end, match.index));
    parts.push({ name: match[1] ?? '', fallback: match[2] ?? '', context: kind === 'text' ? 'text' : contextAfter(before) });
    end = match.index + match[0].length;
  }
  if (end < rendered.length) parts.push(rendered.slice(end));
  return parts;
}

/** The text that a recipient's value becomes where the slot stands. */
export function fillSlot(slot: Slot, values: SlotValues): string {
  const given = Object.hasOwn(values, slot.name) ? values[slot.name] : undefined;
  const value = given?.trim() || slot.fallback;
  const clean = value.toWellFormed().replace(/\p{Cc}+/gu, ' ');
  switch (slot.context) {
    case 'text':
      return clean;
    case 'html':
      return escapeHtml(clean);
    case 'url':
      return /^(https?|mailto):/i.test(clean) ? escapeHtml(clean) : '';
    case 'url-part':
      return escapeHtml(encodeURIComponent(clean));
    default:
      return slot.context satisfies never;
  }
}

/** A whole email for one recipient, as one piece of text. */
export function fillSlots(text: SlottedText, values: SlotValues): string {
  return text.map((part) => (typeof part === 'string' ? part : fillSlot(part, values))).join('');
}

/** In a href or src a slot is the address, or a part of it; elsewhere it is text. */
function contextAfter(html: string): SlotContext {
  const tag = html.slice(html.lastIndexOf('<'));
  const open = /\s(?:href|src|background|action)\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'>]*))$/i.exec(tag);
  if (!open) return 'html';
  return (open[1] ?? open[2] ?? open[3]) === '' ? 'url' : 'url-part';
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** No part of a mark crosses another: a stray one cannot swallow what stands between. */
function marks(): RegExp {
  const inner = `[^${OPEN}${BETWEEN}${CLOSE}]*`;
  return new RegExp(`${OPEN}(${inner})${BETWEEN}(${inner})${CLOSE}`, 'g');
}
