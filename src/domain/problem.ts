// A problem is something wrong in an author's or operator's text: where it is, what it is, what to do.
// It is a value, collected and shown together; it is never thrown by a maker.

/** `error` stops the work; `warning` is shown and the work goes on. */
export type Severity = 'error' | 'warning';

export interface Problem {
  readonly severity: Severity;
  /** Short, stable name of the rule, e.g. `front-matter`. */
  readonly rule: string;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly advice?: string;
  /** Path as the reader knows it, relative to the newsletter's root where possible. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

export function isFatal(problem: Problem): boolean {
  return problem.severity === 'error';
}

/** `issues/2023-01.md:3:1 error: The date is missing. Write date = 2023-02-07.` */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, advice } = problem;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const sentence = `${place ? `${place} ` : ''}${severity}: ${message}${advice ? ` ${advice}` : ''}`;
  // It may quote a file, and goes to a terminal.
  return sentence.replace(/\p{Cc}+/gu, ' ');
}
