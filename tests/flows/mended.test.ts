// What was once wrong here: each of these failed before it was mended.
import { expect, it } from 'vitest';
import type { CsvRow } from '../../src/csv/read-csv.ts';
import { addressKey } from '../../src/domain/address.ts';
import { composeDelivery, pressEdition } from '../../src/flows/compose-delivery.ts';
import { importSubscribers } from '../../src/flows/import-subscribers.ts';
import { readColumns } from '../../src/roster/read-columns.ts';
import { openLedger } from '../../src/store/open-ledger.ts';
import { sampleContent } from '../message/sample-content.ts';
import { rowsOf, table } from './table-rows.ts';

it('takes the column `email` for the address, even where `address` stands before it', () => {
  expect(readColumns(['name', 'address', 'email'])).toMatchObject({
    columns: { address: 2, attributes: [{ name: 'address', index: 1 }] },
  });
});
it('joins given and family name in this order, however the columns stand', () => {
  expect(readColumns(['last name', 'first name', 'email'])).toMatchObject({ columns: { name: [1, 0] } });
});
it('refuses a file whose header could not be read', async () => {
  const { ledger } = await openLedger('sqlite::memory:');
  async function* rows(): AsyncGenerator<CsvRow> {
    yield { line: 1, cells: ['email', 'st\ufffddt'], width: 2, problem: 'it is not UTF-8; save the file as UTF-8' };
    yield { line: 2, cells: ['ada@example.org', 'London'], width: 2 };
  }
  const outcome = await importSubscribers([{ name: 'readers.csv', rows }], ledger, {
    list: 'monthly',
    at: 0,
    refuse: () => undefined,
  });
  expect(outcome).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('UTF-8') });
  await ledger.close();
});
it('lets the last of two rows with one address win, however far apart they stand', async () => {
  const { ledger } = await openLedger('sqlite::memory:');
  const between = Array.from({ length: 2_000 }, (_, index) => `reader${index}@example.org|`);
  const rows = table('email|name', 'ada@example.org|Ada', ...between, 'ada@example.org|Impostor');
  const outcome = await importSubscribers([{ name: 'readers.csv', rows: () => rowsOf(rows) }], ledger, {
    list: 'monthly',
    at: 0,
    refuse: () => undefined,
  });
  expect(outcome).toMatchObject({ report: { added: 2_001, repeated: 1 } });
  expect((await ledger.subscribers.find(addressKey('ada@example.org')))?.name).toBe('Impostor');
  await ledger.close();
});
it('keeps a message’s Message-ID when the secret is rotated between two attempts', () => {
  const delivery = {
    mailing: 7,
    sequence: 1,
    openedAt: 0,
    subscriber: { id: 1, address: 'a@x.example', name: '', attributes: {} },
  };
  const idOf = (secrets: string[]) =>
    /^Message-ID: .*$/m.exec(
      Buffer.from(composeDelivery(delivery, pressEdition(sampleContent(), 1), secrets).bytes).toString(),
    )?.[0];
  expect(idOf(['a new secret of many letters', 'an old secret of many letters'])).toBe(idOf(['an old secret of many letters']));
});
it('fills a slot by the name of a method with its fallback', () => {
  const delivery = {
    mailing: 7,
    sequence: 1,
    openedAt: 0,
    subscriber: { id: 1, address: 'a@x.example', name: '', attributes: {} },
  };
  const text = [{ name: 'constructor', fallback: 'friend', context: 'text' as const }];
  expect(() => composeDelivery(delivery, pressEdition(sampleContent({ text }), 1), ['a secret of many letters'])).not.toThrow();
});
