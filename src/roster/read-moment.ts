// The moments that other tools write: ISO 8601, and the ways of Mailchimp, Go and Python. Without a zone they are UTC.

const DAY = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const TIME = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?`;
// What follows an offset names it once more, as Go does.
const ZONE = String.raw`Z|UTC|([+-])(\d\d)(?::?(\d\d))?(?: (?:[A-Z]{3,5}|[+-]\d{2,4}))?`;
const MOMENT = new RegExp(`^${DAY}(?:[T ]${TIME})?\\s*(?:${ZONE})?$`);
// Before there was mail to subscribe to, a date is a program's word for none.
const FIRST_YEAR = 1980;

/** Milliseconds since the epoch; null for what is no moment. */
export function readMoment(text: string): number | null {
  const match = MOMENT.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const [fraction = '', sign, hours, minutes] = match.slice(7);
  const local = Date.UTC(year, month - 1, day, hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')));
  const isOfCalendar = new Date(local).toISOString().startsWith(`${match[1]}-${match[2]}-${match[3]}`);
  if (year < FIRST_YEAR || !isOfCalendar || hour > 23 || minute > 59 || second > 60) return null;
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return local - offsetMs;
}
