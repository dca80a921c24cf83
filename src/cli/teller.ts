// Notices, wired from the configuration.
import type { Config } from '../../config/load.ts';
import { systemClock } from '../app.ts';
import { tellEvents } from '../flows/tell-events.ts';
import type { Relay } from '../relay/relay.ts';
import type { Ledger } from '../store/ledger.ts';
import { note } from './terminal.ts';

export function tellerOf({ root, newsletter }: Config, ledger: Ledger, relay: Relay): () => Promise<void> {
  const { to = null, command = null } = newsletter.notices;
  const onFailure = (why: string): void => note(`A notice did not get through: ${why}`);
  return () => tellEvents({ ledger, clock: systemClock, relay, from: newsletter.from, to, command, cwd: root, onFailure });
}
