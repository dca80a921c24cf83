// newsletter.yaml over defaults.yaml to a checked Newsletter. All problems are found in one go, each with
// its line. Pure: the texts come in as arguments.
import { closest } from 'fastest-levenshtein';
import { type Document, isMap, LineCounter, type ParsedNode, parse, parseDocument } from 'yaml';
import { PLACEHOLDER_NAMES, placeholdersOf, unknownPlaceholders } from '../src/domain/issue-pattern.ts';
import type { Problem } from '../src/domain/problem.ts';
import { LIST_NAME, type Newsletter, newsletterSchema } from './schema.ts';

/** One thing that the schema found, as zod reports it. */
type SchemaIssue = NonNullable<ReturnType<typeof newsletterSchema.safeParse>['error']>['issues'][number];
type Path = readonly PropertyKey[];

export interface ReadNewsletter {
  /** Null exactly where there are problems. */
  readonly newsletter: Newsletter | null;
  readonly problems: readonly Problem[];
}

/** `version` is Postrider's own, as `1.2.3`; where it is not given, what the file is written for is not looked at. */
export function readNewsletter(text: string, defaults: string, file: string, version?: string): ReadNewsletter {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const placed = (problem: Pick<Problem, 'message' | 'advice'>, path: Path): Problem => ({
    severity: 'error',
    rule: 'configuration',
    file,
    ...problem,
    ...lineOf(document, counter, path),
  });
  if (document.errors.length > 0)
    return {
      newsletter: null,
      problems: document.errors.map((error) => syntaxProblem(error.message, counter.linePos(error.pos[0]), file)),
    };
  let written: unknown;
  try {
    written = document.toJS() ?? {};
  } catch (error) {
    // An alias is followed only here, and may lead nowhere or too far.
    const message = error instanceof Error ? error.message : String(error);
    return { newsletter: null, problems: [syntaxProblem(message, { line: 1, col: 1 }, file)] };
  }
  const wanted = valueAt(written, ['postrider']);
  if (version !== undefined && typeof wanted === 'string' && isNewer(wanted, version))
    return { newsletter: null, problems: [placed(tooNew(wanted, version), ['postrider'])] };
  const merged = merge(parse(defaults), written);
  const result = newsletterSchema.safeParse(merged);
  const found = result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, written));
  const problems = [...found, ...patternProblems(merged)].map(({ path, ...problem }) => placed(problem, path));
  return result.success && problems.length === 0 ? { newsletter: result.data, problems } : { newsletter: null, problems };
}

/** What else is wrong with the file, only the newer one can tell. */
function tooNew(wanted: string, version: string): Pick<Problem, 'message' | 'advice'> {
  const message = `This file is written for Postrider ${wanted}, and this is ${version}.`;
  return { message, advice: 'Install the newer one: npm install --save-dev postrider@latest' };
}

function isNewer(wanted: string, version: string): boolean {
  const [major = 0, minor = 0] = wanted.split('.').map(Number);
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return major > ownMajor || (major === ownMajor && minor > ownMinor);
}

interface Explained {
  readonly path: Path;
  readonly message: string;
  readonly advice: string;
}

function explain(issue: SchemaIssue, written: unknown): Explained[] {
  const name = issue.path.length > 0 ? issue.path.join('.') : 'newsletter.yaml';
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.path));
  if (issue.code === 'invalid_key')
    return [
      {
        path: issue.path,
        message: `The name \`${String(issue.path.at(-1))}\` ${issue.issues[0]?.message ?? 'is not valid'}.`,
        advice: 'Mend the name.',
      },
    ];
  const isMissing = issue.code === 'invalid_type' && valueAt(written, issue.path) === undefined;
  if (isMissing) return [{ path: issue.path, message: `\`${name}\` is missing.`, advice: exampleFor(name) }];
  if (issue.code === 'invalid_type')
    return [{ path: issue.path, message: `\`${name}\` must be ${article(issue.expected)}.`, advice: exampleFor(name) }];
  return [{ path: issue.path, message: `\`${name}\` ${issue.message}.`, advice: 'Mend this line.' }];
}

function unknownKey(key: string, parent: Path): Explained {
  const known = knownKeys(parent);
  const nearest = known.length > 0 ? closest(key, known) : undefined;
  return {
    path: [...parent, key],
    message: `\`${[...parent, key].join('.')}\` is not a setting.`,
    advice: nearest === undefined ? 'Remove it.' : `Did you mean \`${nearest}\`? There are: ${known.join(', ')}.`,
  };
}

