// The walls of the house: an import that goes up, sideways or through somebody else's door fails the check.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** What Biome says of a file in `room` that imports `specifier`. */
function check(room: string, specifier: string): string {
  const file = join(ROOT, room, `violation-${process.pid}.ts`);
  writeFileSync(file, `import * as it from '${specifier}';\n\nexport const use = it;\n`);
  const { stdout, stderr } = spawnSync('biome', ['lint', '--colors=off', file], { cwd: ROOT, encoding: 'utf8' });
  rmSync(file);
  return stdout + stderr;
}

it.each([
  ['a maker that imports a gate', 'src/issue', '../store/ledger.ts'],
  ['a maker that imports another maker', 'src/email', '../issue/parse-issue.ts'],
  ['a maker of addresses that imports the issue’s', 'src/site', '../issue/slugs.ts'],
  ['a gate that imports another gate', 'src/store', '../relay/relay.ts'],
  ['a gate that imports a maker', 'src/relay', '../message/headers.ts'],
  ['a flow that imports a door', 'src/flows', '../cli/main.ts'],
  ['a noun that imports anything of ours', 'src/domain', '../policy/next-attempt.ts'],
  ['SQL outside the store', 'src/flows', 'kysely'],
  ['MJML outside the email room', 'src/issue', 'mjml'],
  ['nodemailer outside the relay', 'src/cli', 'nodemailer'],
  ['BullMQ outside the queue', 'src/flows', 'bullmq'],
  ['Redis outside the queue', 'src/cli', 'ioredis'],
  ['PostgreSQL outside the store', 'src/queue', 'pg'],
  ['GitHub outside the forge', 'src/flows', '@octokit/core'],
  ['the ledger in the web', 'src/web', '../store/ledger.ts'],
  ['the newsletter’s files in the preview', 'src/preview', '../source/find-issues.ts'],
  ['unified outside the issue and email rooms', 'src/flows', 'unified'],
])('refuses %s', (_what, room, specifier) => {
  expect(check(room, specifier)).toMatch(/noRestrictedImports[\s\S]*ARCHITECTURE\.md/);
});

it.each([
  ['src/issue', '../domain/issue.ts'],
  ['src/flows', '../store/ledger.ts'],
  ['src/store', 'kysely'],
  ['src/issue', 'node:path'],
])('allows %s to import %s', (room, specifier) => {
  expect(check(room, specifier)).not.toContain('noRestrictedImports');
});
