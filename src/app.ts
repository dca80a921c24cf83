// Wires the gates from the configuration. The only place that knows which of them is which.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import { packageRoot } from '../config/package-root.ts';
import type { RelayPlace } from '../config/read-smtp-url.ts';
import type { Newsletter } from '../config/schema.ts';
import { deliverWorker } from '../workers/deliver.ts';
import type { Clock, RandomBytes } from './domain/clock.ts';
import type { Message } from './domain/message.ts';
import { editionCache } from './flows/edition-cache.ts';
import { type RelayHealth, relayHealth } from './flows/relay-health.ts';
import type { Press } from './flows/render-issue.ts';
import type { Running } from './flows/run-mailing.ts';
import { dailyLimit } from './policy/daily-limit.ts';
import { PATIENCE, type Patience } from './policy/next-attempt.ts';
import { inProcessSchedule } from './queue/in-process.ts';
import { redisSchedule } from './queue/redis-schedule.ts';
import type { Schedule } from './queue/schedule.ts';
import { RELAY_DEFAULTS, type Relay, type RelaySettings } from './relay/relay.ts';
import { smtpRelay } from './relay/smtp-relay.ts';
import type { Ledger, RateLimits } from './store/ledger.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) => sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => undefined),
};

export const systemRandom: RandomBytes = (sizeBytes) => randomBytes(sizeBytes);

// Two slices: while the last replies of one are awaited, the next keeps the connections busy.
const SLICES_AT_A_TIME = 2;

export function pressOf(config: Pick<Config, 'root' | 'newsletter' | 'baseUrl'>): Press {
  const { root, newsletter } = config;
  return { root, newsletter, cwd: process.cwd(), templates: templateRoots(config), imagesFrom: imagesFrom(config) };
}

/** Where the issues' own addresses are ours, no site has their images. */
function imagesFrom({ newsletter: { issues }, baseUrl }: Pick<Config, 'newsletter' | 'baseUrl'>): string | null {
  const place = issues.images ?? (hasArchive(issues.url, baseUrl) ? 'archive' : 'site');
  return place === 'archive' ? baseUrl : null;
}

/** Whether Postrider answers at the issues' addresses. */
export function hasArchive(issuesUrl: string, baseUrl: string): boolean {
  return issuesUrl.startsWith(`${baseUrl}/`);
}

/** A newsletter replaces templates file by file; below its own lie Postrider's. */
export function templateRoots({ root, newsletter }: Pick<Config, 'root' | 'newsletter'>): readonly string[] {
  return [join(root, newsletter.templates), join(packageRoot(), 'templates')];
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

/** What a relay's traffic is counted under. */
export function relayName({ host, port }: RelayPlace): string {
  return `${host}:${port}`;
}

export function openRelay(settings: RelaySettings, sign?: Sign): Relay {
  return smtpRelay(settings, systemClock, sign);
}

type Sign = (message: Message) => Message;

/** All that goes to the relay is signed, letters too, where there is a key. Its library is loaded for none else. */
export async function signerOf({ dkim }: Pick<Config, 'dkim'>): Promise<Sign | undefined> {
  if (dkim === null) return undefined;
  const { signMessage } = await import('./message/sign-message.ts');
  return (message) => signMessage(message, dkim);
}

/** This machine's clock, set by the ledger's, so that all who share a ledger agree about the time. */
export function ledgerClock(ledger: Ledger): Clock & { sync(): Promise<void> } {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    sleep: systemClock.sleep,
    async sync() {
      const askedAt = Date.now();
      const at = await ledger.now();
      offsetMs = at - Math.round((askedAt + Date.now()) / 2);
    },
  };
}

/** Shared by all processes on the ledger where there is a Redis, and of this process where there is none. */
export function scheduleOf(config: Config, ledger: Ledger, clock: Clock, onError: (error: Error) => void): Schedule {
  if (config.redisUrl === null) return inProcessSchedule({ clock, concurrency: SLICES_AT_A_TIME });
  return redisSchedule({ url: config.redisUrl, ledger: ledger.identity.id, clock, concurrency: SLICES_AT_A_TIME, onError });
}

export interface RunParts {
  readonly ledger: Ledger;
  readonly relay: Relay;
  readonly secrets: readonly string[];
  readonly newsletter?: Pick<Newsletter, 'onUnknown' | 'relay'>;
  readonly relayName?: string;
  readonly patience?: Patience;
  readonly clock?: Clock;
  readonly schedule?: Schedule;
  readonly onClaim?: (now: number) => void;
}

// Four for each connection: with so few, two workers are nearly as fast as one (docs/performance.md).
const CLAIMS_AHEAD = 4;

/**
 * What all slices hold together is twice what is on the wire, under a slow rate what goes out within two seconds, and
 * where the relay is quick no more than it has just taken in two seconds.
 */
function healthOf({ connections, messagesPerSecond }: Relay): RelayHealth {
  const soon = messagesPerSecond === 0 ? connections : Math.ceil(messagesPerSecond * (2 / SLICES_AT_A_TIME));
  return relayHealth(Math.max(1, Math.min(connections, soon)), CLAIMS_AHEAD * connections);
}

/** All that a mailing is worked off with; in this process where no schedule is given. */
export function runningOf(parts: RunParts): Running {
  const { ledger, relay, secrets, patience = PATIENCE, clock = systemClock, onClaim = () => undefined } = parts;
  const delivering = {
    ledger,
    relay,
    clock,
    random: systemRandom,
    secrets,
    patience,
    health: healthOf(relay),
    limitsAt: limitsOf(parts),
    onUnknown: parts.newsletter?.onUnknown ?? 'hold',
    editionOf: editionCache(ledger),
    onClaim,
  };
  return {
    ledger,
    clock,
    schedule: parts.schedule ?? inProcessSchedule({ clock, concurrency: SLICES_AT_A_TIME }),
    limitsAt: delivering.limitsAt,
    onUnknown: delivering.onUnknown,
    workerFor: (onTrouble) => deliverWorker({ ...delivering, onTrouble }, clock),
  };
}

/** What may go to the relay at a moment, over all processes; null where nothing limits it. */
function limitsOf({ relay, relayName = 'relay', newsletter }: RunParts): (now: number) => RateLimits | null {
  const { messagesPerHour: perHour = 0, messagesPerDay = 0, warmUp } = newsletter?.relay ?? {};
  const curve = warmUp ? { fromAt: Date.parse(`${warmUp.from}T00:00:00Z`), perDay: warmUp.perDay } : null;
  return (now) => {
    const perDay = dailyLimit(messagesPerDay, curve, now);
    const perSecond = relay.messagesPerSecond;
    return perSecond + perHour + perDay === 0 ? null : { relay: relayName, perSecond, perHour, perDay };
  };
}
