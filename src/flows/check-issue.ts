// Everything that would embarrass an editor, of one issue: what parsing and rendering complain of, what the text itself
// shows, and, where the web may be asked, the links that lead nowhere.
import type { Issue } from '../domain/issue.ts';
import type { Problem } from '../domain/problem.ts';
import { checkImageFormats } from '../issue/check-images.ts';
import { checkIssue, type PlacedImage, type PlacedLink, withoutIgnored } from '../issue/check-issue.ts';
import type { IssueSource } from '../issue/parse-issue.ts';
import { isBeside } from '../issue/resolve-links.ts';
import { type Asking, askLinks, type LinkAnswer, NO_HOST } from '../reach/ask-links.ts';
import type { LinkCache } from '../reach/link-cache.ts';
import { type IssueFiles, weighImage } from '../source/image-files.ts';
import { complaintsOf } from './place-images.ts';
import { filesOf, openIssue, type Press, type RenderResult, renderIssue } from './render-issue.ts';

/** Null where the web is not asked. */
export interface LinkAsking extends Asking {
  readonly cache: LinkCache;
}

// Phones show about forty characters of a subject; beyond this no mail program shows it whole.
const SUBJECT_MAX = 78;
const PREHEADER_MAX = 180;

/** In the order of their places. `id` is an issue's id; with `isFile` it is a path. */
export async function checkOne(
  press: Press,
  id: string,
  list: string,
  { isFile, asking }: { readonly isFile: boolean; readonly asking: LinkAsking | null },
): Promise<readonly Problem[]> {
  return findingsIn(press, id, isFile, await renderIssue(press, id, list, isFile), asking);
}

/** Of an issue that has been rendered, or could not be. */
export async function findingsIn(
  press: Press,
  id: string,
  isFile: boolean,
  result: RenderResult,
  asking: LinkAsking | null,
): Promise<readonly Problem[]> {
  const opened = openIssue(press, id, isFile);
  if (opened.kind === 'problems') return opened.problems;
  const { source, settings, path } = opened;
  const issue = result.kind === 'rendered' ? result.rendered.issue : null;
  const { problems, links, images } = checkIssue(source, settings, issue?.url ?? '');
  // What lies beside the issue is on the web when the issue is.
  const page = issue === null ? '' : new URL('.', issue.url).href;
  const elsewhere = links.filter(({ url }) => issue === null || (url !== issue.url && !url.startsWith(page)));
  const all = [
    ...(result.kind === 'rendered' ? result.rendered.problems : result.problems),
    ...problems,
    ...(issue === null ? [] : [...tooLong(source.file, issue), ...anotherDay(source, issue)]),
    // What the archive serves was looked at, and made fit for mail, when it was rendered.
    ...checkImageFormats(press.imagesFrom === null ? images : images.filter(({ src }) => !isBeside(src)), source.file),
    ...(press.imagesFrom === null ? await checkImages(images, filesOf(press, path), source.file) : []),
    ...(asking === null ? [] : await deadLinks(elsewhere, source.file, asking)),
  ];
  const off = new Set<string>(press.newsletter.check.off);
  const wanted = all.filter(({ rule, severity }) => severity === 'error' || !off.has(rule));
  return distinct(withoutIgnored(wanted, source.text)).toSorted(byPlace);
}

/** What the text shows, and what the web says, may be the same. */
function distinct(problems: readonly Problem[]): Problem[] {
  const keyOf = ({ rule, line, column, message }: Problem): string =>
    JSON.stringify([rule, line, column, rule === 'link-private' ? '' : message]);
  return [...new Map(problems.toReversed().map((problem) => [keyOf(problem), problem])).values()];
}

function byPlace(one: Problem, other: Problem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

/** Those beside the issue: whether they are there, can be read, and how heavy they are. One after the other: see weighImage. */
async function checkImages(images: readonly PlacedImage[], files: IssueFiles, file: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { src, line, column } of images) {
    if (!isBeside(src)) continue;
    const found = await weighImage(files, src.split(/[?#]/)[0] ?? '');
    problems.push(...complaintsOf(found, src).map((complaint) => ({ ...complaint, file, line, column })));
  }
  return problems;
}

function tooLong(file: string, { subject, preheader }: Issue): Problem[] {
  const problems: Problem[] = [];
  if (subject.length > SUBJECT_MAX)
    problems.push(
      warning('subject', `The subject has ${subject.length} characters.`, 'Phones show about forty of them.', { file }),
    );
  if (preheader.length > PREHEADER_MAX)
    problems.push(
      warning('preheader', `The preheader has ${preheader.length} characters.`, 'Mail programs show about a hundred.', { file }),
    );
  return problems;
}

/** Which of them is meant, the archive and the reader would like to know. */
function anotherDay({ file, name }: IssueSource, { date }: Issue): Problem[] {
  if (name.date === undefined || date === null || name.date === date) return [];
  const message = `The file's name says ${name.date}, and its date ${date}.`;
  return [warning('date', message, 'Mend one of them.', { file })];
}

async function deadLinks(links: readonly PlacedLink[], file: string, asking: LinkAsking): Promise<Problem[]> {
  const { cache } = asking;
  const withoutAnchor = (url: string): string => url.split('#')[0] ?? url;
  const asked = [...new Set(links.map(({ url }) => withoutAnchor(url)))].filter((url) => !cache.knows(url));
  const answers = new Map<string, LinkAnswer>();
  await askLinks(asked, asking, (url, answer) => {
    answers.set(url, answer);
    if (answer.kind === 'there') cache.add(url);
  });
  cache.save();
  if (asked.length === new Set(links.map(({ url }) => withoutAnchor(url))).size && isCutOff(answers))
    return [{ ...CUT_OFF, file }];
  return links.flatMap(({ url, line, column }) => {
    const complaint = complaintOf(url, answers.get(withoutAnchor(url)));
    return complaint ? [{ ...complaint, file, line, column }] : [];
  });
}

// So many hosts are not all gone, where none was ever found: it is us who find none.
const HOSTS_MIN = 3;
const CUT_OFF = warning(
  'link-dead',
  'No link could be asked: none of their hosts is found from here.',
  'Look at this machine’s way to the web, or check with --no-links.',
  {},
);

function isCutOff(answers: ReadonlyMap<string, LinkAnswer>): boolean {
  const hosts = new Set([...answers.keys()].map((url) => new URL(url).host));
  return hosts.size >= HOSTS_MIN && [...answers.values()].every((answer) => answer.kind === 'gone' && answer.why === NO_HOST);
}

function complaintOf(url: string, answer: LinkAnswer | undefined): Problem | undefined {
  switch (answer?.kind) {
    case 'gone':
      return warning('link-dead', `${url} leads nowhere: ${answer.why}.`, 'Mend the address, or remove the link.', {});
    case 'private':
      return warning('link-private', `${url} leads into a private network.`, 'Link to what readers can reach.', {});
    default:
      // Who does not answer a program may well answer a reader.
      return undefined;
  }
}

function warning(rule: string, message: string, advice: string, place: Pick<Problem, 'file'>): Problem {
  return { severity: 'warning', rule, message, advice, ...place };
}
