// Letters on their way to a relay that answers as told: each goes once, and is tried again only where nobody can have it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendLetters } from '../../src/flows/send-letters.ts';
import { readConfirmToken } from '../../src/link/letter-links.ts';
import type { Relay, Submission } from '../../src/relay/relay.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { memoryLedger, NOW } from './mailing-to.ts';

const SECRET = 'a-secret-for-these-tests';
const MINUTE_MS = 60_000;

let ledger: Ledger;
let now: number;
let sent: string[];
let links: string[];
let failures: string[];
beforeEach(async () => {
  ledger = await memoryLedger();
  now = NOW;
  sent = [];
  links = [];
  failures = [];
  await ledger.subscriptions.ask({
    ...{ address: 'ada@x.example', key: 'ada@x.example', lists: ['monthly'], at: NOW, noLetterSince: 0 },
    evidence: { origin: 'web', form: '/join', words: '', ip: '::1' },
    mayGetLetter: () => true,
  });
});
afterEach(() => ledger.close());

type Answer = (mark: () => Promise<boolean>) => Promise<Submission>;

const reply = (code: number): Submission => ({ kind: 'replied', reply: { code, text: `${code} as told`, stage: 'data-end' } });

function send(answer: Answer): Promise<number> {
  const relay: Pick<Relay, 'submit'> = {
    submit(prepare, mark) {
      const message = prepare();
      sent.push(`${message?.envelope.recipient} ${Buffer.from(message?.bytes ?? []).toString('latin1')}`);
      return answer(mark);
    },
  };
  return sendLetters({
    ...{ ledger, secrets: [SECRET], baseUrl: 'https://news.example', relay: relay as Relay },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    from: { name: 'News', address: 'news@news.example' },
    wordsOf: (_letter, link) => {
      links.push(link);
      return { subject: 'Please confirm', text: `${link}\n` };
    },
    onFailure: (why) => failures.push(why),
  });
}

const accept: Answer = async (mark) => ((await mark()) ? reply(250) : { kind: 'fenced' });

it('sends each once, with a link that names who, what and since when', async () => {
  expect([await send(accept), await send(accept)]).toEqual([1, 0]);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatch(/^ada@x\.example Message-ID: <postrider-letter-/);
  const token = links[0]?.replace('https://news.example/c/', '') ?? '';
  expect(readConfirmToken(token, [SECRET])).toEqual({ subscriber: 1, askedAt: NOW, lists: [1] });
});

it('sends each once where two processes send at the same moment', async () => {
  const counts = await Promise.all([send(accept), send(accept)]);
  expect(counts.toSorted()).toEqual([0, 1]);
});

it('tries again in five minutes where the relay says later or is away, marked or not', async () => {
  const answers: Answer[] = [
    () => Promise.resolve({ kind: 'unreachable', why: 'away' }),
    async (mark) => ((await mark()) ? reply(451) : { kind: 'fenced' }),
    () => Promise.resolve({ kind: 'unended', why: 'dropped' }),
    accept,
  ];
  for (const [index, answer] of answers.entries()) {
    expect(await send(answer)).toBe(index === 3 ? 1 : 0);
    now += 5 * MINUTE_MS;
  }
  expect(sent).toHaveLength(4);
  expect(failures).toEqual([]);
});

it('does not send again what may have arrived', async () => {
  await send(async (mark) => ((await mark()) ? { kind: 'unknown', why: 'no reply' } : { kind: 'fenced' }));
  now += 60 * MINUTE_MS;
  expect(await send(accept)).toBe(0);
  expect(sent).toHaveLength(1);
});

it('gives up at a refusal, and says so', async () => {
  await send(async (mark) => ((await mark()) ? reply(550) : { kind: 'fenced' }));
  now += 60 * MINUTE_MS;
  expect(await send(accept)).toBe(0);
  expect(failures).toEqual(['letter 1: 550 as told']);
});
