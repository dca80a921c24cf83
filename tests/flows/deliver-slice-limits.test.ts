// A slice under limits: permits that run out, connections that are all busy, doubts that settle themselves, and a
// ledger that is away for a moment.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/domain/mailing.ts';
import { type Delivering, deliverSlice } from '../../src/flows/deliver-slice.ts';
import type { Trouble } from '../../src/flows/judge-submission.ts';
import { relayHealth } from '../../src/flows/relay-health.ts';
import { tendMailing } from '../../src/flows/tend-mailing.ts';
import type { JobAnswer } from '../../src/queue/schedule.ts';
import type { Ledger, RateLimits } from '../../src/store/ledger.ts';
import { type FakeClock, fakeClock } from '../domain/fake-clock.ts';
import {
  type Answer,
  accept,
  deliveringBy,
  fallSilent,
  HOUR_MS,
  MINUTE_MS,
  memoryLedger,
  NOW,
  openTo,
  quiet,
} from './mailing-to.ts';

const SPAN_MS = 5 * MINUTE_MS;
const RELAY = { relay: 'mx:25', perSecond: 0, perHour: 0, perDay: 0 };

let ledger: Ledger;
let mailing: Mailing;
let clock: FakeClock;
let abort: AbortController;
beforeEach(() => {
  clock = fakeClock(NOW);
  abort = new AbortController();
});
afterEach(async () => {
  // Whoever still waits for a permit is let go before the ledger is.
  abort.abort();
  await clock.advance(0);
  await ledger.close();
});

async function openFor(readers: number): Promise<void> {
  ledger = await memoryLedger(readers);
  mailing = await openTo(ledger);
}

/** Where the answer will stand once there is one. */
function deliver(answer: Answer, rest: Partial<Delivering> = {}): { answer?: JobAnswer } {
  const run: { answer?: JobAnswer } = {};
  const slice = { mailing: mailing.id, first: 1, last: 1_000 };
  void deliverSlice(slice, deliveringBy(ledger, clock, answer, rest), abort.signal).then((given) => {
    run.answer = given;
  });
  return run;
}

function settle(): Promise<void> {
  return quiet(clock);
}

async function counts() {
  return (await ledger.mailings.books(mailing.id)).counts;
}

/** As many as an hour still grants. */
async function left(limits: RateLimits, at = clock.now()): Promise<number> {
  return (await ledger.rates.take(limits, 1_000, at)).granted;
}

describe('a slice whose hourly limit is reached', () => {
  const limits = { ...RELAY, perHour: 7 };

  it('has sent as many as are allowed, and no more', async () => {
    await openFor(20);
    deliver(accept, { limitsAt: () => limits });
    await settle();
    expect(await counts()).toMatchObject({ accepted: 7, due: 13 });
  });

  // Once: deliver() sleeps for the whole hour (PERMIT_WAIT_MS is looked at only after that sleep).
  it('comes back when the next may go out, and keeps nobody else waiting', async () => {
    await openFor(20);
    const run = deliver(accept, { limitsAt: () => limits });
    await settle();
    expect(run.answer).toEqual({ kind: 'again', at: NOW + HOUR_MS + SPAN_MS, dueAt: NOW });
  });

  it('goes on where it stopped once the hour is over', async () => {
    await openFor(10);
    const run = deliver(accept, { limitsAt: () => limits });
    await settle();
    if (run.answer === undefined) await clock.advance(HOUR_MS + SPAN_MS);
    else await clock.advance(HOUR_MS + SPAN_MS).then(() => deliver(accept, { limitsAt: () => limits }));
    await settle();
    expect(await counts()).toMatchObject({ accepted: 10 });
  });
});

describe('a slice under a limit per second', () => {
  it('waits for its next turn by itself, and is done in the time that the limit asks for', async () => {
    await openFor(30);
    const run = deliver(accept, { limitsAt: () => ({ ...RELAY, perSecond: 10 }) });
    const accepted: number[] = [];
    for (let tenth = 0; tenth < 35; tenth++) {
      await settle();
      accepted.push((await counts()).accepted);
      await clock.advance(100);
    }
    expect(accepted.every((count, tenth) => count <= 10 + tenth)).toBe(true);
    expect(accepted[10]).toBeGreaterThanOrEqual(10);
    expect(run.answer).toEqual({ kind: 'done' });
    expect(accepted.at(-1)).toBe(30);
  });
});

describe('permits that were not used', () => {
  const limits = { ...RELAY, perHour: 100 };

  it('are given back where the slice holds fewer', async () => {
    await openFor(3);
    const run = deliver(accept, { limitsAt: () => limits });
    await settle();
    expect(run.answer).toEqual({ kind: 'done' });
    expect(await left(limits)).toBe(97);
  });

  it('are given back by whoever the relay did not begin with', async () => {
    await openFor(5);
    const relay = { connections: 5, messagesPerSecond: 0, close: () => Promise.resolve() };
    deliver(accept, {
      limitsAt: () => limits,
      relay: {
        ...relay,
        submit: async () => {
          abort.abort();
          return { kind: 'unstarted' };
        },
      },
    });
    await settle();
    expect(await left(limits)).toBe(100);
    expect(await counts()).toMatchObject({ due: 5 });
  });
});

