// Asks a person before something is done that cannot be undone.
import { createInterface } from 'node:readline/promises';
import { Failure } from './failure.ts';
import { isInteractive } from './terminal.ts';

interface Words {
  /** Said where the answer is no. */
  readonly refusal: string;
  /** The line that does it unasked. */
  readonly line: string;
}

export async function confirm(isAgreed: boolean | undefined, question: string, { refusal, line }: Words): Promise<void> {
  if (isAgreed === true) return;
  if (!isInteractive())
    throw new Failure(
      2,
      'There is no terminal to ask on, and this is not done unasked.',
      `Look at what stands above, then run: ${line}`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close the terminal without an answer.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(`\n${question} [y/N] `), closed]);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure(1, refusal);
}
