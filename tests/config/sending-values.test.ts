// The settings of how much is sent, when, and who hears of it: limits, a warm-up, doubts, notices, the time zone.
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { DEFAULTS, NEWSLETTER } from './sample-settings.ts';

function read(text: string) {
  const { newsletter, problems } = readNewsletter(`${NEWSLETTER}${text}\n`, DEFAULTS, 'n.yaml');
  expect(newsletter === null).toBe(problems.length > 0);
  return { newsletter, complaints: problems.map(formatProblem) };
}

describe('where nothing is said', () => {
  it('there is no limit, doubts are held, and nobody is told', () => {
    expect(read('').newsletter).toMatchObject({
      relay: { messagesPerHour: 0, messagesPerDay: 0 },
      onUnknown: 'hold',
      notices: {},
    });
    expect(read('').newsletter?.timezone).toBeUndefined();
    expect(read('').newsletter?.relay.warmUp).toBeUndefined();
  });
});

describe('a good value', () => {
  it.each([
    ['relay: { messagesPerHour: 500, messagesPerDay: 0 }', { relay: { messagesPerHour: 500, messagesPerDay: 0 } }],
    [
      'relay: { warmUp: { from: 2026-12-01, perDay: [200, 500] } }',
      { relay: { warmUp: { from: '2026-12-01', perDay: [200, 500] } } },
    ],
    ['onUnknown: hold', { onUnknown: 'hold' }],
    ['onUnknown: resend', { onUnknown: 'resend' }],
    ['onUnknown: skip', { onUnknown: 'skip' }],
    ['timezone: Europe/Berlin', { timezone: 'Europe/Berlin' }],
    ['timezone: UTC', { timezone: 'UTC' }],
    ['notices: { to: Editors <ed@kernel.example> }', { notices: { to: { name: 'Editors', address: 'ed@kernel.example' } } }],
    ['notices: { command: [./tell.sh, "a b"] }', { notices: { command: ['./tell.sh', 'a b'] } }],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatchObject({ newsletter: expected, complaints: [] });
  });
});

describe('a bad value', () => {
  it.each([
    ['relay: { messagesPerHour: -1 }', '`relay.messagesPerHour` must be 0 (no limit) or more.'],
    ['relay: { messagesPerHour: 1.5 }', '`relay.messagesPerHour` must be a whole number.'],
    ['relay: { messagesPerDay: many }', '`relay.messagesPerDay` must be a number.'],
    ['relay: { messagesPerMonth: 5 }', '`relay.messagesPerMonth` is not a setting. Did you mean'],
    ['relay: { warmUp: { perDay: [1] } }', '`relay.warmUp.from` is missing.'],
    ['relay: { warmUp: { from: 2026-12-01 } }', '`relay.warmUp.perDay` is missing.'],
    ['relay: { warmUp: { from: 2026-12-01, perDay: [] } }', '`relay.warmUp.perDay` needs one day at least.'],
    ['relay: { warmUp: { from: 2026-12-01, perDay: [0] } }', '`relay.warmUp.perDay.0` must be 1 or more.'],
    ['relay: { warmUp: { from: 2026-12-01, perDay: [1.5] } }', '`relay.warmUp.perDay.0` must be a whole number.'],
    ['relay: { warmUp: { from: 1.12.2026, perDay: [1] } }', '`relay.warmUp.from` is not a day; write it as 2026-12-01.'],
    ['relay: { warmUp: { from: 2026-13-01, perDay: [1] } }', '`relay.warmUp.from` is not a day of the calendar.'],
    ['relay: { warmUp: { from: 2026-12-01, perDay: [1], to: 3 } }', '`relay.warmUp.to` is not a setting.'],
    ['onUnknown: ask', '`onUnknown` must be hold, resend or skip.'],
    ['onUnknown: true', '`onUnknown` must be hold, resend or skip.'],
    ['timezone: Berlin', '`timezone` is not a time zone; write it as Europe/Berlin.'],
    ['timezone: ""', '`timezone` must not be empty.'],
    ['notices: { to: nobody }', '`notices.to` is not an address;'],
    ['notices: { command: [] }', '`notices.command` needs a program at least.'],
    ['notices: { command: ./tell.sh }', '`notices.command` must be a list.'],
    ['notices: { command: [""] }', '`notices.command.0` must not be empty.'],
    ['notices: { command: ["a\\0b"] }', '`notices.command.0` must be one line.'],
    ['notices: { mail: a@b.example }', '`notices.mail` is not a setting. Did you mean'],
  ])('%s is told so, once', (text, said) => {
    const { complaints } = read(text);
    expect(complaints[0]).toContain(` error: ${said}`);
    expect(complaints[0]).toMatch(/^n\.yaml:8:\d+ /);
    expect(complaints.filter((each) => each.includes(said))).toHaveLength(1);
  });

  // Once: Date.parse takes 30 February for 2 March, and the curve begins two days late.
  it.each(['2026-02-30', '2026-04-31', '2025-02-29'])('%s is not a day of the calendar', (day) => {
    expect(read(`relay: { warmUp: { from: ${day}, perDay: [1] } }`).complaints).toHaveLength(1);
  });
});
