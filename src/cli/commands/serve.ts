// postrider serve: the web, and where returned mail comes in by SMTP; and, where no Redis shares the work out to others,
// the sending as well.
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../../../config/load.ts';
import type { Newsletter } from '../../../config/schema.ts';
import { hasArchive, systemClock, templateRoots } from '../../app.ts';
import { latestIssue } from '../../flows/latest-issue.ts';
import { openArchive } from '../../flows/read-archive.ts';
import { openImages } from '../../flows/read-images.ts';
import { ASKS_PER_HOUR } from '../../policy/joining.ts';
import { readPages } from '../../source/templates.ts';
import type { Ledger } from '../../store/ledger.ts';
import { hourlyLimits } from '../../web/hourly-limits.ts';
import type { SiteList } from '../../web/site.ts';
import { startWeb, type Web } from '../../web/start-web.ts';
import { presentCrew } from '../carry-on.ts';
import { withCrew } from '../crew.ts';
import { Failure } from '../failure.ts';
import { onInterrupt } from '../interrupt.ts';
import { createLog } from '../log.ts';
import { listenForReturns, webhooksOf } from '../returns-desk.ts';
import { checkNotMoved, checkSecrets, loadOrFail, withLedger, wordsOf } from '../session.ts';
import { note } from '../terminal.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('the web pages; without REDIS_URL it delivers as well, so that one process is the whole system')
    .addHelpText('after', '\nExample:\n  PORT=8080 postrider serve')
    .action(serve);
}

async function serve(): Promise<void> {
  const config = loadOrFail(['base-url', 'secret']);
  if (config.redisUrl !== null) return serveAlone(config);
  let open: Open | undefined;
  await withCrew(loadOrFail(['base-url', 'secret', 'relay']), 'serve', async (ledger) => {
    open = await openDoors(config, ledger);
  });
  await open?.close();
  process.exit();
}

async function serveAlone(config: Config): Promise<void> {
  await withLedger(config, async (ledger) => {
    checkNotMoved(ledger);
    await checkSecrets(ledger, config.secrets);
    const interruption = onInterrupt('');
    const open = await openDoors(config, ledger);
    await new Promise<void>((resolve) => interruption.signal.addEventListener('abort', () => resolve()));
    await open.close();
    interruption.stop();
  });
}

interface Open {
  close(): Promise<void>;
}

async function openDoors(config: Config, ledger: Ledger): Promise<Open> {
  const log = createLog('web');
  const web = await listen(config, ledger, log);
  const listener = await listenForReturns(config, ledger, log).catch(async (error: unknown) => {
    await web.close();
    throw error;
  });
  if (listener) note(`Taking returned mail on ${config.returns.listen?.host}:${listener.port}`);
  return {
    async close() {
      await Promise.all([web.close(), listener?.close()]);
    },
  };
}

async function listen(config: Config, ledger: Ledger, log: Logger): Promise<Web> {
  const { newsletter, secrets, baseUrl } = config;
  const { host, port } = config.web;
  const { words, ...templates } = readPages(templateRoots(config), newsletter.language);
  const web = await startWeb({
    ...config.web,
    baseUrl,
    templates,
    settings: { newsletter: newsletter.name, language: newsletter.language, words, accent: newsletter.theme?.accent ?? null },
    lists: siteLists(newsletter),
    readers: { ledger, secrets, clock: systemClock, mayAsk: hourlyLimits(ASKS_PER_HOUR) },
    latest: (lists) => latestIssue(ledger, lists),
    // Where the issues' own addresses are ours, we answer at them.
    images: openImages(ledger),
    archive: hasArchive(newsletter.issues.url, baseUrl) ? openArchive(ledger, systemClock) : null,
    webhooks: webhooksOf(config, ledger, log),
    health: async () => ({ crew: (await presentCrew(ledger)).length }),
    onFault: (error) => log.error({ error: wordsOf(error) }, 'a page failed'),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(1, `Cannot listen on ${host}:${port}: ${why}.`, 'Choose another PORT or HOST.');
  });
  note(`Listening on http://${host}:${web.port}; readers come to ${baseUrl}/`);
  for (const { id } of siteLists(newsletter).filter(({ isConfirmed }) => !isConfirmed))
    note(`The list ${id} asks for no confirmation (optIn: single): anybody can subscribe anybody else's address to it.`);
  return web;
}

function siteLists({ lists }: Newsletter): SiteList[] {
  return Object.entries(lists).map(([id, { title, description = null, optIn }]) => ({
    ...{ id, title, description, isConfirmed: optIn !== 'single' },
  }));
}
