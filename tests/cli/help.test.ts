// Each command says what it takes, with examples that it does take.
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/main.ts';

const program = await createProgram();

function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  const below = command.commands.filter((each) => each.name() !== 'help' && !('_hidden' in each && each._hidden === true));
  const own: [string, Command][] = path.length > 0 ? [[path.join(' '), command]] : [];
  return [...own, ...below.flatMap((each) => leaves(each, [...path, each.name()]))];
}

const COMMANDS = leaves(program);

function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  return parts.join('');
}

/** The lines below `Examples:`, without what a shell would make of them. */
function examplesOf(command: Command): string[] {
  const [, below = ''] = helpOf(command).split(/\nExamples?:\n/);
  return below
    .split('\n')
    .filter((line) => /^ {2}\S/.test(line))
    .flatMap((line) => line.split(/ (?:&&|\||<\() /))
    .flatMap((line) => /(?:^|\(|\s)(postrider .*?)\)?$/.exec(line)?.[1] ?? []);
}

it('there are more than forty of them', () => {
  expect(COMMANDS.length).toBeGreaterThan(40);
});

describe.each(COMMANDS)('postrider %s', (path, command) => {
  it('has a sentence and an example', () => {
    expect(command.description()).not.toBe('');
    expect(examplesOf(command)).not.toEqual([]);
  });

  it('takes the options of its examples', () => {
    const examples = examplesOf(command);
    expect(examples.some((example) => `${example} `.includes(` ${path} `))).toBe(true);
    for (const example of examples) {
      const [, ...words] = example.split(/\s+/);
      const called = words.reduce<Command>((at, word) => at.commands.find((each) => each.name() === word) ?? at, program);
      const known = new Set([...called.options, ...command.options].flatMap(({ long, short }) => [long, short]));
      for (const option of words.filter((word) => /^--?[a-z]/i.test(word)))
        expect([option, known.has(option)]).toEqual([option, true]);
    }
  });
});
