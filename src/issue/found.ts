// A finding of a check, at the place of what it is about. All are warnings: what stops the work is parsing's affair.
import type { Root } from 'hast';
import type { Problem } from '../domain/problem.ts';

export function found(rule: string, node: Pick<Root, 'position'>, message: string, advice: string): Problem {
  const start = node.position?.start;
  return { severity: 'warning', rule, message, advice, ...(start && { line: start.line, column: start.column }) };
}
