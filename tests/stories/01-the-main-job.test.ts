// An editor imports readers, looks, sends, and reads the books; sending again sends nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addressesWith,
  deliveriesOf,
  newsletterFolder,
  postrider,
  type RunningSink,
  runSink,
  takenBy,
  writeReaders,
} from './cli.ts';

let sink: RunningSink;
let folder: string;

beforeAll(async () => {
  sink = await runSink(['refuse:reader7@*']);
  folder = newsletterFolder(sink.url);
});
afterAll(() => sink?.stop());

it('imports, plans, sends, reports, and sends nobody anything twice', async () => {
  const place = { cwd: folder };
  const imported = await postrider(['subscribers', 'import', writeReaders(folder, 50), '--list', 'monthly'], place);
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/added\s+50/) });
  await postrider(['subscribers', 'remove', 'reader3@example.org'], place);

  const plan = await postrider(['plan', '--issue', '2023-01', '--json'], place);
  expect(JSON.parse(plan.stdout)).toMatchObject({
    onList: 50,
    recipients: 49,
    excluded: { ended: 1 },
    state: null,
    subject: 'This Month in Rust OSDev: January 2023',
  });

  const sent = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('48 + 1 = 49') });

  const report = await postrider(['report', '--issue', '2023-01', '--json'], place);
  expect(JSON.parse(report.stdout)).toMatchObject({
    issue: '2023-01',
    list: 'monthly',
    state: 'finished',
    onList: 50,
    excluded: { ended: 1 },
    recipients: 49,
    counts: { accepted: 48, due: 0, deferred: 0, rejected: 1, expired: 0, withheld: 0, unknown: 0 },
    bounced: 0,
    complained: 0,
  });

  const deliveries = await deliveriesOf(place);
  expect(takenBy(sink).sort()).toEqual(addressesWith(deliveries, 'accepted').sort());
  expect(deliveries.find(({ outcome }) => outcome === 'rejected')).toMatchObject({
    address: 'reader7@example.org',
    reason: 'user-unknown',
    reply: expect.stringMatching(/^550 5\.1\.1/),
  });

  const again = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('finished') });
  expect(takenBy(sink)).toHaveLength(48);
});

it('gives each reader a message of their own, which an independent reader understands', async () => {
  const entries = sink.entries().filter(({ isTaken }) => isTaken);
  const ids = new Set<string>();
  for (const { file, recipient } of entries) {
    const email = await PostalMime.parse(readFileSync(join(sink.folder, file ?? '')));
    ids.add(email.messageId ?? '');
    expect(email.to?.[0]?.address).toBe(recipient);
    expect(email.html).toContain(recipient);
    expect(email.text).toContain(`Hello Reader ${/\d+/.exec(recipient)?.[0] ?? ''},`);
    expect(email.headers.find(({ key }) => key === 'list-unsubscribe-post')?.value).toBe('List-Unsubscribe=One-Click');
  }
  expect(ids.size).toBe(entries.length);
});

it('sends one test message, marked, that leaves no trace in the ledger', async () => {
  const before = takenBy(sink).length;
  const tested = await postrider(['test', '--issue', '2023-01', '--to', 'me@example.org'], { cwd: folder });
  expect(tested.code).toBe(0);
  expect(takenBy(sink)).toHaveLength(before + 1);
  const { file } = sink.entries().at(-1)!;
  expect(readFileSync(join(sink.folder, file ?? ''), 'utf8')).toMatch(/^Subject: \[test\]/m);
  const shown = await postrider(['subscribers', 'show', 'me@example.org'], { cwd: folder });
  expect(shown.code).toBe(1);
});
