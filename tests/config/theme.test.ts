// The looks in newsletter.yaml: what may be chosen, and what is said of what could not be read.
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { DEFAULTS, NEWSLETTER } from './sample-settings.ts';

const read = (line: string) => readNewsletter(`${NEWSLETTER}theme:\n  ${line}\n`, DEFAULTS, 'n.yaml');
const LOGO = 'src: "https://e.example/l.png", alt: Logo, width: 120';

describe('a theme', () => {
  it.each([
    'accent: "#b7410e"',
    'accent: "#B7410E"',
    'link: "#000000"',
    'link: "#6b6b6b"',
    'background: "#ffffff"',
    'background: "#eef0f3"',
    'font: sans',
    'font: serif',
    'font: mono',
    'width: 480',
    'width: 800',
    `logo: { ${LOGO} }`,
    `logo: { ${LOGO.replace('120', '16')} }`,
    `logo: { ${LOGO.replace('120', '576')} }`,
  ])('may say %s', (line) => {
    expect(read(line).problems).toEqual([]);
  });

  it('is taken as it is written', () => {
    expect(read(`{ accent: "#5b21b6", font: serif, logo: { ${LOGO} } }`).newsletter?.theme).toEqual({
      ...{ accent: '#5b21b6', font: 'serif', logo: { src: 'https://e.example/l.png', alt: 'Logo', width: 120 } },
    });
  });

  it('need not be there', () => {
    const { newsletter, problems } = readNewsletter(NEWSLETTER, DEFAULTS, 'n.yaml');
    expect({ theme: newsletter?.theme, templates: newsletter?.templates, problems }).toEqual({
      ...{ theme: undefined, templates: 'newsletter', problems: [] },
    });
  });
});

const TOO_LIGHT = 'is too light to be read on white; take a darker one.';
const NO_COLOUR = 'is not a colour; write it as "#b7410e", in quotes.';

describe('a theme that cannot be used', () => {
  it.each([
    ['accent: "#777777"', `\`theme.accent\` ${TOO_LIGHT} Mend this line.`],
    ['accent: "#ffffff"', `\`theme.accent\` ${TOO_LIGHT} Mend this line.`],
    ['link: "#00ff00"', `\`theme.link\` ${TOO_LIGHT} Mend this line.`],
    [
      'background: "#cccccc"',
      '`theme.background` is too dark for the small print on it (#59636e); take a lighter one. Mend this line.',
    ],
    ['link: "#b7410e80"', `\`theme.link\` ${NO_COLOUR} Mend this line.`],
    ['link: "#b7410e;} body { display: none"', `\`theme.link\` ${NO_COLOUR} Mend this line.`],
    ['font: Comic Sans', '`theme.font` must be sans, serif or mono. Mend this line.'],
    ['width: 479', '`theme.width` must be 480 or more. Mend this line.'],
    ['width: 801', '`theme.width` must be 800 or less. Mend this line.'],
    ['width: 640.5', '`theme.width` must be a whole number.'],
    ['width: 640px', '`theme.width` must be a number.'],
    ['logo: https://e.example/l.png', '`theme.logo` must be a block of settings.'],
    [`logo: { ${LOGO.replace('https:', 'ftp:')} }`, '`theme.logo.src` must begin with https://.'],
    [`logo: { ${LOGO.replace(', alt: Logo', '')} }`, '`theme.logo.alt` is missing.'],
    [`logo: { ${LOGO.replace('alt: Logo', 'alt: ""')} }`, '`theme.logo.alt` must not be empty.'],
    ['color: "#b7410e"', '`theme.color` is not a setting'],
  ])('is told so: %s', (line, said) => {
    const { newsletter, problems } = read(line);
    expect(newsletter).toBeNull();
    expect(problems).toHaveLength(1);
    expect(formatProblem(problems[0]!)).toContain(said);
    expect(problems[0]).toMatchObject({ severity: 'error', file: 'n.yaml', line: 9 });
  });

  // The check of its contrast runs all the same, on NaN, and says that it is too light as well, or too dark.
  it.each(['accent: red', 'accent: "#b74"', 'background: rgb(0, 0, 0)'])('is told one thing: %s', (line) => {
    const { problems } = read(line);
    expect(formatProblem(problems[0]!)).toContain(NO_COLOUR);
    expect(problems).toHaveLength(1);
  });

  // What is not in quotes is a comment for YAML: nothing is left, and nothing is said of quotes.
  it('whose colour is not in quotes is told so', () => {
    expect(formatProblem(read('accent: #b7410e').problems[0]!)).toMatch(/`theme.accent` .*/);
  });

  // It says "must be a whole number": min and max have no message of their own.
  it.each([
    ['12', '`theme.logo.width` must be 16 or more'],
    ['577', '`theme.logo.width` must be 576 or less'],
  ])('says what a logo’s width of %s should be', (width, said) => {
    expect(read(`logo: { ${LOGO.replace('120', width)} }`).problems.map(formatProblem)[0]).toContain(said);
  });
});
