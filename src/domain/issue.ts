// An issue: one edition of the newsletter as its editors wrote it, read into a tree.
import type { Root } from 'hast';

/** What the file's name tells of an issue; which parts it has depends on the newsletter's pattern. */
export interface IssueName {
  readonly id: string;
  /** `YYYY-MM-DD`, where the name holds one. */
  readonly date?: string;
  readonly number?: string;
  readonly slug?: string;
  /** With `month`, where the name holds these and no day. */
  readonly year?: string;
  readonly month?: string;
}

export interface Issue {
  readonly id: string;
  readonly title: string;
  /** The mail's subject: the front matter's `subject`, else the title. */
  readonly subject: string;
  /** The line that mail programs show beside the subject. */
  readonly preheader: string;
  /** `YYYY-MM-DD`; null where neither front matter nor file name tells. */
  readonly date: string | null;
  readonly number?: string;
  readonly slug: string;
  readonly authors: readonly string[];
  /** Where the issue is on the web: absolute, and in ASCII, for headers name it. */
  readonly url: string;
  /** BCP 47. */
  readonly language: string;
  /**
   * The body, sanitised: only elements that mail can show, every link and image absolute, no comments.
   * **Invariant**: nothing in it can run, load a frame or submit a form.
   */
  readonly body: Root;
}
