// Every migration by its number. The order is that of the names.
import type { Migration } from 'kysely/migration';
import type { Engine } from '../schema.ts';
import { first } from './0001-first.ts';
import { severalMachines } from './0002-several-machines.ts';
import { consent } from './0003-consent.ts';
import { joining } from './0004-joining.ts';
import { books } from './0005-books.ts';
import { returns } from './0006-returns.ts';
import { images } from './0007-images.ts';
import { crewsRelay } from './0008-crews-relay.ts';

export function migrationsFor(engine: Engine): Record<string, Migration> {
  return {
    '0001-first': first(engine),
    '0002-several-machines': severalMachines(engine),
    '0003-consent': consent(engine),
    '0004-joining': joining(engine),
    '0005-books': books(engine),
    '0006-returns': returns(engine),
    '0007-images': images(engine),
    '0008-crews-relay': crewsRelay(),
  };
}
