// Cuts an issue until what is made of it fits. What the frame says of the body, such as its table of contents and its rows,
// has a size of its own, so that a first guess is made better by what came of it.
import type { Root, RootContent } from 'hast';
import { cutToSize } from './cut-to-size.ts';

export interface Fitting<T> {
  readonly body: Root;
  /** In bytes, as all sizes. */
  readonly limit: number;
  /** Of the whole, made of the uncut body. */
  readonly wholeSize: number;
  /** What some of the body adds. */
  readonly measure: (nodes: readonly RootContent[]) => number;
  readonly make: (body: Root) => Promise<T>;
  readonly sizeOf: (made: T) => number;
}

const ROUNDS_MAX = 12;
const STEP_MIN = 0.02;
/** So much of the limit may stay unused. */
const SLACK = 0.05;

/** The largest that fits of those that were tried; what is made of nothing where even that does not. */
export async function fitToSize<T>({ body, limit, wholeSize, measure, make, sizeOf }: Fitting<T>): Promise<T> {
  let room = limit - (wholeSize - measure(body.children));
  let best: T | null = null;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const made = await make(cutToSize(body, room, measure));
    const left = limit - sizeOf(made);
    if (left >= 0 && (best === null || sizeOf(made) > sizeOf(best))) best = made;
    if (left >= 0 && (left <= SLACK * limit || best !== made)) break;
    // Where it did not help, it was cut at the same place again.
    room += left < 0 ? Math.min(left, -STEP_MIN * limit) : left;
  }
  return best ?? make({ ...body, children: [] });
}
