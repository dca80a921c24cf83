// One seed from its plan to its verdict. Whatever goes wrong on the way is part of the result.
import { type Course, CourseNotes } from './course.ts';
import { type Plan, planOfSeed, type World } from './plan-of-a-seed.ts';
import { type Services, type Stage, setStage } from './stage.ts';
import { judge, type Verdict } from './verdict.ts';
import { playAlone } from './world-alone.ts';
import { playSeveral } from './world-several.ts';

export interface SeedResult extends Verdict, Course {
  readonly plan: Plan;
  readonly taken: number;
  readonly seconds: number;
}

const LIMIT_MS = 300_000;
const PLAYS = { alone: playAlone, several: playSeveral } as const;

/** `services` for the world that needs them. Rejects when `stopped` is aborted, with nothing left behind. */
export async function runSeed(seed: number, world: World, services: Services | null, stopped: AbortSignal): Promise<SeedResult> {
  const plan = planOfSeed(seed, world);
  const startedAt = performance.now();
  const stage = await setStage(plan, services);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`It was not finished within ${LIMIT_MS / 1_000} s.`)), LIMIT_MS);
  const ended = AbortSignal.any([stopped, limit.signal]);
  ended.addEventListener('abort', () => void stage.endLives());
  try {
    const result = await play(plan, stage, ended);
    stopped.throwIfAborted();
    return { plan, ...result, seconds: Math.round((performance.now() - startedAt) / 1_000) };
  } finally {
    clearTimeout(timer);
    await stage.clear();
  }
}

async function play(plan: Plan, stage: Stage, ended: AbortSignal): Promise<Omit<SeedResult, 'plan' | 'seconds'>> {
  const notes = new CourseNotes();
  const faults: string[] = [];
  await PLAYS[plan.world](plan, stage, notes, ended).catch((error: unknown) => {
    faults.push(error instanceof Error ? error.message : String(error));
  });
  const { landed, stumbles } = notes;
  const crashes = landed.filter(({ point }) => point !== 'opening').length;
  const evidence = { ...(await stage.evidence()), crashes };
  const verdict = judge(evidence);
  return { ...verdict, amiss: [...faults, ...verdict.amiss], landed, stumbles, taken: evidence.taken.length };
}

/** For whoever has to find out why: what was tried, and the difference. */
export function describeResult({ plan, landed, stumbles, lost, doubled, amiss }: SeedResult): string {
  return [
    `seed ${plan.seed} ${plan.world}: ${JSON.stringify(plan)}`,
    `landed: ${JSON.stringify(landed)}`,
    ...amiss,
    ...(lost.length > 0 ? [`lost: ${lost.join(' ')}`] : []),
    ...(doubled.length > 0 ? [`doubled: ${doubled.join(' ')}`] : []),
    ...stumbles.map((words) => `stumbled: ${words}`),
  ].join('\n');
}
