// Which refusals may be tried again: every reason stands on one side, and none that is about the address on this one.
import { expect, it } from 'vitest';
import { RETRIED_REASONS } from '../../src/policy/may-be-retried.ts';
import { classifyReply } from '../../src/returns/classify-reply.ts';
import type { Reason } from '../../src/returns/reason.ts';

const IS_RETRIED: Readonly<Record<Reason, boolean>> = {
  'sender-quota': true,
  'sender-not-allowed': true,
  'sender-authentication': true,
  'sender-reputation': true,
  'user-unknown': false,
  'host-unknown': false,
  moved: false,
  'mailbox-full': false,
  'mailbox-inactive': false,
  'bad-address': false,
  'too-big': true,
  spam: true,
  policy: true,
  greylisted: false,
  'host-unreachable': false,
  relay: true,
  other: false,
};

it.each(Object.entries(IS_RETRIED))('%s: %s', (reason, isRetried) => {
  expect((RETRIED_REASONS as readonly string[]).includes(reason)).toBe(isRetried);
});

it.each([
  '550 5.1.1 no such user',
  '550 5.1.2 host unknown',
  '551 5.1.6 user not local; please try <a@b.example>',
  '552 5.2.2 mailbox full',
  '550 5.2.1 mailbox disabled',
  '550 no',
])('a refusal of the address is never among them: %s', (text) => {
  const verdict = classifyReply({ code: Number(text.slice(0, 3)), text, stage: 'rcpt' });
  expect(verdict.kind).toBe('rejected');
  expect(RETRIED_REASONS).not.toContain('reason' in verdict && verdict.reason);
});
