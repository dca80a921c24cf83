// An issue while it is written: as a reader would get it, with its source and all that is wrong with it.

import type { StoredImage } from '../domain/image.ts';
import type { Issue } from '../domain/issue.ts';
import type { Problem } from '../domain/problem.ts';
import type { IssueFiles } from '../source/image-files.ts';
import { findingsIn } from './check-issue.ts';
import { filesOf, openIssue, type Press, renderIssue } from './render-issue.ts';
import { type ShownIssue, type ShownReader, showIssue } from './show-issue.ts';

export interface Preview {
  /** Null where there is no such file. */
  readonly source: string | null;
  /** As problems name it. */
  readonly file: string | null;
  readonly problems: readonly Problem[];
  /** Null where an error stops it. */
  readonly shown: ShownMail | null;
  /** The issue's own path, and where its files lie; null where there is none. */
  readonly place: { readonly path: string; readonly files: IssueFiles } | null;
}

export const NOTHING: Preview = { source: null, file: null, problems: [], shown: null, place: null };

export interface ShownMail extends ShownIssue, Pick<Issue, 'id' | 'subject' | 'preheader' | 'url'> {
  readonly images: readonly StoredImage[];
}

export interface Previewed {
  /** An id, or with `isFile` a path. */
  readonly id: string;
  readonly isFile: boolean;
  readonly list: string;
  readonly baseUrl: string;
  readonly reader: ShownReader | undefined;
}

export async function previewIssue(press: Press, { id, isFile, list, baseUrl, reader }: Previewed): Promise<Preview> {
  const opened = openIssue(press, id, isFile);
  if (opened.kind === 'problems') return { ...NOTHING, problems: opened.problems };
  const result = await renderIssue(press, id, list, isFile);
  const problems = await findingsIn(press, id, isFile, result, null);
  const files = filesOf(press, opened.path);
  const { text: source, file } = opened.source;
  const place = { path: opened.path, files };
  if (result.kind === 'problems') return { source, file, problems, shown: null, place };
  const { issue, images } = result.rendered;
  const { subject, preheader, url } = issue;
  const mail = showIssue(press, list, baseUrl, result.rendered, reader);
  return { source, file, problems, shown: { ...mail, id: issue.id, subject, preheader, url, images }, place };
}
