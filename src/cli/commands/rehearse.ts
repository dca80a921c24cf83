// postrider send --rehearse: the real list and the real issue into a local sink, by a ledger that is thrown away.
// Nobody is mailed, and the real ledger is only read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../../config/load.ts';
import { openRelay, relaySettings, runningOf, systemClock } from '../../app.ts';
import { addressKey, domainOf } from '../../domain/address.ts';
import type { NewSubscriber } from '../../domain/roster.ts';
import { openMailing } from '../../flows/open-mailing.ts';
import { planMailing, subscriptionsOf } from '../../flows/plan-mailing.ts';
import { runMailing } from '../../flows/run-mailing.ts';
import { mayBeMailed } from '../../policy/may-be-mailed.ts';
import { type Sink, startSink } from '../../sink/sink.ts';
import type { Ledger } from '../../store/ledger.ts';
import { openLedger } from '../../store/open-ledger.ts';
import { Failure } from '../failure.ts';
import { onInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { checkListKnown } from '../session.ts';
import { showBooks } from '../show-books.ts';
import { formatBytes, formatCount, formatDuration, note, noteProblems, print, suggest, table } from '../terminal.ts';
import { type IssueToSend, renderOrFail } from './issue-to-send.ts';
import { describePlan } from './plan.ts';

const PAGE_SIZE = 1_000;
const DOMAINS_SHOWN = 10;

export async function rehearse(config: Config, ledger: Ledger, id: string, list: string): Promise<void> {
  const issue = await renderOrFail(config, id, list);
  await checkListKnown(config, ledger, list);
  const planned = await planMailing(ledger, list);
  noteProblems(issue.rendered.problems);
  note(await describePlan(config, ledger, issue, planned));
  if (planned.recipients === 0) throw new Failure(2, `Nobody on the list ${list} may be mailed; there is nothing to rehearse.`);
  const folder = mkdtempSync(join(tmpdir(), 'postrider-rehearsal-'));
  const traffic = createTraffic();
  const sink = await startSink({ port: 0, folder, rules: [], keepsMessages: false, onEntry: traffic.note });
  const { ledger: throwaway } = await openLedger(`sqlite:${join(folder, 'ledger.sqlite')}`);
  try {
    await copyList(ledger, throwaway, list);
    await send(config, throwaway, issue, list, sink);
    print(`\n${traffic.describe()}`);
  } finally {
    await throwaway.close();
    await sink.close();
    rmSync(folder, { recursive: true });
  }
  note('\nThis was a rehearsal: nobody was mailed, and the ledger is as it was.');
  suggest(`postrider send --issue ${id} --list ${list}`);
}

async function copyList(from: Ledger, to: Ledger, list: string): Promise<void> {
  const at = systemClock.now();
  await to.lists.ensure(list, at);
  let page: NewSubscriber[] = [];
  for await (const row of subscriptionsOf(from, list)) {
    if (mayBeMailed(row).kind === 'leave-out') continue;
    page.push({ address: row.address, key: addressKey(row.address), name: row.name, attributes: row.attributes });
    if (page.length < PAGE_SIZE) continue;
    await to.subscribers.import(page, list, at);
    page = [];
  }
  await to.subscribers.import(page, list, at);
}

async function send(config: Config, ledger: Ledger, issue: IssueToSend, list: string, sink: Sink): Promise<void> {
  const place = { host: '127.0.0.1', port: sink.port, security: 'none', login: null, isLoopback: true } as const;
  const settings = relaySettings(place, config.newsletter);
  const relay = openRelay({ ...settings, messagesPerSecond: 0 });
  const secrets = config.secrets.length > 0 ? config.secrets : ['a rehearsal needs no secret that is one'];
  const { provenance } = issue.rendered;
  const startedAt = systemClock.now();
  const mailing = await openMailing(ledger, {
    issue: issue.content.issue,
    list,
    content: issue.content,
    provenance,
    at: startedAt,
  });
  const interruption = onInterrupt('Nobody was mailed.');
  const progress = showProgress(() => ledger.mailings.books(mailing.id));
  const end = await runMailing(mailing, runningOf({ ledger, relay, secrets }), interruption.signal);
  await progress.stop();
  interruption.stop();
  await relay.close();
  print(showBooks(await ledger.mailings.get(mailing.id), await ledger.mailings.books(mailing.id)));
  if (end.kind === 'interrupted') throw new Failure(130, '\nInterrupted; nobody was mailed.');
  const { recipients } = await ledger.mailings.books(mailing.id);
  const durationMs = systemClock.now() - startedAt;
  print(
    `\n${formatDuration(durationMs)} into the sink on this machine, without your limits: ${perSecond(recipients, durationMs)} a second.`,
  );
}

function perSecond(count: number, durationMs: number): string {
  return formatCount(Math.round(count / Math.max(1, durationMs / 1_000)));
}

/** What went over the wire, by domain. */
function createTraffic() {
  const domains = new Map<string, number>();
  let bytes = 0;
  return {
    note({ recipient, sizeBytes }: { readonly recipient: string; readonly sizeBytes: number }): void {
      const domain = domainOf(recipient).toLowerCase();
      domains.set(domain, (domains.get(domain) ?? 0) + 1);
      bytes += sizeBytes;
    },
    describe(): string {
      const sorted = [...domains].sort((a, b) => b[1] - a[1]);
      const shown: (readonly [string, number])[] = sorted.slice(0, DOMAINS_SHOWN);
      const rest = sorted.slice(DOMAINS_SHOWN).reduce((sum, [, count]) => sum + count, 0);
      const others = rest === 0 ? [] : [[`${formatCount(domains.size - DOMAINS_SHOWN)} other domains`, rest] as const];
      return `${formatBytes(bytes)} in all, to ${formatCount(domains.size)} domains:\n${table([...shown, ...others])}`;
    },
  };
}
