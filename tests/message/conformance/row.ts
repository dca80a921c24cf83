// A row of the table: one rule of a standard or a receiver in plain words, how a message is held against it, and a message
// that breaks it. The breaking messages are made of good ones, so that each fails by what the rule forbids and nothing else.
import { type Mail, textOf } from './mail.ts';

export interface Row {
  readonly source: string;
  readonly rule: string;
  /** Whom it concerns; everybody where it is left out. */
  readonly concerns?: (mail: Mail) => boolean;
  /** Undefined where it is held, else what is wrong. `all` are all messages that were emitted. */
  readonly check: (mail: Mail, all: readonly Mail[]) => Verdict | Promise<Verdict>;
  /** Each makes a message that breaks the rule of one that holds it. */
  readonly breaks: readonly ((mail: Mail) => Mail)[];
}

export type Verdict = string | undefined;

/** A rule that no byte of a message can hold or break. */
export interface OperatorRule {
  readonly source: string;
  readonly rule: string;
  /** Whose it is, or what else proves it. */
  readonly whose: string;
}

export const newsletters = ({ kind }: Mail): boolean => kind === 'newsletter';
export const letters = ({ kind }: Mail): boolean => kind === 'letter';

/** The first that is wrong, if any. */
export function firstOf<T>(each: Iterable<T>, check: (value: T) => Verdict): Verdict {
  for (const value of each) {
    const wrong = check(value);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

export function unless(isHeld: boolean, why: string): Verdict {
  return isHeld ? undefined : why;
}

/** For people: short, and what cannot be seen made visible. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 90 ? `${text.slice(0, 87)}…` : text);
}

export function changed(change: (text: string) => string): (mail: Mail) => Mail {
  return (mail) => ({ ...mail, bytes: Buffer.from(change(textOf(mail)), 'latin1') });
}

/** Another text in place of the first match. */
export function replaced(pattern: RegExp | string, by: string): (mail: Mail) => Mail {
  return changed((text) => text.replace(pattern, () => by));
}

/** A line more in the header. */
export function headed(line: string): (mail: Mail) => Mail {
  return changed((text) => `${line}\r\n${text}`);
}

/** Without a field, folds and all. */
export function without(name: string): (mail: Mail) => Mail {
  return replaced(new RegExp(`^${name}:.*\\r\\n([ \\t].*\\r\\n)*`, 'im'), '');
}

/** A field with another value. */
export function valued(name: string, value: string): (mail: Mail) => Mail {
  return replaced(new RegExp(`^${name}:.*\\r\\n([ \\t].*\\r\\n)*`, 'im'), `${name}: ${value}\r\n`);
}

export function said(change: Partial<Mail['conversation']>): (mail: Mail) => Mail {
  return (mail) => ({ ...mail, conversation: { ...mail.conversation, ...change } });
}
