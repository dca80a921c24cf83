// The ways in for returned mail, wired from the configuration.
import type { Logger } from 'pino';
import type { Config } from '../../config/load.ts';
import { systemClock } from '../app.ts';
import type { Way } from '../domain/returned.ts';
import { type Collecting, collectReturns } from '../flows/collect-returns.ts';
import { type TakingNotices, takeNotice } from '../flows/take-notice.ts';
import { isNamedByUs, takeReturn } from '../flows/take-return.ts';
import { getFromAmazon } from '../inbox/amazon-sns.ts';
import { imapMailbox } from '../inbox/imap-mailbox.ts';
import type { Inbox, Take } from '../inbox/inbox.ts';
import { type Listener, startListener } from '../inbox/listener.ts';
import { maildir } from '../inbox/maildir.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Webhooks } from '../web/webhook-routes.ts';
import { Failure } from './failure.ts';
import { wordsOf } from './session.ts';

/** Looks into mailboxes and Maildirs until `signal` says so. */
export async function collectFrom(
  config: Config,
  ledger: Ledger,
  holder: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const report: Collecting['report'] = {
    collected: (inbox, count) => log.info({ from: inbox.name, count }, 'returned mail taken'),
    failed: (inbox, error) => log.warn({ from: inbox.name, error: wordsOf(error) }, 'returned mail cannot be fetched'),
  };
  const collect = (inboxes: readonly Inbox[], way: Way): Promise<void> =>
    collectReturns({ ledger, clock: systemClock, inboxes, holder, take: takeBy(way, config, ledger), report }, signal);
  const { mailboxes, maildirs } = config.returns;
  await Promise.all([collect(mailboxes.map(imapMailbox), 'mailbox'), collect(maildirs.map(maildir), 'maildir')]);
}

/** Null where RETURNS_LISTEN is not set. */
export async function listenForReturns(config: Config, ledger: Ledger, log: Logger): Promise<Listener | null> {
  const { listen } = config.returns;
  if (listen === null) return null;
  return startListener({
    ...listen,
    isOurs: (address) => isNamedByUs(address, config.secrets),
    take: takeBy('listener', config, ledger),
    onFailure: (error) => log.warn({ error: wordsOf(error) }, 'a return could not be written down'),
  }).catch((error: unknown) => {
    throw new Failure(1, `Cannot listen on ${listen.host}:${listen.port}: ${wordsOf(error)}.`, 'Choose another RETURNS_LISTEN.');
  });
}

export function webhooksOf(config: Config, ledger: Ledger, log: Logger): Webhooks {
  const { amazonTopics, mailgunKey, postmarkPassword } = config.returns.webhooks;
  const taking: TakingNotices = {
    ...{ ledger, clock: systemClock, secrets: config.secrets, mailgunKey, postmarkPassword },
    amazon: { topics: amazonTopics, get: getFromAmazon },
  };
  const isSetUp = { amazon: amazonTopics.length > 0, mailgun: mailgunKey !== null, postmark: postmarkPassword !== null };
  return {
    providers: (['amazon', 'mailgun', 'postmark'] as const).filter((provider) => isSetUp[provider]),
    take: (request) => takeNotice(request, taking),
    onRefusal: (provider, why) => log.warn({ provider, why }, 'a webhook was refused'),
  };
}

function takeBy(way: Way, { secrets }: Pick<Config, 'secrets'>, ledger: Ledger): Take {
  return async (bytes, envelope) => {
    const taken = await takeReturn({ bytes, way, envelope }, { ledger, clock: systemClock, secrets });
    return taken === 'ordinary' ? 'ordinary' : 'taken';
  };
}
