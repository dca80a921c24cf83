// The package that is published installs and runs in somebody else's repository, and an older Node is told
// what to do before anything crashes.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { finished, newsletterFolder } from './cli.ts';

const ROOT = join(import.meta.dirname, '../..');

it('is packed, installed and run in another repository; two commands later its newest issue is shown', {
  timeout: 240_000,
}, async () => {
  const tarballs = mkdtempSync(join(tmpdir(), 'postrider-pack-'));
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', tarballs], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { filename: string; files: { path: string }[] }[];
  const paths = packed!.files.map(({ path }) => path);
  expect(paths.filter((path) => /^(src|tests|workers)\//.test(path))).toEqual([]);

  const folder = newsletterFolder();
  writeFileSync(join(folder, 'package.json'), '{ "name": "somebody-elses", "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(tarballs, packed!.filename)], {
    cwd: folder,
    stdio: 'ignore',
  });
  const bin = join(folder, 'node_modules/postrider/bin/postrider.js');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    });
  expect(run('--version').stdout.trim()).toBe(
    JSON.parse(execFileSync('npm', ['pkg', 'get', 'version'], { cwd: ROOT, encoding: 'utf8' })) as string,
  );
  const rendered = run('render', '--issue', '2023-01', '--out', 'out');
  expect({ status: rendered.status, stderr: rendered.stderr }).toEqual({ status: 0, stderr: '' });
  expect(rendered.stdout).toMatch(/message\.eml/);
  expect(run('demo').stdout).toMatch(/43 \+ 1 \+ 1 = 45/);

  // As a newcomer to whom nothing of this was told: a site, as its generator made it, and two commands.
  rmSync(join(folder, 'newsletter.yaml'));
  rmSync(join(folder, '.env'));
  writeFileSync(join(folder, 'hugo.toml'), 'baseURL = "https://letters.example.net/"\ntitle = "Letters"\n');
  for (const id of ['2023-01', '2023-02']) {
    mkdirSync(join(folder, 'content/newsletter'), { recursive: true });
    writeFileSync(join(folder, `content/newsletter/${id}.md`), `---\ntitle: Letters ${id}\ndate: ${id}-07\n---\nHello.\n`);
  }
  const npx = (...args: string[]) =>
    spawn('npx', ['postrider', ...args], { cwd: folder, detached: true, env: { ...process.env, NO_COLOR: '1', BASE_URL: '' } });
  const init = await finished(npx('init'));
  expect(init).toMatchObject({ code: 0, stdout: expect.stringContaining('Hugo (hugo.toml)') });
  const preview = npx('preview', '--port', '0');
  const address = await new Promise<string>((resolve) =>
    preview.stdout.on('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  expect(await (await fetch(address)).text()).toContain('Letters 2023-02');
  process.kill(-(preview.pid ?? 0), 'SIGTERM');
  rmSync(tarballs, { recursive: true });
  rmSync(folder, { recursive: true });
});

it('tells an older Node what to do, and loads nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-old-'));
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const pretend = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.0'})";
  // Nothing but the bin is there: had it loaded anything, it would have crashed.
  const { status, stderr } = spawnSync(process.execPath, ['--import', pretend, join(folder, 'bin/postrider.js'), 'send'], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/needs Node 24 or newer, and this is Node 20\.19\.0[\s\S]*npm install --save-dev node@24/);
  expect(status).toBe(2);
});
