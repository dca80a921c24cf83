// The signed names in letters: the link to confirm, the link to all that one gets; and the stamp on a form.
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

/** Whose subscriptions may be managed, and when that was asked for. */
export interface ManageRef {
  readonly subscriber: number;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

export function manageToken({ subscriber, askedAt }: ManageRef, secrets: readonly string[]): string {
  return signToken('manage', [subscriber, askedAt], secrets);
}

export function readManageToken(token: string, secrets: readonly string[]): ManageRef | undefined {
  if (token !== token.toLowerCase()) return undefined;
  const [subscriber, askedAt, ...rest] = verifyToken('manage', token, secrets) ?? [];
  return subscriber === undefined || askedAt === undefined || rest.length > 0 ? undefined : { subscriber, askedAt };
}

/** When a form was shown: nobody but us can say. */
export function formStamp(shownAt: number, secrets: readonly string[]): string {
  return signToken('form', [shownAt], secrets);
}

export function readFormStamp(stamp: string, secrets: readonly string[]): number | undefined {
  return verifyToken('form', stamp, secrets)?.[0];
}
