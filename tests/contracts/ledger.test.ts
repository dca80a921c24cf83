// The ledger's contract on each engine.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openLedger } from '../../src/store/open-ledger.ts';
import { findCommand } from '../services/install.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('SQLite in memory', async () => (await openLedger('sqlite::memory:')).ledger);
ledgerContract(
  'SQLite in a file',
  async () => (await openLedger(`sqlite:${join(mkdtempSync(join(tmpdir(), 'postrider-ledger-')), 'ledger.sqlite')}`)).ledger,
);

describe.skipIf(findCommand('postgres') === undefined)('a server', () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  ledgerContract('PostgreSQL', async () => (await openLedger(await postgres.newDatabase(), true)).ledger);
});
