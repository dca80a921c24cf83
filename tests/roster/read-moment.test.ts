// Moments as Mailchimp, listmonk, Buttondown, Ghost and we ourselves write them.
import { describe, expect, it } from 'vitest';
import { readMoment } from '../../src/roster/read-moment.ts';

/** The moment in ISO 8601, or null. */
function read(text: string): string | null {
  const moment = readMoment(text);
  return moment === null ? null : new Date(moment).toISOString();
}

describe('a moment', () => {
  it.each([
    ['as Mailchimp writes it', '2018-02-12 10:54:27', '2018-02-12T10:54:27.000Z'],
    ['as Go writes it', '2024-03-01 09:12:44.123456 +0000 UTC', '2024-03-01T09:12:44.123Z'],
    ['as Go writes it in a zone with a name', '2024-07-01 09:12:44.5 +0200 CEST', '2024-07-01T07:12:44.500Z'],
    ['as Python writes it', '2023-05-01 08:00:00+00:00', '2023-05-01T08:00:00.000Z'],
    ['as Python writes it, with microseconds', '2023-05-01 08:00:00.123456+00:00', '2023-05-01T08:00:00.123Z'],
    ['as JavaScript writes it', '2022-11-30T23:59:59.000Z', '2022-11-30T23:59:59.000Z'],
    ['of another zone', '2022-11-30T23:59:59-05:30', '2022-12-01T05:29:59.000Z'],
    ['with its zone written without a colon', '2022-11-30T23:59:59+0100', '2022-11-30T22:59:59.000Z'],
    ['in UTC by name', '2022-11-30 23:59:59 UTC', '2022-11-30T23:59:59.000Z'],
    ['without a zone', '2022-11-30T23:59:59', '2022-11-30T23:59:59.000Z'],
    ['without seconds', '2022-11-30 23:59', '2022-11-30T23:59:00.000Z'],
    ['of a day alone', '2022-11-30', '2022-11-30T00:00:00.000Z'],
    ['of a leap day', '2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['between spaces', '  2022-11-30 23:59:59 ', '2022-11-30T23:59:59.000Z'],
    ['of the first year that counts', '1980-01-01', '1980-01-01T00:00:00.000Z'],
  ])('%s is %j', (_, text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe('no moment', () => {
  it.each([
    ['an empty cell', ''],
    ['a word', 'yesterday'],
    ['Go’s word for none', '0001-01-01 00:00:00 +0000 UTC'],
    ['the beginning of Unix time', '1970-01-01 00:00:00'],
    ['a year before there was mail to subscribe to', '1979-12-31'],
    ['zeros', '0000-00-00 00:00:00'],
    ['a month that is none', '2023-13-01'],
    ['a month of zero', '2023-00-01'],
    ['a day that is none', '2023-01-32'],
    ['a day of zero', '2023-01-00'],
    ['a year and a month', '2023-01'],
    ['a number', '1709284364'],
    ['a date by slashes, whichever part is the month', '03/04/2023'],
    ['a date with more after it', '2023-01-01 or so'],
    ['a date with more before it', 'on 2023-01-01'],
    ['an hour without minutes', '2023-01-01 10'],
  ])('is %s', (_, text) => {
    expect(read(text)).toBeNull();
  });
});
