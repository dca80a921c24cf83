// Why a mailing is paused, whatever was written down since.
import { expect, it } from 'vitest';
import type { MailingEvent, MailingEventKind } from '../../src/domain/mailing.ts';
import { goesOnWhenSentAgain, whyPaused } from '../../src/policy/why-paused.ts';

function history(...kinds: MailingEventKind[]): MailingEvent[] {
  return kinds.map((kind, index) => ({ id: index + 1, mailing: 1, at: index, kind, detail: '' }));
}

it.each<[MailingEventKind[], MailingEventKind | undefined]>([
  [[], undefined],
  [['started'], undefined],
  [['started', 'paused'], 'paused'],
  [['paused', 'resumed', 'stopped'], 'stopped'],
  [['stopped', 'paused'], 'paused'],
])('after %j is %s', (kinds, why) => {
  expect(whyPaused(history(...kinds))?.kind).toBe(why);
});

// Once: the last event of any kind was asked, so that `amend` made a neglected mailing go on without a question.
it.each<MailingEventKind>(['amended', 'retried', 'resolved', 'stuck', 'unknown'])('is not forgotten over "%s"', (later) => {
  expect(whyPaused(history('untouched', later))?.kind).toBe('untouched');
});

it.each<[MailingEventKind, boolean]>([
  ['stopped', true],
  ['login-refused', true],
  ['paused', false],
  ['untouched', false],
])('"%s" lets a send go on: %s', (kind, goesOn) => {
  const pause = whyPaused(history(kind));
  expect(pause && goesOnWhenSentAgain(pause)).toBe(goesOn);
});
