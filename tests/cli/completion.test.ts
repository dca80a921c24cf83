// What a shell offers while somebody types: in a real bash, with and without the package bash-completion.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { newsletterFolder, postrider } from '../stories/cli.ts';

const BIN = join(import.meta.dirname, '../../bin/postrider.js');

/** What bash would offer for these words, the last of them being typed. */
function offered(words: readonly string[], settings = ''): string[] {
  const cwd = newsletterFolder();
  if (settings !== '') writeFileSync(join(cwd, 'newsletter.yaml'), settings);
  const bin = mkdtempSync(join(tmpdir(), 'postrider-bin-'));
  symlinkSync(BIN, join(bin, 'postrider'));
  const script = `
source <(postrider complete bash)
COMP_WORDS=(${words.map((word) => JSON.stringify(word)).join(' ')})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE="\${COMP_WORDS[*]}" COMP_POINT=\${#COMP_LINE}
__postrider_complete 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { HOME: cwd, PATH: [bin, process.env['PATH']].join(delimiter) };
  return execFileSync('bash', ['--norc', '-c', script], { cwd, env, encoding: 'utf8' }).trim().split('\n');
}

it.each([
  [
    ['postrider', 'se'],
    ['send', 'serve'],
  ],
  [['postrider', 'send', '--issue', ''], ['2023-01']],
  [['postrider', 'send', '--issue', '2023-01', '--list', ''], ['monthly']],
  [['postrider', 'preview', ''], ['2023-01']],
  [
    ['postrider', 'check', '--format', ''],
    ['text', 'github', 'json'],
  ],
  [
    ['postrider', 'subscribers', 'im'],
    ['import', 'imports'],
  ],
  [['postrider', 'send', '--reh'], ['--rehearse']],
])('%j: bash offers %j', (words, wanted) => {
  expect(offered(words)).toEqual(wanted);
});

it('settings that cannot be read disturb nobody who types', () => {
  expect(offered(['postrider', 'send', '--issue', ''], 'nonsense: [')).toEqual(['']);
});

it.each(['zsh', 'fish', 'powershell'])('for %s there is a script', async (shell) => {
  const { code, stdout } = await postrider(['complete', shell], { cwd: newsletterFolder() });
  expect([code, stdout]).toEqual([0, expect.stringContaining('complete')]);
});
