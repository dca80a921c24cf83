/**
 * Installs Debian packages for the service tests, within a time limit and without starting their daemons.
 * It removes nothing and upgrades nothing on purpose, and does so only where whyNoApt() has no objection.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const UPDATE_LIMIT_MS = 120_000;
const INSTALL_LIMIT_MS = 600_000;
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const SPAMASSASSIN_KEYS = '/var/lib/spamassassin/sa-update-keys';

/** Returns why nothing may be installed here, or undefined. */
export function whyNoApt(): string | undefined {
  const { POSTRIDER_NO_INSTALL } = process.env;
  if (POSTRIDER_NO_INSTALL === '1') return 'not installed, since POSTRIDER_NO_INSTALL=1 forbids it';
  if (!existsSync('/etc/debian_version')) return 'not installed, since this is not a Debian machine';
  if (process.getuid?.() !== 0) return 'not installed, since that takes root';
  return undefined;
}

/** Returns what went wrong, or undefined. */
export function aptInstall(packages: readonly string[]): string | undefined {
  const removePolicy = forbidStartingDaemons();
  try {
    // A failed update is no reason to give up: the lists already there may well do.
    run(['update'], UPDATE_LIMIT_MS);
    return run(['install', '-y', '--no-install-recommends', ...packages], INSTALL_LIMIT_MS);
  } finally {
    if (packages.includes('spamassassin')) endKeyAgent();
    removePolicy();
  }
}

/** A package's own scripts start its daemons unless this file says no; one already there is left alone. */
function forbidStartingDaemons(): () => void {
  try {
    writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
  } catch {
    return () => {};
  }
  return () => rmSync(POLICY_FILE, { force: true });
}

/** That package imports a key as it is installed; where the machine has GnuPG, the agent begun for it would stay. */
function endKeyAgent(): void {
  spawnSync('gpgconf', ['--homedir', SPAMASSASSIN_KEYS, '--kill', 'gpg-agent'], { stdio: 'ignore' });
}

function run(args: readonly string[], limitMs: number): string | undefined {
  // Test files run side by side; the second waits for the first one's installation instead of failing.
  const { status, error, stdout, stderr } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
  });
  if (status === 0) return undefined;
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-5).join('\n');
  return `apt-get ${args.join(' ')} failed${error === undefined ? '' : ` (${error.message})`}: ${said}`;
}
