// Slots: gaps in a rendered email that each recipient fills. While the templates run they are marked with
// the noncharacters U+FDD0 and U+FDD1, which no issue can hold; afterwards the text is split at the marks.
import type { Slot, SlotContext, SlottedText, SlotValues } from '../domain/email.ts';

const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const BETWEEN = '\uFDD2';

/** Text of ours with `{name|fallback}` in it: slots, but for the names in `fixed`. */
export interface Patterned {
  readonly pattern: string;
  readonly fixed: Readonly<Record<string, string>>;
}

export function slotMark(name: string, fallback: string): string {
  return `${OPEN}${name}${BETWEEN}${fallback}${CLOSE}`;
}

/** Fills the fixed names, marks the others as slots, and escapes the text around them. */
export function markSlots({ pattern, fixed }: Patterned, encode: (text: string) => string): string {
  const parts = pattern.split(/(\{[^{}]+\})/);
  const filled = parts.map((part) => {
    const [, name, fallback] = /^\{([^{}|]+)(?:\|([^{}]*))?\}$/.exec(part) ?? [];
    return name === undefined ? part : Object.hasOwn(fixed, name) ? fixed[name] : slotMark(name, fallback ?? '');
  });
  return encode(filled.join(''));
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
  const clean = value.replace(/\p{Cc}+/gu, ' ');
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

/** In a quoted href or src a slot is the address, or a part of it; elsewhere it is text. */
function contextAfter(html: string): SlotContext {
  const tag = html.slice(html.lastIndexOf('<'));
  const open = /\s(?:href|src|background|action)\s*=\s*(?:"([^"]*)|'([^']*))$/i.exec(tag);
  if (!open) return 'html';
  return (open[1] ?? open[2]) === '' ? 'url' : 'url-part';
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function marks(): RegExp {
  return new RegExp(`${OPEN}([^${BETWEEN}]*)${BETWEEN}([^${CLOSE}]*)${CLOSE}`, 'g');
}
