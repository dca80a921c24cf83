// How a seed went: what landed, and what ended otherwise than it should have.
import type { LandedStrike, LifeEnd } from './life.ts';

export interface Course {
  readonly landed: readonly LandedStrike[];
  /** Last words of processes that ended badly though nobody had struck them. */
  readonly stumbles: readonly string[];
}

// Beyond this it is no stumbling any more.
const STUMBLES_MAX = 10;

export class CourseNotes implements Course {
  readonly landed: LandedStrike[] = [];
  readonly stumbles: string[] = [];

  note({ code, struck, said }: LifeEnd): void {
    if (struck) this.landed.push(struck);
    if (code === 0 || struck?.how === 'kill') return;
    this.stumbles.push(`exit ${code}: ${said}`);
    if (this.stumbles.length > STUMBLES_MAX) throw new Error(`It stumbles again and again:\n${this.stumbles.join('\n')}`);
  }
}
