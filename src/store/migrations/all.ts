// Every migration by its number. The order is that of the names.
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';
import { first } from './0001-first.ts';

export function MIGRATIONS(engine: Engine): Record<string, Migration> {
  return { '0001-first': first(engine) };
}
