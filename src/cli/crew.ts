// A process that delivers for others: wired, announced in the ledger, logged, and stopped in good order.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../../config/load.ts';
import { ledgerClock, openRelay, relayName, relaySettings, runningOf, scheduleOf, signerOf } from '../app.ts';
import { keepWorking } from '../flows/keep-working.ts';
import { checkRedis } from '../queue/check-redis.ts';
import type { Ledger } from '../store/ledger.ts';
import { Failure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { createLog, reporterTo } from './log.ts';
import { readerDeskOf } from './reader-desk.ts';
import { collectFrom } from './returns-desk.ts';
import { checkNotMoved, checkSecrets, relayOf, withLedger, withoutPassword, wordsOf } from './session.ts';
import { tellerOf } from './teller.ts';

/** `beside` is done once the process is ready to work. */
export async function withCrew(config: Config, role: 'serve' | 'work', beside: (ledger: Ledger) => Promise<void>): Promise<void> {
  await withLedger(config, async (ledger) => {
    checkNotMoved(ledger);
    await checkSecrets(ledger, config.secrets);
    const log = createLog(role);
    const clock = ledgerClock(ledger);
    await clock.sync();
    await checkRedisOrFail(config);
    const schedule = scheduleOf(config, ledger, clock, (error) => log.warn({ error: wordsOf(error) }, 'schedule'));
    const relay = openRelay(relaySettings(relayOf(config), config.newsletter), await signerOf(config));
    const interruption = onInterrupt('');
    let claimedAt: number | null = null;
    const { newsletter, secrets } = config;
    const onClaim = (now: number): void => {
      claimedAt = now;
    };
    const name = relayName(relayOf(config));
    const running = runningOf({ ledger, relay, secrets, newsletter, clock, schedule, onClaim, relayName: name });
    const tell = tellerOf(config, ledger, relay);
    const lookAfterReaders = readerDeskOf(config, ledger, relay, (why) => log.warn({ error: why }, 'a letter did not go'));
    const isRelayHere = relayOf(config).isLoopback;
    const self = { id: randomUUID(), role, host: hostname(), pid: process.pid, isRelayHere };
    try {
      await beside(ledger);
      log.info({ ledger: ledger.identity.id, relay: name, connections: relay.connections }, 'at work');
      const collecting = collectFrom(config, ledger, self.id, log, interruption.signal);
      await keepWorking(
        {
          ...running,
          self,
          claimedAt: () => claimedAt,
          syncClock: clock.sync,
          tell: async () => {
            await tell();
            await lookAfterReaders();
          },
          report: reporterTo(log),
        },
        interruption.signal,
      );
      await collecting;
      log.info('stopped');
    } finally {
      await schedule.close();
      await relay.close();
      interruption.stop();
    }
  });
}

/** Set up otherwise, it would be refused again; away, it may come back: a supervisor tries again after exit 1 only. */
async function checkRedisOrFail({ redisUrl }: Config): Promise<void> {
  if (redisUrl === null) return;
  const check = await checkRedis(redisUrl);
  const name = `The Redis of REDIS_URL (${withoutPassword(redisUrl)})`;
  if (check.kind === 'unfit') throw new Failure(2, `${name} will not do. ${check.why}`, 'Set it to noeviction, and start again.');
  if (check.kind === 'unreachable')
    throw new Failure(1, `${name} will not do. ${check.why}`, 'Check REDIS_URL, and that it is up.');
}
