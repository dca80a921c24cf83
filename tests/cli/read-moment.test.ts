// A time as an editor writes it: in the newsletter's zone, or with an offset of its own, and never one that is not sure.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/cli/failure.ts';
import { readMoment } from '../../src/cli/read-moment.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(() => vi.useRealTimers());

function read(text: string, timezone = 'Europe/Berlin'): string {
  return new Date(readMoment(text, timezone)).toISOString();
}

function complaint(text: string, timezone = 'Europe/Berlin'): string {
  try {
    return `It was read: ${read(text, timezone)}`;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.exitCode).toBe(2);
    return error.message;
  }
}

describe('a time without an offset', () => {
  it.each([
    ['2026-12-01 09:00', 'Europe/Berlin', '2026-12-01T08:00:00.000Z'],
    ['2026-07-01 09:00', 'Europe/Berlin', '2026-07-01T07:00:00.000Z'],
    ['2026-12-01 09:00', 'America/New_York', '2026-12-01T14:00:00.000Z'],
    ['2026-12-01 09:00', 'Asia/Kolkata', '2026-12-01T03:30:00.000Z'],
    ['2026-12-01T09:00', 'UTC', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00:30', 'UTC', '2026-12-01T09:00:30.000Z'],
    ['  2026-12-01 9:00 ', 'UTC', '2026-12-01T09:00:00.000Z'],
    ['2028-02-29 23:59', 'UTC', '2028-02-29T23:59:00.000Z'],
  ])('%j in %s is %s', (text, timezone, moment) => {
    expect(read(text, timezone)).toBe(moment);
  });

  it('is in this machine’s zone where the newsletter has none', () => {
    const own = new Date(2026, 11, 1, 9).getTime();
    expect(readMoment('2026-12-01 09:00', undefined)).toBe(own);
  });
});

describe('a time with an offset', () => {
  it.each([
    ['2026-12-01T09:00+01:00', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01 09:00-05:00', '2026-12-01T14:00:00.000Z'],
    ['2026-12-01 09:00Z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01 09:00z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01 9:00+0530', '2026-12-01T03:30:00.000Z'],
    // In the hour that comes twice, the offset says which.
    ['2026-10-25T02:30+02:00', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
  ])('%j is %s, whatever the newsletter’s zone', (text, moment) => {
    expect(read(text, 'Asia/Tokyo')).toBe(moment);
  });

  // Once: an offset in hours alone, or a zone in brackets, is passed over, and the time read in another zone.
  it.each(['2026-12-01T09:00-05', '2026-12-01T09:00-05:00[America/New_York]', '2026-12-01 09:00[America/New_York]'])(
    '%j is read as it says or not at all',
    (text) => {
      expect(complaint(text)).toBeOneOf(['It was read: 2026-12-01T14:00:00.000Z', expect.stringContaining('is not a time')]);
    },
  );
});

describe('a night in which clocks change', () => {
  it.each([
    ['does not come', '2026-03-29 02:30', 'Europe/Berlin'],
    ['comes twice', '2026-10-25 02:30', 'Europe/Berlin'],
    ['does not come', '2026-03-08 02:00', 'America/New_York'],
    ['comes twice', '2026-11-01 01:59', 'America/New_York'],
  ])('a time that %s is refused: %s in %s', (_, text, timezone) => {
    expect(complaint(text, timezone)).toContain(`"${text}" is not a time that comes once in ${timezone}.`);
  });

  it.each([
    ['2026-03-29 01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25 01:59', '2026-10-24T23:59:00.000Z'],
    ['2026-10-25 03:00', '2026-10-25T02:00:00.000Z'],
  ])('a time just beside it is read: %s', (text, moment) => {
    expect(read(text)).toBe(moment);
  });
});

describe('what is refused', () => {
  it.each(['', 'tomorrow', '09:00', '2026-12-01', '1.12.2026 09:00', '2026-12-01 9 am', '1796115600'])(
    '%j is no time',
    (text) => {
      expect(complaint(text)).toContain(`${JSON.stringify(text)} is not a time. `.trim());
      expect(complaint(text)).toContain('Write it as "2026-12-01 09:00"');
    },
  );

  it.each([
    '2026-02-30 09:00',
    '2026-13-01 09:00',
    '2026-12-01 24:00',
    '2026-12-01 09:60',
    '2026-12-01 09:00 pm',
    '2026-12-01 09:00 +01:00',
  ])('%j is no time that comes', (text) => {
    expect(complaint(text)).toContain('is not a time');
  });

  it.each([
    ['2026-01-01 12:59', '2026-01-01 12:59 GMT+1 (2026-01-01 11:59 UTC)'],
    ['2020-01-01T00:00Z', '2020-01-01 01:00 GMT+1 (2020-01-01 00:00 UTC)'],
  ])('%j has passed, and is shown in both zones', (text, shown) => {
    expect(complaint(text)).toBe(`"${text}" is in the past: ${shown}.\nGive a time to come, or leave --at out.`);
  });

  it('now is not in the past', () => {
    expect(read('2026-01-01 13:00')).toBe('2026-01-01T12:00:00.000Z');
  });
});
