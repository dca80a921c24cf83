// One life of a Postrider process: begun with an order to be struck or to live, listened to, and seen to its end.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Place, start } from '../cli.ts';
import { ORDER, type Order, SAYS, type Saying, type Strike } from './points.ts';
import type { Witness } from './witness.ts';

export interface LifeEnd {
  readonly code: number | null;
  /** The strike that ended it, or froze it for a while; null where none came. */
  readonly struck: LandedStrike | null;
  /** The last that it said, for a report. */
  readonly said: string;
}

export interface LandedStrike extends Strike {
  /** Messages that the witness had taken since the process began to submit. */
  readonly grewBy: number;
}

export interface Life {
  readonly ended: Promise<LifeEnd>;
  /** Settles when it stands still, and never where it does not. */
  readonly froze: Promise<void>;
  /** Settles when it has said this. */
  hears(text: string): Promise<void>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const START = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'crash-at.ts'))}`,
  // Of one start's 1.45 s of computing, 0.45 s; the folder is Node's own default.
  NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
};
const LOOK_MS = 10;
const SAID_MAX_CHARACTERS = 2_000;

export function beginLife(args: readonly string[], place: Place, order: Order, witness: Witness): Life {
  const { strike } = order;
  const env = { ...place.env, ...START, [ORDER]: JSON.stringify(order) };
  const child = start(args, { ...place, env });
  const hearers = new Map<string, () => void>();
  let said = '';
  let struck: LandedStrike | null = null;
  let firstTaken: number | undefined;
  let freeze: () => void;
  const froze = new Promise<void>((resolve) => {
    freeze = resolve;
  });
  const land = (): void => {
    if (strike) struck = { ...strike, grewBy: firstTaken === undefined ? 0 : witness.taken().length - firstTaken };
    if (strike?.how === 'freeze') freeze();
  };
  const hear = (saying: Saying): void => {
    if (saying === 'struck') land();
    else firstTaken = witness.taken().length;
    if (firstTaken !== undefined && strike?.point === 'taken') void strikeAtCount(firstTaken + strike.nth);
  };
  const strikeAtCount = async (count: number): Promise<void> => {
    while (witness.taken().length < count && child.exitCode === null && child.signalCode === null) await sleep(LOOK_MS);
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) land();
  };
  const read = (line: string): void => {
    if (line.startsWith(SAYS)) hear(JSON.parse(line.slice(SAYS.length)) as Saying);
    else said = `${said}${line}\n`.slice(-SAID_MAX_CHARACTERS);
    for (const [text, resolve] of hearers) if (line.includes(text)) resolve();
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', read);
  child.stdin?.on('error', () => undefined);
  return {
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, struck, said }))),
    froze,
    hears: (text) => new Promise((resolve) => hearers.set(text, resolve)),
    signal: (signal) => void child.kill(signal),
  };
}
