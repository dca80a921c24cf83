// How a command fails: with a sentence and an exit code. Thrown in doors only, caught in main.ts only.
import { formatProblem, type Problem } from '../domain/problem.ts';

/** 1: it could not be done, or not to the end. 2: wrong usage, configuration or content. 130: interrupted. */
export type ExitCode = 1 | 2 | 130;

export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, advice = '') {
    super(advice === '' ? message : `${message}\n${advice}`);
    this.exitCode = exitCode;
  }
}

export function failWith(problems: readonly Problem[]): never {
  throw new Failure(2, problems.map(formatProblem).join('\n'));
}
