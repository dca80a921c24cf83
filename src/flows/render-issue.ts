// An issue's file to a rendered email: find, read, parse, render. Nothing is written and nothing is sent.
import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Newsletter } from '../../config/schema.ts';
import type { Email } from '../domain/email.ts';
import type { StoredImage } from '../domain/image.ts';
import type { Issue, IssueName } from '../domain/issue.ts';
import { isFatal, type Problem } from '../domain/problem.ts';
import { DEFAULT_THEME, FONTS, type Theme, textWidthOf } from '../domain/theme.ts';
import { renderEmail } from '../email/render-email.ts';
import { type IssueSource, parseIssue } from '../issue/parse-issue.ts';
import type { IssueSettings } from '../issue/settings.ts';
import { findIssue, pathOf } from '../source/find-issues.ts';
import type { IssueFiles } from '../source/image-files.ts';
import { type GitState, readProvenance } from '../source/provenance.ts';
import { readTemplates, type TemplateFiles, type TemplateRoots } from '../source/templates.ts';
import { placeImages } from './place-images.ts';
import { sitePages } from './site-pages.ts';

/** Where a newsletter is, and what it says of itself. */
export interface Press {
  readonly root: string;
  /** Paths in problems are relative to this. */
  readonly cwd: string;
  /** Folders of templates, the newsletter's own first. */
  readonly templates: TemplateRoots;
  readonly newsletter: Newsletter;
  /** BASE_URL, where the archive serves the images of issues; null where the newsletter's site does. */
  readonly imagesFrom: string | null;
}

export interface RenderedIssue {
  readonly issue: Issue;
  readonly email: Email;
  readonly file: string;
  readonly provenance: GitState;
  /** What the archive must serve before the email goes out. */
  readonly images: readonly StoredImage[];
  /** Warnings; errors have stopped the work. */
  readonly problems: readonly Problem[];
}

export type RenderResult =
  | { readonly kind: 'rendered'; readonly rendered: RenderedIssue }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** `id` is an issue's id; with `isFile` it is a path. `list` names the list that the footer speaks of. */
export async function renderIssue(press: Press, id: string, list: string, isFile = false): Promise<RenderResult> {
  const opened = openIssue(press, id, isFile);
  if (opened.kind === 'problems') return opened;
  const { source, settings, templates, path } = opened;
  const { issue: written, problems } = parseIssue(source, settings);
  if (written === null) return { kind: 'problems', problems };
  const theme = themeOf(press.newsletter);
  const place = { files: filesOf(press, path), archiveUrl: press.imagesFrom, textWidthPx: textWidthOf(theme) };
  const { body, sizes: imageSizes, images, problems: holes } = await placeImages(written, place);
  const found = [...problems, ...holes.map((hole) => ({ ...hole, file: source.file }))];
  if (found.some(isFatal)) return { kind: 'problems', problems: found };
  const issue = { ...written, body };
  const email = await renderOrWhy(press, issue, { ...emailSettings(press, list, templates), theme, imageSizes }, templates);
  if (typeof email === 'string') return { kind: 'problems', problems: [brokenTemplate(press, email)] };
  const all = email.isCut ? [...found, tooLarge(source.file)] : found;
  return {
    kind: 'rendered',
    rendered: {
      issue,
      email,
      file: source.file,
      provenance: readProvenance(path, partsBeside(press, path)),
      images,
      problems: all,
    },
  };
}

/** Files of an issue lie beside it, or in a folder of its own name, as on the web; and in the newsletter's folder. */
export function filesOf({ root }: Pick<Press, 'root'>, file: string): IssueFiles {
  const folders = [dirname(file), file.replace(/\.md$/, '')];
  return { folders, within: [root, ...folders] };
}

/** What a mail is made of beside its text. */
function partsBeside({ root, templates }: Press, path: string): string[] {
  const folder = path.replace(/(?:\/index)?\.md$/, '');
  return [folder, join(root, 'newsletter.yaml'), join(root, 'config/newsletter.yaml'), templates[0] ?? folder];
}

interface OpenedIssue {
  readonly kind: 'opened';
  readonly source: IssueSource;
  readonly settings: IssueSettings;
  readonly templates: TemplateFiles;
  readonly path: string;
}

