// A time as an editor writes it, `2026-12-01 09:00`, in the newsletter's zone, or with an offset of its own.
import { Temporal } from 'temporal-polyfill';
import { Failure } from './failure.ts';
import { formatMomentAndUtc } from './terminal.ts';

const ADVICE = 'Write it as "2026-12-01 09:00", or with an offset, as in "2026-12-01T09:00+01:00".';

/** Milliseconds since the epoch. A Failure where it cannot be read, does not exist there, or has passed. */
export function readMoment(text: string, timezone: string | undefined): number {
  const at = instantOf(text.trim(), timezone ?? Temporal.Now.timeZoneId());
  if (at < Date.now())
    throw new Failure(
      2,
      `${JSON.stringify(text)} is in the past: ${formatMomentAndUtc(at, timezone)}.`,
      'Give a time to come, or leave --at out.',
    );
  return at;
}

function instantOf(text: string, timezone: string): number {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2})?(Z|[+-]\d{2}(:?\d{2})?)?$/i.test(text))
    throw new Failure(2, `${JSON.stringify(text)} is not a time.`, ADVICE);
  const iso = text.replace(' ', 'T').replace(/T(\d):/, 'T0$1:');
  try {
    if (/T.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(iso)) return Temporal.Instant.from(iso).epochMilliseconds;
    // In the night when clocks change, a time may come twice or not at all.
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(timezone, { disambiguation: 'reject' }).epochMilliseconds;
  } catch {
    throw new Failure(2, `${JSON.stringify(text)} is not a time that comes once in ${timezone}.`, ADVICE);
  }
}
