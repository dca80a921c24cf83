// Asks a person before something is done that cannot be undone.
import { createInterface } from 'node:readline/promises';
import { Failure } from './failure.ts';
import { isInteractive, note } from './terminal.ts';

interface Words {
  /** Said where the answer is no, or cannot be given. */
  readonly refusal: string;
  /** The line that does it unasked. */
  readonly line: string;
}

export async function confirm(isAgreed: boolean | undefined, question: string, words: Words): Promise<void> {
  if (isAgreed === true) return;
  const answer = await ask(`${question} [y/N] `, words);
  if (!/^y(es)?$/i.test(answer)) throw new Failure(1, words.refusal);
}

/** What a slip of the finger does not type. */
export async function confirmByTyping(wanted: string, question: string, words: Words): Promise<void> {
  const answer = await ask(question, words);
  if (answer !== wanted) throw new Failure(1, words.refusal);
}

async function ask(question: string, { refusal, line }: Words): Promise<string> {
  if (!isInteractive())
    throw new Failure(
      2,
      `There is no terminal to ask on, and this is not done unasked. ${refusal}`,
      `Look at what stands above, then run: ${line}`,
    );
  // Once it has answered, a terminal may go away.
  process.stdin.on('error', () => undefined);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close the terminal without an answer.
  const closed = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  const answer = await Promise.race([terminal.question(`\n${question}`), closed]);
  terminal.close();
  // What is said next begins a line of its own.
  if (answer === undefined) note('');
  return answer?.trim() ?? '';
}
