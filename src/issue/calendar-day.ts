// Days as people write them in front matter.

/** True for a `YYYY-MM-DD` that the calendar has. */
export function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
