// A newsletter with `serve` running, its pages below a path, and a witness that holds the mails: what the stories of
// readers begin with.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { freePorts } from '../services/ports.ts';
import { finished, type Place, postrider, type RunningSink, start } from './cli.ts';
import { single, until } from './several.ts';

export interface ReaderSite {
  readonly sink: RunningSink;
  readonly place: Place;
  /** Without a slash at the end. */
  readonly url: string;
  /** As when the machine loses its power. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** With so many readers on the list already; `edit` may change newsletter.yaml. */
export async function startSite(
  readers: number,
  edit = (yaml: string, _url: string) => yaml,
  env: Readonly<Record<string, string>> = {},
): Promise<ReaderSite> {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/news`;
  const world = await single(readers);
  const file = join(world.place.cwd, 'newsletter.yaml');
  writeFileSync(file, edit(readFileSync(file, 'utf8'), url));
  const place = { ...world.place, env: { BASE_URL: url, PORT: String(port), ...env } };
  const begin = async () => {
    const child = start(['serve'], place);
    const end = finished(child);
    await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true, end);
    return { child, end };
  };
  let running = await begin();
  return {
    ...{ sink: world.sink, place, url },
    async kill() {
      running.child.kill('SIGKILL');
      await running.end;
    },
    async startAgain() {
      running = await begin();
    },
    async stop() {
      running.child.kill('SIGTERM');
      await running.end;
    },
  };
}

/** The last message that the witness holds for an address, its folded header lines joined; undefined where it has none. */
export function mailTo({ sink }: ReaderSite, address: string): string | undefined {
  const file = sink.entries().findLast(({ recipient, isTaken }) => recipient === address && isTaken)?.file;
  return file == null ? undefined : readFileSync(join(sink.folder, file), 'latin1').replace(/\r?\n[ \t]+/g, ' ');
}

export function headerOf(mail: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(mail)?.[1]?.trim() ?? '';
}

/** All links of a mail that lead to our own pages. */
export function ownLinks({ url }: ReaderSite, mail: string): string[] {
  const text = mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [...new Set(text.match(new RegExp(`${url}/[cmup]/[a-z2-7]+`, 'g')) ?? [])];
}

export async function stateOf({ place }: ReaderSite, address: string): Promise<string> {
  const { stdout } = await postrider(['subscribers', 'show', address, '--json'], place);
  const shown = stdout === '' ? {} : (JSON.parse(stdout) as { subscriptions?: { state: string }[] });
  return shown.subscriptions?.[0]?.state ?? 'none';
}

/** What axe finds wrong with a page. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
