// An editor hears of what happens by itself, and not of what a person did.
import { expect, it } from 'vitest';
import { MAILING_EVENTS, type MailingEventKind } from '../../src/domain/mailing.ts';
import { isNews } from '../../src/policy/newsworthy.ts';

const IS_NEWS: Readonly<Record<MailingEventKind, boolean>> = {
  started: true,
  finished: true,
  paused: false,
  stopped: true,
  'login-refused': true,
  'too-many-bounces': true,
  'too-many-complaints': true,
  resumed: false,
  cancelled: false,
  amended: false,
  retried: false,
  resolved: false,
  untouched: true,
  stuck: true,
  unknown: true,
};

it.each(MAILING_EVENTS)('%s', (kind) => {
  expect(isNews(kind)).toBe(IS_NEWS[kind]);
});