/** An issue's file, read, and what is needed to make something of it. */
export function openIssue(press: Press, id: string, isFile: boolean): OpenedIssue | Extract<RenderResult, { kind: 'problems' }> {
  const place = isFile ? placeOfFile(press, id) : placeOfIssue(press, id);
  if (place.kind === 'problem') return { kind: 'problems', problems: [place.problem] };
  const { language, issues } = press.newsletter;
  const templates = templatesOrWhy(press, language);
  if (typeof templates === 'string') return { kind: 'problems', problems: [brokenTemplate(press, templates)] };
  const source = { text: place.text, file: relative(press.cwd, place.path), name: place.name };
  const settings = { urlPattern: issues.url, language, words: templates.words };
  return {
    kind: 'opened',
    source,
    settings: { ...settings, site: sitePages({ ...press, path: place.path }, settings) },
    templates,
    path: place.path,
  };
}

function templatesOrWhy({ templates }: Press, language: string): TemplateFiles | string {
  try {
    return readTemplates(templates, language);
  } catch (error) {
    if (!existsSync(templates[0] ?? '')) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Or what is wrong with a template of the newsletter's own, in the words of whoever read it. */
function renderOrWhy({ templates }: Press, ...args: Parameters<typeof renderEmail>): Promise<Email | string> {
  return renderEmail(...args).catch((error: unknown) => {
    if (!existsSync(templates[0] ?? '')) throw error;
    return error instanceof Error ? error.message : String(error);
  });
}

function brokenTemplate({ templates, cwd }: Press, why: string): Problem {
  const message = `A template cannot be used: ${why.replace(/\s+/g, ' ').slice(0, 300)}`;
  const advice = `Mend it in ${relative(cwd, templates[0] ?? '')}, or remove it there to have Postrider's own.`;
  return { severity: 'error', rule: 'template', message, advice };
}

function tooLarge(file: string): Problem {
  return {
    ...{ severity: 'warning', rule: 'size', file },
    message: 'The mail is larger than Gmail shows, and is cut, with a link to the web page.',
    advice: 'Send it in two parts, or shorten it, where readers shall have all of it in their mail.',
  };
}

type Place =
  | { readonly kind: 'place'; readonly path: string; readonly text: string; readonly name: IssueName }
  | { readonly kind: 'problem'; readonly problem: Problem };

function placeOfIssue({ root, newsletter }: Press, id: string): Place {
  const found = findIssue(root, newsletter.issues.files, id);
  switch (found.kind) {
    case 'found': {
      return readPlace(pathOf(root, found.file), found.file.path, found.file.name);
    }
    case 'ambiguous':
      return problem(`Issue ${id} has several files: ${found.paths.join(', ')}.`, 'Keep one of them.');
    case 'missing': {
      const advice =
        found.nearest.length > 0
          ? `The nearest are: ${found.nearest.join(', ')}.`
          : `No file fits ${newsletter.issues.files.join(' or ')} in ${root}.`;
      return problem(`There is no issue ${id}.`, advice);
    }
    default:
      return found satisfies never;
  }
}

function placeOfFile({ cwd }: Press, file: string): Place {
  const path = resolve(cwd, file);
  const id =
    path
      .replace(/\/index\.md$/, '')
      .replace(/\.md$/, '')
      .split('/')
      .at(-1) ?? 'issue';
  const date = /\d{4}-\d{2}-\d{2}/.exec(id)?.[0];
  return readPlace(path, relative(cwd, path), { id, ...(date !== undefined && { date }) });
}

function readPlace(path: string, shown: string, name: IssueName): Place {
  try {
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) return problem(`${shown} is not UTF-8 text.`, 'Save it as UTF-8.');
    return { kind: 'place', path, text: bytes.toString('utf8'), name };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return problem(
      isMissing ? `There is no file ${shown}.` : `${shown} cannot be read.`,
      isMissing ? 'Mend the path.' : 'Make it a file, and look at its rights.',
    );
  }
}

function emailSettings({ newsletter }: Press, list: string, { words }: TemplateFiles) {
  return {
    newsletter: newsletter.name,
    list: newsletter.lists[list]?.title ?? list,
    greeting: newsletter.greeting ?? null,
    postalAddress: newsletter.postalAddress ?? null,
    words,
  };
}

function themeOf({ theme: { font, logo, ...colours } = {} }: Newsletter): Theme {
  const given = Object.fromEntries(Object.entries(colours).filter(([, value]) => value !== undefined));
  return { ...DEFAULT_THEME, ...given, ...(font !== undefined && { font: FONTS[font] }), logo: logo ?? null };
}

function problem(message: string, advice: string): Place {
  return { kind: 'problem', problem: { severity: 'error', rule: 'issue', message, advice } };
}
