/**
 * Builds a site with the generator that Debian has: Hugo, Jekyll or Pelican, one process each. It changes nothing in the
 * site's own folder, and installs nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand } from './install.ts';

export type InstalledGenerator = 'hugo' | 'jekyll' | 'pelican';

const LIMIT_MS = 60_000;

// Caches go elsewhere: a folder that is built twice is to be the same folder.
const ARGUMENTS: Readonly<Record<InstalledGenerator, (site: string, out: string) => string[]>> = {
  hugo: (site, out) => ['--quiet', '--noBuildLock', '--source', site, '--destination', out, '--cacheDir', join(out, '../cache')],
  jekyll: (site, out) => ['build', '--quiet', '--disable-disk-cache', '--source', site, '--destination', out],
  pelican: (site, out) => ['--quiet', '--settings', join(site, 'pelicanconf.py'), '--output', out],
};

export function hasGenerator(generator: string): generator is InstalledGenerator {
  return Object.hasOwn(ARGUMENTS, generator) && findCommand(generator) !== undefined;
}

/** The folder that it built the site into. */
export function buildSite(generator: InstalledGenerator, site: string): string {
  const command = findCommand(generator);
  if (command === undefined) throw new Error(`${generator} is not installed`);
  const out = join(mkdtempSync(join(tmpdir(), 'postrider-site-')), 'out');
  const { status, stdout, stderr } = spawnSync(command, ARGUMENTS[generator](site, out), {
    cwd: site,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' },
    timeout: LIMIT_MS,
  });
  if (status !== 0) throw new Error(`${generator} ended with ${status}: ${stderr}${stdout}`);
  return out;
}
