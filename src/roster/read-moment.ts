// The moments that other tools write: ISO 8601, and the ways of Mailchimp, Go and Python. Without a zone they are UTC.

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(?:Z|UTC|([+-])(\d\d):?(\d\d))?(?: [A-Z]{3,4})?$/;
// Before there was mail to subscribe to, a date is a program's word for none.
const FIRST_YEAR = 1980;

/** Milliseconds since the epoch; null for what is no moment. */
export function readMoment(text: string): number | null {
  const match = MOMENT.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (year < FIRST_YEAR || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const [sign, hours, minutes] = match.slice(7);
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs;
}
