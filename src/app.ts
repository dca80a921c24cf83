// Wires the gates from the configuration. The only place that knows which of them is which.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import { packageRoot } from '../config/package-root.ts';
import type { RelayPlace } from '../config/read-smtp-url.ts';
import type { Newsletter } from '../config/schema.ts';
import { deliverWorker } from '../workers/deliver.ts';
import type { Clock, RandomBytes } from './domain/clock.ts';
import { editionCache } from './flows/edition-cache.ts';
import type { Trouble } from './flows/judge-submission.ts';
import type { Press } from './flows/render-issue.ts';
import type { Running } from './flows/run-mailing.ts';
import { createStreak } from './flows/streak.ts';
import { PATIENCE, type Patience } from './policy/next-attempt.ts';
import { inProcessSchedule } from './queue/in-process.ts';
import { RELAY_DEFAULTS, type Relay, type RelaySettings } from './relay/relay.ts';
import { smtpRelay } from './relay/smtp-relay.ts';
import type { Ledger } from './store/ledger.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) => sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => undefined),
};

export const systemRandom: RandomBytes = (sizeBytes) => randomBytes(sizeBytes);

// A foreground `send` waits for second tries that are due within this; what is later is said and left.
const HORIZON_MS = 10 * 60_000;
// Two slices: while the last replies of one are awaited, the next keeps the connections busy.
const SLICES_AT_A_TIME = 2;

export function pressOf({ root, newsletter }: Pick<Config, 'root' | 'newsletter'>): Press {
  return { root, newsletter, cwd: process.cwd(), packageRoot: packageRoot() };
}

/** A relay on another machine starts gently until the newsletter says otherwise. */
export function relaySettings(place: RelayPlace, newsletter: Newsletter): RelaySettings {
  const { connections, messagesPerSecond, messagesPerConnection, ehloName } = newsletter.relay;
  const start = place.isLoopback ? { connections: 20, messagesPerSecond: 0 } : { connections: 5, messagesPerSecond: 10 };
  return {
    ...RELAY_DEFAULTS,
    host: place.host,
    port: place.port,
    security: place.security,
    login: place.login,
    ehloName: ehloName ?? null,
    connections: connections ?? start.connections,
    messagesPerSecond: messagesPerSecond ?? start.messagesPerSecond,
    messagesPerConnection,
    authority: null,
  };
}

export function openRelay(settings: RelaySettings): Relay {
  return smtpRelay(settings, systemClock);
}

export interface RunParts {
  readonly ledger: Ledger;
  readonly relay: Relay;
  readonly secrets: readonly string[];
  readonly patience?: Patience;
  readonly clock?: Clock;
}

/**
 * What all slices hold together is twice what is on the wire, and under a slow rate what goes out within two
 * seconds.
 */
function claimsAtOnce({ connections, messagesPerSecond }: Relay): number {
  const soon = messagesPerSecond === 0 ? connections : Math.ceil(messagesPerSecond * (2 / SLICES_AT_A_TIME));
  return Math.max(1, Math.min(connections, soon));
}

/** All that a mailing is worked off with. */
export function runningOf({ ledger, relay, secrets, patience = PATIENCE, clock = systemClock }: RunParts): Running {
  const delivering = {
    ledger,
    relay,
    clock,
    random: systemRandom,
    secrets,
    patience,
    streak: createStreak(),
    claimsAtOnce: claimsAtOnce(relay),
    editionOf: editionCache(ledger),
  };
  const schedule = inProcessSchedule<Trouble>({ clock, concurrency: SLICES_AT_A_TIME, horizonMs: HORIZON_MS });
  return { ledger, clock, schedule, worker: deliverWorker(delivering) };
}
