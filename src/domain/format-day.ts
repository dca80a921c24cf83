// A calendar day in the reader's language.

/** `2023-02-07` in `en` is `February 7, 2023`. A language that is not known reads as English. */
export function formatDay(day: string, language: string): string {
  const options = { dateStyle: 'long', timeZone: 'UTC' } as const;
  const date = new Date(`${day}T00:00:00Z`);
  try {
    return new Intl.DateTimeFormat(language, options).format(date);
  } catch {
    return new Intl.DateTimeFormat('en', options).format(date);
  }
}
