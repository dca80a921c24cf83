// The page around a previewed mail: a bar with the ways to look at it, the mail in a frame, and what is wrong beside it.
import Handlebars from 'handlebars';
import { GMAIL_CLIP_BYTES } from '../domain/email.ts';
import type { Problem } from '../domain/problem.ts';
import type { Preview } from '../flows/preview-issue.ts';

export const VIEWS = ['phone', 'desktop', 'text', 'source', 'headers'] as const;
export const LIGHTS = ['light', 'dark', 'bare'] as const;

/** How the mail is looked at. */
export interface Look {
  readonly view: (typeof VIEWS)[number];
  readonly light: (typeof LIGHTS)[number];
  /** The address of the subscriber whose mail it is; empty for anybody's. */
  readonly as: string;
}

export interface PageFiles {
  readonly page: string;
  readonly styles: string;
  readonly script: string;
}

/** From what a browser asks for; what it does not say, or says wrong, is as it is at first. */
export function readLook(query: Readonly<Record<string, unknown>>): Look {
  return {
    view: VIEWS.find((view) => view === query['view']) ?? 'phone',
    light: LIGHTS.find((light) => light === query['light']) ?? 'light',
    as: typeof query['as'] === 'string' ? query['as'].slice(0, 254) : '',
  };
}

/** `version` changes with the files; the page asks for it, and loads itself anew. */
export function createPreviewPage({
  page,
  styles,
  script,
}: PageFiles): (preview: Preview, look: Look, version: number) => string {
  const handlebars = Handlebars.create();
  const render = handlebars.compile(page);
  return (preview, look, version) => render({ ...valuesOf(preview, look), version, styles, script });
}

function valuesOf({ source, file, problems, shown }: Preview, look: Look): Record<string, unknown> {
  const { view, light, as } = look;
  const isMail = view === 'phone' || view === 'desktop';
  return {
    ...{ as, view, light, isMail, shown: shown !== null },
    subject: shown?.subject ?? 'No mail yet',
    preheader: shown?.preheader,
    views: VIEWS.map((each) => ({ name: nameOf(each), href: hrefOf({ ...look, view: each }), isCurrent: each === view })),
    lights: isMail
      ? LIGHTS.map((each) => ({ name: nameOf(each), href: hrefOf({ ...look, light: each }), isCurrent: each === light }))
      : [],
    query: hrefOf(look),
    text: view === 'text' ? shown?.text : null,
    headers: view === 'headers' && shown ? headersOf(shown.message) : null,
    lines:
      view === 'source'
        ? linesOf(
            source ?? '',
            problems.filter((problem) => problem.file === file),
          )
        : null,
    problems: problems.map((problem) => shownProblem(problem, file, look)),
    sizes: shown && sizesOf(shown.html, shown.text, shown.message),
  };
}

function nameOf(name: string): string {
  return name[0]?.toUpperCase() + name.slice(1);
}

function hrefOf({ view, light, as }: Look): string {
  return `?${new URLSearchParams({ view, light, ...(as !== '' && { as }) })}`;
}

function headersOf(message: Uint8Array): string {
  const text = Buffer.from(message).toString('utf8');
  return text.slice(0, text.indexOf('\r\n\r\n'));
}

function linesOf(source: string, problems: readonly Problem[]): object[] {
  return source.split('\n').map((text, index) => {
    const here = problems.filter(({ line }) => line === index + 1);
    return { number: index + 1, text, problems: here };
  });
}

function shownProblem(problem: Problem, file: string | null, look: Look): object {
  const isHere = problem.file === file;
  const href = isHere && problem.line !== undefined ? `${hrefOf({ ...look, view: 'source' })}#L${problem.line}` : null;
  const place = isHere ? null : [problem.file, problem.line].filter((part) => part !== undefined).join(':');
  return { ...problem, href, place };
}

function sizesOf(html: string, text: string, message: Uint8Array): object[] {
  const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;
  const htmlBytes = Buffer.byteLength(html);
  return [
    { name: 'HTML', size: `${kB(htmlBytes)}, ${Math.round((100 * htmlBytes) / GMAIL_CLIP_BYTES)} % of what Gmail shows` },
    { name: 'Text', size: kB(Buffer.byteLength(text)) },
    { name: 'On the wire', size: kB(message.length) },
  ];
}
