// What a seed decides: who is on the list, how the relay treats them, and when which process is struck. Pure.
import { POINTS, type Point, type Strike } from './points.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

export const WORLDS = ['alone', 'several'] as const;
/** `alone`: a file, and one process after the other. `several`: PostgreSQL, Redis, and two workers. */
export type World = (typeof WORLDS)[number];

export interface Plan {
  readonly seed: number;
  readonly world: World;
  readonly recipients: number;
  /** On the list as well, but no longer subscribed. */
  readonly leavers: number;
  /** How many of a hundred recipients the relay treats badly, and how. */
  readonly shares: Readonly<Partial<Record<Treatment, number>>>;
  readonly connections: number;
  readonly messagesPerConnection: number;
  /** In order: each process that starts takes the next. */
  readonly strikes: readonly Strike[];
}

export type Treatment = 'well' | 'defer' | 'refuse' | 'drop-at-data' | 'drop-after-dot';

export interface Recipient {
  readonly address: string;
  readonly treatment: Treatment;
}

/** By how an address begins, the sink knows how to treat it. */
const NAMES: Readonly<Record<Treatment, string>> = {
  well: 'reader',
  defer: 'grey',
  refuse: 'gone',
  'drop-at-data': 'cut',
  'drop-after-dot': 'lost',
};
const MISTREATMENTS = ['defer', 'refuse', 'drop-at-data', 'drop-after-dot'] as const;
const SINK_RULES = ['defer:grey*:1', 'refuse:gone*', 'drop-at-data:cut*:1', 'drop-after-dot:lost*'];
const KILLS_MAX = 4;
const PAGE_SIZE = 1_000;
/** Where nothing of the ledger is held, so that those who take over can work. */
const FREEZING: readonly Point[] = ['claimed', 'mark-asking', 'mark-granted', 'dot-sent', 'reply-heard', 'deferral-heard'];
// Claims last 15 seconds; BullMQ gives a slice to another within 20.
const FREEZE_MS = { alone: [14_000, 20_000], several: [15_000, 28_000] } as const;
const POINT_NAMES = Object.keys(POINTS) as [Point, ...Point[]];

export function planOfSeed(seed: number, world: World): Plan {
  const random = seededRandom(`${world}/${seed}`);
  const points = pointsOf(seed, random);
  // Two pages and two slices: where it is about the opening, and now and then.
  const isLong = points.includes('opening') || random.isLucky(0.15);
  const recipients = isLong ? random.int(PAGE_SIZE + 50, PAGE_SIZE + 400) : random.int(150, 600);
  const connections = random.int(2, 20);
  const size = { recipients, connections };
  return {
    seed,
    world,
    ...size,
    leavers: random.int(0, 5),
    shares: { ...(random.isLucky(0.4) && sharesOf(random)), ...(points.includes('deferral-heard') && { defer: 4 }) },
    messagesPerConnection: random.int(3, 100),
    strikes: withOneFreeze(
      points.map((point): Strike => ({ how: 'kill', point, nth: nthOf(point, size, points.length, random), freezeMs: 0 })),
      FREEZE_MS[world],
      random,
    ),
  };
}

/** Every point has its turn; what else is hit, chance decides. Only whoever is first sees the opening. */
function pointsOf(seed: number, random: SeededRandom): Point[] {
  const first = POINT_NAMES[seed % POINT_NAMES.length] ?? 'taken';
  const others = Array.from({ length: random.int(0, KILLS_MAX - 1) }, () => random.pick(POINT_NAMES));
  return [first, ...others].sort((a, b) => Number(b === 'opening') - Number(a === 'opening'));
}

function sharesOf(random: SeededRandom): Plan['shares'] {
  return Object.fromEntries(MISTREATMENTS.filter(() => random.isLucky(0.6)).map((each) => [each, random.int(1, 4)]));
}

/**
 * In the middle of what one process can expect to do. Beyond as many passings as there are connections, the first of
 * its messages have been taken.
 */
function nthOf(
  point: Point,
  { recipients, connections }: Pick<Plan, 'recipients' | 'connections'>,
  kills: number,
  random: SeededRandom,
) {
  const messages = Math.floor(recipients / (kills + 1));
  const groups = Math.max(2, Math.floor(messages / connections));
  switch (point) {
    case 'taken':
      return random.int(1, messages);
    case 'opening':
      // The mailing, the edition and their COMMIT; for each page, one at the end; four statements a page.
      return random.int(1, CREATION_STEPS + 4 * Math.ceil(recipients / PAGE_SIZE) + 1);
    case 'claimed':
    case 'mark-committing':
    case 'settle-committing':
      return random.int(2, groups);
    case 'deferral-heard':
      return random.int(1, Math.max(1, Math.floor(messages / 50)));
    default:
      return random.int(connections + 1, Math.max(connections + 1, messages));
  }
}

export const CREATION_STEPS = 3;

/** A “no” that comes late does no harm after a kill, so there it is nearly always a freeze. */
function withOneFreeze(strikes: readonly Strike[], [minMs, maxMs]: readonly [number, number], random: SeededRandom): Strike[] {
  const frozen = strikes.findIndex(
    ({ point }) => FREEZING.includes(point) && random.isLucky(point === 'deferral-heard' ? 0.8 : 0.25),
  );
  return strikes.map((strike, index) =>
    index === frozen ? { ...strike, how: 'freeze', freezeMs: random.int(minMs, maxMs) } : strike,
  );
}

/** In the order of the list. */
export function recipientsOf({ seed, world, recipients, shares }: Plan): Recipient[] {
  const random = seededRandom(`${world}/${seed}/recipients`);
  const treatment = (): Treatment => {
    let ticket = random.int(0, 99);
    for (const each of MISTREATMENTS) {
      ticket -= shares[each] ?? 0;
      if (ticket < 0) return each;
    }
    return 'well';
  };
  return Array.from({ length: recipients }, (_, index) => {
    const treated = treatment();
    return { address: `${NAMES[treated]}${index}@example.org`, treatment: treated };
  });
}

export function leaversOf({ leavers }: Plan): string[] {
  return Array.from({ length: leavers }, (_, index) => `left${index}@example.org`);
}

export function sinkRulesOf({ shares }: Plan): string[] {
  return MISTREATMENTS.flatMap((each, index) => (shares[each] === undefined ? [] : (SINK_RULES[index] ?? [])));
}
