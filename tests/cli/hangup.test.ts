// A terminal that goes away in mid-mailing: whoever is being mailed is mailed to the end, and it is written down.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressesWith, deliveriesOf, newsletterFolder, postrider, start, writeReaders } from '../stories/cli.ts';

const BIN = join(import.meta.dirname, '../../bin/postrider.js');
const DELAY_MS = 3_000;

let taken = 0;
const relay = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  // Slow enough for a progress bar to be drawn where there is no terminal any more.
  onData(stream, _session, callback) {
    stream.on('end', () => {
      taken++;
      setTimeout(() => callback(), DELAY_MS);
    });
    stream.resume();
  },
});
beforeAll(async () => {
  relay.listen(0, '127.0.0.1');
  await once(relay.server, 'listening');
});
afterAll(() => new Promise<void>((resolve) => relay.close(() => resolve())));

it('nobody is left in doubt', { timeout: 60_000 }, async () => {
  const place = { cwd: newsletterFolder(`smtp://127.0.0.1:${(relay.server.address() as AddressInfo).port}`) };
  const { code } = await postrider(['subscribers', 'import', writeReaders(place.cwd, 100)], place);
  expect(code).toBe(0);
  const line = `exec '${process.execPath}' '${BIN}' send --issue 2023-01`;
  const terminal = spawn('script', ['-qfec', line, '/dev/null'], {
    cwd: place.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.cwd, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  const said: string[] = [];
  terminal.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await expect.poll(() => said.join(''), { timeout: 30_000 }).toContain('type the issue’s id: ');
  terminal.stdin.write('2023-01\r');
  await expect.poll(() => taken, { timeout: 30_000, interval: 50 }).toBeGreaterThan(10);
  terminal.kill('SIGKILL');
  const missing = async (): Promise<number> => taken - addressesWith(await deliveriesOf(place), 'accepted').length;
  await expect.poll(missing, { timeout: 30_000, interval: 500 }).toBe(0);
  const deliveries = await deliveriesOf(place);
  expect(addressesWith(deliveries, 'unknown')).toEqual([]);
  expect(taken).toBeLessThan(100);
});

it('whose output nobody reads any more, a mailing goes to its end', { timeout: 90_000 }, async () => {
  taken = 0;
  const place = { cwd: newsletterFolder(`smtp://127.0.0.1:${(relay.server.address() as AddressInfo).port}`) };
  await postrider(['subscribers', 'import', writeReaders(place.cwd, 100)], place);
  const sending = start(['send', '--issue', '2023-01', '--yes'], place);
  await expect.poll(() => taken, { timeout: 30_000, interval: 50 }).toBeGreaterThan(10);
  sending.stdout?.destroy();
  sending.stderr?.destroy();
  // A line on how far it is comes after ten seconds.
  await once(sending, 'close');
  expect(addressesWith(await deliveriesOf(place), 'accepted')).toHaveLength(100);
});