describe('a claim that waits for a connection', () => {
  it('for longer than ten seconds may not start, is given back, and is claimed anew', async () => {
    await openFor(1);
    const mayStart: boolean[] = [];
    const claims: number[] = [];
    let isSlow = true;
    const run = deliver(accept, {
      onClaim: (at) => claims.push(at - NOW),
      relay: {
        connections: 5,
        messagesPerSecond: 0,
        close: () => Promise.resolve(),
        submit: async (prepare, mark) => {
          if (isSlow) await clock.sleep(10_001);
          isSlow = false;
          const message = prepare();
          mayStart.push(message !== null);
          return message ? accept(message.envelope.recipient, mark) : { kind: 'unstarted' };
        },
      },
    });
    await settle();
    await clock.advance(10_001);
    await settle();
    expect(mayStart).toEqual([false, true]);
    expect(claims).toEqual([0, 10_001]);
    expect(run.answer).toEqual({ kind: 'done' });
    expect(await counts()).toMatchObject({ accepted: 1 });
  });

  it('is prolonged while the relay thinks about its reply', async () => {
    await openFor(1);
    const run = deliver(async (recipient, mark) => {
      const isMarked = await mark();
      await clock.sleep(5 * MINUTE_MS);
      return isMarked ? accept(recipient, () => Promise.resolve(true)) : { kind: 'fenced' };
    });
    await settle();
    for (let minute = 0; minute < 4; minute++) {
      await clock.advance(MINUTE_MS);
      expect(await ledger.deliveries.settleAbandoned(mailing.id, clock.now())).toBe(0);
    }
    await clock.advance(MINUTE_MS);
    await settle();
    expect(run.answer).toEqual({ kind: 'done' });
    expect(await counts()).toMatchObject({ accepted: 1 });
  });
});

describe('whoever is in doubt', () => {
  it.each([
    ['hold', 1, { unknown: 1 }, { 'no-reply': 1 }],
    ['skip', 1, { unknown: 1 }, { skipped: 1 }],
    ['resend', 2, { unknown: 1 }, { 'no-reply': 1 }],
  ] as const)(
    'with onUnknown %s, and a relay that is always silent, is sent it %i times',
    async (onUnknown, times, is, reasons) => {
      await openFor(1);
      let sent = 0;
      const silent: Answer = (recipient, mark) => {
        sent++;
        return fallSilent(recipient, mark);
      };
      for (let again = 0; again < 4; again++) {
        deliver(silent, { onUnknown });
        await settle();
      }
      expect(sent).toBe(times);
      expect(await counts()).toMatchObject(is);
      expect((await ledger.mailings.books(mailing.id)).reasons.unknown).toEqual(reasons);
    },
  );

  it('with onUnknown resend comes back at once', async () => {
    await openFor(1);
    const run = deliver(fallSilent, { onUnknown: 'resend' });
    await settle();
    expect(run.answer).toEqual({ kind: 'again', at: NOW });
  });

  // Once: between the last settlement and resolveUnknown nothing waits, and whoever looks then finishes the mailing.
  it('with onUnknown resend is sent it again even if somebody looks after the mailing at that moment', async () => {
    await openFor(1);
    const { settleAbandoned } = ledger.deliveries;
    const schedule = { add: () => Promise.resolve(), work: () => Promise.reject(new Error()), close: () => Promise.resolve() };
    ledger.deliveries.settleAbandoned = async (...args) => {
      await tendMailing(await ledger.mailings.get(mailing.id), { ledger, clock, schedule, onUnknown: 'resend' });
      return settleAbandoned(...args);
    };
    const run = deliver(fallSilent, { onUnknown: 'resend' });
    await settle();
    expect(run.answer).toEqual({ kind: 'again', at: NOW });
  });
});

describe('a ledger that is away for a moment', () => {
  it('while a reply is written down does not lose the reply', async () => {
    await openFor(1);
    const { settle: write } = ledger.deliveries;
    let failures = 3;
    ledger.deliveries.settle = (settlement) =>
      failures-- > 0 ? Promise.reject(new Error('the server restarts')) : write(settlement);
    const run = deliver(accept);
    await settle();
    expect(run.answer).toBeUndefined();
    await clock.advance(3_000);
    await settle();
    expect(run.answer).toEqual({ kind: 'done' });
    expect(await counts()).toMatchObject({ accepted: 1 });
  });

  it('while deliveries are claimed is trouble that needs nobody, and the slice comes back', async () => {
    await openFor(1);
    ledger.deliveries.claim = () => Promise.reject(new Error('the server restarts'));
    const troubles: Trouble[] = [];
    const run = deliver(accept, { onTrouble: (trouble) => troubles.push(trouble) });
    await settle();
    expect(troubles).toMatchObject([{ kind: 'ledger', message: expect.stringContaining('the server restarts') }]);
    expect(run.answer).toMatchObject({ kind: 'again' });
    expect((await ledger.mailings.get(mailing.id)).state).toBe('sending');
  });

  it('at the end of the slice brings the slice back in five seconds', async () => {
    await openFor(1);
    ledger.mailings.waiting = () => Promise.reject(new Error('the server restarts'));
    const run = deliver(accept);
    await settle();
    expect(run.answer).toEqual({ kind: 'again', at: NOW + 5_000 });
  });

  // Once: each mark that fails counts as a broken conversation, and twenty of those as the relay's bad streak.
  it('while twenty connections mark does not pause the mailing for a person', async () => {
    await openFor(40);
    const { mark: write } = ledger.deliveries;
    let failures = 20;
    ledger.deliveries.mark = (...args) => (failures-- > 0 ? Promise.reject(new Error('the server restarts')) : write(...args));
    // As smtp-relay answers (tests/contracts/relay.test.ts: "sends nothing when the ledger fails at the mark").
    deliver((recipient, mark) => accept(recipient, mark).catch((error: Error) => ({ kind: 'unmarked', why: error.message })), {
      health: relayHealth(20),
    });
    await settle();
    expect((await ledger.mailings.get(mailing.id)).state).toBe('sending');
  });
});
