// The signed names that joining needs: the link to confirm, and the stamp on a form.
import { signToken, verifyToken } from './token.ts';

/** Who confirms which lists, by number, and when they were asked for. */
export interface ConfirmRef {
  readonly subscriber: number;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly lists: readonly number[];
}

export function confirmToken({ subscriber, askedAt, lists }: ConfirmRef, secrets: readonly string[]): string {
  return signToken('confirm', [subscriber, askedAt, ...lists], secrets);
}

export function readConfirmToken(token: string, secrets: readonly string[]): ConfirmRef | undefined {
  if (token !== token.toLowerCase()) return undefined;
  const [subscriber, askedAt, ...lists] = verifyToken('confirm', token, secrets) ?? [];
  if (subscriber === undefined || askedAt === undefined || lists.length === 0) return undefined;
  return { subscriber, askedAt, lists };
}

/** When a form was shown: nobody but us can say. */
export function formStamp(shownAt: number, secrets: readonly string[]): string {
  return signToken('form', [shownAt], secrets);
}

export function readFormStamp(stamp: string, secrets: readonly string[]): number | undefined {
  return verifyToken('form', stamp, secrets)?.[0];
}
