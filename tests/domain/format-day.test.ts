// A calendar day in the reader's language.
import { expect, it } from 'vitest';
import { formatDay } from '../../src/domain/format-day.ts';

it.each([
  ['2023-02-07', 'en', 'February 7, 2023'],
  ['2023-02-07', 'de', '7. Februar 2023'],
  ['2023-02-07', 'pt-BR', '7 de fevereiro de 2023'],
  ['2024-02-29', 'fr', '29 février 2024'],
  ['2023-12-31', 'en-GB', '31 December 2023'],
])('writes %s in %s', (day, language, written) => {
  expect(formatDay(day, language)).toBe(written);
});

it('is the same day wherever the machine stands', () => {
  const before = process.env['TZ'];
  try {
    const days = ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC'].map((zone) => {
      process.env['TZ'] = zone;
      return formatDay('2023-01-01', 'en');
    });
    expect(new Set(days)).toEqual(new Set(['January 1, 2023']));
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

it.each(['', 'x', 'not a language', 'e"><b>'])('writes English where the language is none: %j', (language) => {
  expect(formatDay('2023-02-07', language)).toBe('February 7, 2023');
});
