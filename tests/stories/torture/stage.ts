// Where a seed is played: a newsletter's folder with a short issue, a ledger with the plan's list, and a witness.
// `clear` leaves nothing behind.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mailing } from '../../../src/domain/mailing.ts';
import type { Ledger } from '../../../src/store/ledger.ts';
import { openLedger } from '../../../src/store/open-ledger.ts';
import type { RunningPostgres } from '../../services/postgres.ts';
import type { RunningRedis } from '../../services/redis.ts';
import { beginLife, type Life } from './life.ts';
import { leaversOf, type Plan, recipientsOf, sinkRulesOf } from './plan-of-a-seed.ts';
import type { Strike } from './points.ts';
import type { Evidence } from './verdict.ts';
import { callWitness } from './witness.ts';

/** Shared by all seeds of the world `several`, each of which has a database, and so a ledger, of its own. */
export interface Services {
  readonly postgres: RunningPostgres;
  readonly redis: RunningRedis;
}

export interface Stage {
  begin(args: readonly string[], strike: Strike | null): Life;
  mailing(): Promise<Mailing | undefined>;
  evidence(): Promise<Omit<Evidence, 'crashes'>>;
  /** Ends whatever still runs. */
  endLives(): Promise<void>;
  clear(): Promise<void>;
}

export const ISSUE = '2023-01';
const LIST = 'monthly';
const PAGE_SIZE = 1_000;
const DEFER_MS = 4_000;

export async function setStage(plan: Plan, services: Services | null): Promise<Stage> {
  const witness = await callWitness(sinkRulesOf(plan));
  const cwd = newsletterFolder(plan, witness.url);
  const databaseUrl =
    services === null ? `sqlite:${join(cwd, '.postrider/ledger.sqlite')}` : await services.postgres.newDatabase();
  const env = services === null ? {} : { DATABASE_URL: databaseUrl, REDIS_URL: services.redis.url };
  const { ledger } = await openLedger(databaseUrl, true);
  await subscribe(ledger, plan);
  const lives = new Set<Life>();
  const mailing = async () => ledger.mailings.find(ISSUE, LIST);
  const endLives = async (): Promise<void> => {
    for (const life of lives) life.signal('SIGKILL');
    await Promise.all([...lives].map(({ ended }) => ended));
  };

  return {
    begin(args, strike) {
      const life = beginLife(args, { cwd, env }, { strike, deferMs: DEFER_MS }, witness);
      lives.add(life);
      void life.ended.then(() => lives.delete(life));
      return life;
    },
    mailing,
    evidence: async () => ({
      connections: plan.connections,
      recipients: recipientsOf(plan),
      leavers: leaversOf(plan),
      ...(await readLedger(ledger, await mailing())),
      taken: witness.taken(),
    }),
    endLives,
    async clear() {
      await endLives();
      await ledger.close();
      await witness.stop();
      rmSync(cwd, { recursive: true });
      await services?.postgres.psql(
        services.postgres.url,
        `drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`,
      );
    },
  };
}

function newsletterFolder({ connections, messagesPerConnection }: Plan, smtpUrl: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-torture-'));
  mkdirSync(join(folder, 'issues'));
  writeFileSync(join(folder, `issues/${ISSUE}.md`), '# January\n\nA short issue, for it is printed often.\n');
  writeFileSync(
    join(folder, 'newsletter.yaml'),
    [
      'name: Torture',
      'from: Torture <newsletter@example.org>',
      'issues:',
      '  url: https://example.org/{id}/',
      'lists:',
      `  ${LIST}:`,
      '    title: Torture',
      'relay:',
      `  connections: ${connections}`,
      `  messagesPerConnection: ${messagesPerConnection}`,
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, '.env'),
    `SMTP_URL=${smtpUrl}\nPOSTRIDER_SECRET=0123456789abcdef0123456789abcdef\nBASE_URL=https://newsletter.example\n`,
  );
  return folder;
}

async function subscribe(ledger: Ledger, plan: Plan): Promise<void> {
  const now = Date.now();
  const leavers = leaversOf(plan);
  const addresses = [...recipientsOf(plan).map(({ address }) => address), ...leavers];
  await ledger.lists.ensure(LIST, now);
  const rows = addresses.map((address) => ({ address, key: address, name: 'Reader', attributes: {} }));
  await ledger.subscribers.import(rows, LIST, now);
  for (const address of leavers) await ledger.subscribers.end(address, LIST, 'unsubscribed', now);
}

async function readLedger(ledger: Ledger, mailing: Mailing | undefined) {
  if (!mailing) return { state: 'not there', deliveries: [], excluded: 0 };
  const { state, id } = mailing;
  const deliveries = [];
  for (let after = 0; ; ) {
    const page = await ledger.deliveries.list(id, { after, limit: PAGE_SIZE });
    const last = page.at(-1);
    if (!last) break;
    deliveries.push(...page);
    after = last.sequence;
  }
  const { excluded } = await ledger.mailings.books(id);
  return { state, deliveries, excluded: Object.values(excluded).reduce((sum, count) => sum + count, 0) };
}
