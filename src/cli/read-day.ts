// Days as an editor writes them, `2026-12-01`, and the moments that they begin and end at in the newsletter's zone.
import { Temporal } from 'temporal-polyfill';
import { Failure } from './failure.ts';

export interface Span {
  /** ISO 8601 with an offset, both included. */
  readonly since: string;
  readonly until: string;
}

export function readDays(since: string, until: string, timezone: string | undefined): Span {
  const [from, to] = [readDay(since, '--since'), readDay(until, '--until')];
  if (Temporal.PlainDate.compare(from, to) > 0)
    throw new Failure(2, `--since ${since} is after --until ${until}.`, 'Write the earlier day as --since.');
  const zone = timezone ?? Temporal.Now.timeZoneId();
  const end = to.add({ days: 1 }).toZonedDateTime(zone).subtract({ seconds: 1 });
  return { since: iso(from.toZonedDateTime(zone)), until: iso(end) };
}

/** `YYYY-MM-DD`, in the given zone, or on this machine. */
export function today(timezone?: string): string {
  return Temporal.Now.plainDateISO(timezone).toString();
}

/** `YYYY-MM-DD`, on this machine. */
export function dayOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(Temporal.Now.timeZoneId()).toPlainDate().toString();
}

function readDay(written: string, option: string): Temporal.PlainDate {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(written)) return Temporal.PlainDate.from(written, { overflow: 'reject' });
  } catch {
    // Not of the calendar.
  }
  throw new Failure(2, `${option} ${written} is not a day.`, 'Write it as 2026-12-01.');
}

function iso(moment: Temporal.ZonedDateTime): string {
  return moment.toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