function knownKeys(parent: Path): string[] {
  const shape = newsletterSchema.shape;
  if (parent.length === 0) return Object.keys(shape);
  if (parent[0] === 'issues') return Object.keys(shape.issues.shape);
  if (parent[0] === 'relay') return parent[1] === 'warmUp' ? ['from', 'perDay'] : Object.keys(shape.relay.shape);
  if (parent[0] === 'site') return Object.keys(shape.site.unwrap().shape);
  if (parent[0] === 'collect') return Object.keys(shape.collect.unwrap().shape);
  if (parent[0] === 'notices') return Object.keys(shape.notices.shape);
  return parent[0] === 'lists' ? ['title', 'description', 'listId'] : [];
}

const EXAMPLES: Readonly<Record<string, string>> = {
  name: 'Write `name: The name of your newsletter`.',
  from: 'Write `from: Name <newsletter@example.org>`.',
  lists: 'Write `lists:` and below it a name with a `title`, as in `monthly: { title: My newsletter }`.',
  issues: 'Write `issues:` and below it `url: https://example.org/newsletter/{id}/`.',
  'issues.url': 'Write where an issue is on the web, as in `url: https://example.org/newsletter/{id}/`.',
};

function exampleFor(name: string): string {
  return EXAMPLES[name] ?? `See config/defaults.yaml.`;
}

function article(expected: string): string {
  const names: Record<string, string> = {
    string: 'a piece of text',
    number: 'a number',
    int: 'a whole number',
    array: 'a list',
    object: 'a block of settings',
    record: 'a block of names',
  };
  return names[expected] ?? `of kind ${expected}`;
}

/** Looks at what is there, whatever else is wrong with the file. */
function patternProblems(settings: unknown): Explained[] {
  const files = valueAt(settings, ['issues', 'files']);
  const filePatterns = Array.isArray(files)
    ? files.map((pattern: unknown, index): [Path, unknown] => [['issues', 'files', index], pattern])
    : [];
  const isPattern = (pair: [Path, unknown]): pair is [Path, string] => typeof pair[1] === 'string';
  const patterns = [...filePatterns, [['issues', 'url'], valueAt(settings, ['issues', 'url'])] satisfies [Path, unknown]].filter(
    isPattern,
  );
  const problems = patterns.flatMap(([path, pattern]) =>
    unknownPlaceholders(pattern).map((name) => ({
      path,
      message: `\`{${name}}\` is not a placeholder.`,
      advice: `There are: ${PLACEHOLDER_NAMES.map((each) => `{${each}}`).join(', ')}.`,
    })),
  );
  for (const [path, pattern] of filePatterns.filter(isPattern)) {
    if (placeholdersOf(pattern).length === 0)
      problems.push({
        path,
        message: `The pattern \`${pattern}\` names one file only.`,
        advice: 'Write {id} where the issues differ.',
      });
  }
  const [defaultList, lists] = [valueAt(settings, ['defaultList']), valueAt(settings, ['lists'])];
  if (typeof defaultList === 'string' && isBlock(lists) && LIST_NAME.test(defaultList) && !Object.hasOwn(lists, defaultList)) {
    problems.push({
      path: ['defaultList'],
      message: `\`defaultList\` names no list of yours.`,
      advice: `There are: ${Object.keys(lists).join(', ')}.`,
    });
  }
  return problems;
}

/** Blocks are merged key by key; anything else that is written wins whole. */
function merge(defaults: unknown, written: unknown): unknown {
  if (!isBlock(defaults) || !isBlock(written)) return written === undefined ? defaults : written;
  const keys = new Set([...Object.keys(defaults), ...Object.keys(written)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(defaults[key], written[key])]));
}

function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, key) =>
      typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** The line of the key, or of the nearest block around it. */
function lineOf(document: Document.Parsed, counter: LineCounter, path: Path): { line: number; column?: number } {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => String((item.key as ParsedNode | null) ?? '') === String(key))
      : undefined;
    const range = (pair?.key as ParsedNode | undefined)?.range;
    if (range) return lineColumn(counter, range[0]);
  }
  return { line: 1 };
}

function lineColumn(counter: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = counter.linePos(offset);
  return { line, column: col };
}

function syntaxProblem(message: string, place: { line: number; col: number }, file: string): Problem {
  const reason = message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
  return {
    severity: 'error',
    rule: 'configuration',
    file,
    line: place.line,
    column: place.col,
    message: `This is not valid YAML: ${reason}.`,
    advice: 'Mend this line.',
  };
}
