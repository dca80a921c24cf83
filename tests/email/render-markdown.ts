// A Markdown file to a finished email, with the package's own templates and fixed settings: what tests of the
// email room begin with.
import { join } from 'node:path';
import type { Root } from 'hast';
import type { Email, SlotValues } from '../../src/domain/email.ts';
import type { Issue } from '../../src/domain/issue.ts';
import { DEFAULT_THEME } from '../../src/domain/theme.ts';
import { documentToText } from '../../src/email/document-to-text.ts';
import { type EmailSettings, renderEmail } from '../../src/email/render-email.ts';
import { fillSlots } from '../../src/email/slots.ts';
import { type IssueSource, parseIssue } from '../../src/issue/parse-issue.ts';
import type { IssueSettings } from '../../src/issue/settings.ts';
import { readTemplates, type TemplateFiles } from '../../src/source/templates.ts';

export const TEMPLATES = readTemplates([join(import.meta.dirname, '../../templates')], 'en');

const HEAD = '+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n';

const ISSUE_SETTINGS: IssueSettings = { urlPattern: 'https://press.example/{id}/', language: 'en', words: TEMPLATES.words };

const EMAIL_SETTINGS: EmailSettings = {
  newsletter: 'The Press',
  list: 'Monthly letter',
  greeting: 'Hello {name|reader},',
  postalAddress: '1 Kernel Street, 10115 Berlin',
  words: TEMPLATES.words,
  theme: DEFAULT_THEME,
  imageSizes: new Map(),
};

const VALUES: SlotValues = {
  name: 'Ada',
  address: 'ada@lovelace.example',
  unsubscribeUrl: 'https://press.example/u/1',
  preferencesUrl: 'https://press.example/p/1',
  subscribeUrl: 'https://press.example/',
};

export interface Rendering {
  readonly issue: Issue;
  readonly email: Email;
  /** Filled with the recipient's values. */
  readonly html: string;
  readonly text: string;
}

export interface Circumstances {
  readonly source?: Partial<IssueSource>;
  readonly issue?: Partial<IssueSettings>;
  readonly settings?: Partial<EmailSettings>;
  readonly templates?: Partial<TemplateFiles>;
  readonly values?: SlotValues;
}

/** Throws where the file has a fatal problem. */
export async function renderMarkdown(text: string, circumstances: Circumstances = {}): Promise<Rendering> {
  const source = { text, file: 'issue.md', name: { id: '2023-01' }, ...circumstances.source };
  const { issue, problems } = parseIssue(source, { ...ISSUE_SETTINGS, ...circumstances.issue });
  if (issue === null) throw new Error(`This file has no issue in it: ${JSON.stringify(problems)}`);
  const email = await renderEmail(
    issue,
    { ...EMAIL_SETTINGS, ...circumstances.settings },
    { ...TEMPLATES, ...circumstances.templates },
  );
  const values = { ...VALUES, ...circumstances.values };
  return { issue, email, html: fillSlots(email.html, values), text: fillSlots(email.text, values) };
}

/** Below a title and a date, for tests to which the front matter does not matter. */
export function renderBody(body: string, circumstances: Circumstances = {}): Promise<Rendering> {
  return renderMarkdown(HEAD + body, circumstances);
}

/** The issue's body alone, for the parts of the room that know no template. */
export function treeOf(body: string): Root {
  const source = { text: HEAD + body, file: 'issue.md', name: { id: '2023-01' } };
  const { issue, problems } = parseIssue(source, ISSUE_SETTINGS);
  if (issue === null) throw new Error(`This body has no issue in it: ${JSON.stringify(problems)}`);
  return issue.body;
}

/** The body's text, without the frame of the template. */
export function textOf(body: string): string {
  return documentToText(treeOf(body), TEMPLATES.words);
}
