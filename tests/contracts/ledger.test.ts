// The ledger's contract on each engine.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/store/open-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('SQLite in memory', async () => (await openLedger('sqlite::memory:')).ledger);
ledgerContract(
  'SQLite in a file',
  async () => (await openLedger(`sqlite:${join(mkdtempSync(join(tmpdir(), 'postrider-ledger-')), 'ledger.sqlite')}`)).ledger,
);
