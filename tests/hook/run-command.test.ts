// A program of the newsletter's own, as a process that really runs.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../src/hook/run-command.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'postrider-hook-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

function node(script: string, ...args: string[]): string[] {
  return [process.execPath, '-e', script, ...args];
}

it('runs in the folder that is named, with its arguments, and hears one line of JSON', async () => {
  const script = `const fs = require('fs'); fs.writeFileSync('heard', process.argv[1] + ' ' + fs.readFileSync(0, 'utf8'))`;
  expect(await runCommand(node(script, 'a b'), { event: 'finished', text: 'ü\n' }, folder)).toBeUndefined();
  expect(readFileSync(join(folder, 'heard'), 'utf8')).toBe('a b {"event":"finished","text":"ü\\n"}\n');
});

it('is no shell: nothing in an argument is run', async () => {
  const script = `require('fs').writeFileSync('heard', process.argv[1])`;
  await runCommand(node(script, '$(touch x); `y` *'), {}, folder);
  expect(readFileSync(join(folder, 'heard'), 'utf8')).toBe('$(touch x); `y` *');
});

it('need not read what it is told, however long that is', async () => {
  expect(await runCommand(node('process.exit(0)'), { text: 'x'.repeat(10_000_000) }, folder)).toBeUndefined();
});

it.each([
  ['process.exit(7)', 'it ended with 7'],
  ["process.kill(process.pid, 'SIGTERM'); setInterval(() => 0, 1000)", 'it ended with SIGTERM'],
])('says what went wrong: %s', async (script, why) => {
  expect(await runCommand(node(script), {}, folder)).toBe(why);
});

it('says so where there is no such program, or it may not be run', async () => {
  writeFileSync(join(folder, 'plain'), 'x', { mode: 0o644 });
  expect(await runCommand(['./nowhere'], {}, folder)).toContain('ENOENT');
  expect(await runCommand(['./plain'], {}, folder)).toContain('EACCES');
  expect(await runCommand(node(''), {}, join(folder, 'nowhere'))).toContain('ENOENT');
});

// Once: spawn throws at once for all but a few errors, and then the promise rejects.
it('says so where a part of the path is a file', async () => {
  writeFileSync(join(folder, 'plain'), 'x');
  expect(await runCommand(['./plain/tell.sh'], {}, folder)).toContain('ENOTDIR');
});
