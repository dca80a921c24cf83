// postrider subscribers export: a list's subscriptions as CSV on stdout, whatever their state.
import { csvLine } from '../../csv/write-csv.ts';
import { subscriptionsOf } from '../../flows/plan-mailing.ts';
import { EXPORT_COLUMNS } from '../../roster/postrider.ts';
import type { Ledger } from '../../store/ledger.ts';
import { chooseList, loadOrFail, withLedger } from '../session.ts';
import type { ListOption } from './subscribers.ts';

export async function exportList(options: ListOption): Promise<void> {
  const config = loadOrFail();
  const list = chooseList(config, options.list);
  await withLedger(config, async (ledger) => {
    const names = await attributeNames(ledger, list);
    process.stdout.write(csvLine([...EXPORT_COLUMNS, ...names]));
    for await (const row of subscriptionsOf(ledger, list)) {
      // Whoever has left stays so, also where the file is read again and the suppression is lifted one day.
      const isSuppressed = row.suppression !== null && row.state !== 'ended';
      const state = isSuppressed ? 'suppressed' : (row.state ?? '');
      process.stdout.write(
        csvLine([
          row.address,
          row.name,
          state,
          new Date(row.since).toISOString(),
          (isSuppressed ? row.suppression : row.endedReason) ?? '',
          ...names.map((name) => row.attributes[name] ?? ''),
        ]),
      );
    }
  });
}

async function attributeNames(ledger: Ledger, list: string): Promise<string[]> {
  const names = new Set<string>();
  for await (const row of subscriptionsOf(ledger, list)) for (const name of Object.keys(row.attributes)) names.add(name);
  return [...names].sort();
}
