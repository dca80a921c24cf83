// A template of the newsletter's own that cannot be used: a problem that says where to look, and nothing is sent.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../config/package-root.ts';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { pressOf } from '../../src/app.ts';
import { type RenderResult, renderIssue } from '../../src/flows/render-issue.ts';
import { newsletterFolder, postrider, writeReaders } from '../stories/cli.ts';

const FRAME = readFileSync(join(packageRoot(), 'templates/email/email.mjml.hbs'), 'utf8');
const HTML = 'email/email.mjml.hbs';
const TEXT = 'email/email.txt.hbs';

function folderWith(path: string, text: string): string {
  const root = newsletterFolder();
  mkdirSync(dirname(join(root, 'newsletter', path)), { recursive: true });
  writeFileSync(join(root, 'newsletter', path), text);
  return root;
}

function render(path: string, text: string): Promise<RenderResult> {
  const root = folderWith(path, text);
  const read = (file: string): string => readFileSync(join(packageRoot(), file), 'utf8');
  const { newsletter } = readNewsletter(read('config/newsletter.yaml'), read('config/defaults.yaml'), 'newsletter.yaml');
  if (newsletter === null) throw new Error('The sample newsletter cannot be read.');
  return renderIssue({ ...pressOf({ root, newsletter, baseUrl: 'https://postrider.invalid' }), cwd: root }, '2023-01', 'monthly');
}

describe('a template of the newsletter’s own', () => {
  it('is used where it can be', async () => {
    const result = await render(
      HTML,
      FRAME.replace('</mj-body>', '<mj-section><mj-column><mj-text>OWN</mj-text></mj-column></mj-section></mj-body>'),
    );
    expect(result.kind === 'rendered' && result.rendered.email.html.join('')).toContain('OWN');
  });

  it.each([
    ['MJML that is none', HTML, '<p>Hello</p>', /Element p doesn't exist/],
    ['an element that MJML does not know', HTML, FRAME.replace('<mj-column>', '<mj-colum>'), /mj-colum/],
    ['an attribute that MJML does not know', HTML, FRAME.replace('padding="28px 32px"', 'pading="28px"'), /pading/],
    [
      'an element where it may not be',
      HTML,
      '<mjml><mj-body><mj-text>a</mj-text></mj-body></mjml>',
      /mj-text cannot be used inside mj-body/,
    ],
    ['a block without an end', HTML, `${FRAME}{{#if x}}`, /Parse error on line \d+: .*\{\{#if x\}\}/],
    ['an end without a block', HTML, `{{/if}}${FRAME}`, /Parse error on line 1/],
    ['an unknown helper', HTML, FRAME.replace('{{title}}', '{{shout title}}'), /Missing helper: "shout"/],
    ['an unknown partial', HTML, FRAME.replace('{{title}}', '{{> head}}'), /The partial head could not be found/],
    ['nothing', HTML, '', /Parsing failed/],
    ['a text with a block without an end', TEXT, '{{#if x}}', /Parse error on line 1/],
    ['a text with an unknown helper', TEXT, '{{shout title}}', /Missing helper: "shout"/],
  ])('that has %s is a problem that names the folder', async (_what, path, text, why) => {
    const result = await render(path, text);
    expect(result).toEqual({
      kind: 'problems',
      problems: [
        {
          severity: 'error',
          rule: 'template',
          message: expect.stringMatching(why) as string,
          advice: "Mend it in newsletter, or remove it there to have Postrider's own.",
        },
      ],
    });
    expect(result.kind === 'problems' && result.problems[0]?.message).not.toMatch(/\n|\s+at /);
  });

  // The mail would have an empty text part, or nobody could leave: it is sent all the same.
  it.each([
    ['a text of nothing', TEXT, ''],
    ['no link to unsubscribe', HTML, FRAME.replace(/<a href="\{\{slot "unsubscribeUrl"\}\}">.*?<\/a>/, '')],
    ['no body of the issue', HTML, FRAME.replace(/\{\{#each sections\}\}[\s\S]*?\{\{\/each\}\}/, '')],
    ['elements that never end', HTML, '<mjml><mj-body><mj-section>'],
  ])('that has %s is a problem', async (_what, path, text) => {
    expect((await render(path, text)).kind).toBe('problems');
  });

  // readTemplates stands before renderOrWhy: what it throws is caught by nobody.
  it.each([
    ['words that are no YAML', 'words/en.yaml', 'unsubscribe: [x'],
    ['a folder in its place', `${HTML}/x`, 'x'],
  ])('that has %s is a problem', async (_what, path, text) => {
    expect((await render(path, text)).kind).toBe('problems');
  });

  // `Line 1 of /work/main (p)`: MJML is not told the file's name, and shows the folder that we run in.
  it('is named by its file', async () => {
    const result = await render(HTML, '<p>Hello</p>');
    expect(result.kind === 'problems' && result.problems[0]?.message).toContain('email.mjml.hbs');
  });
});

describe('the command', () => {
  it('says so, exits with 2, and opens no mailing', async () => {
    const cwd = folderWith(HTML, '<mjml><mj-foo /></mjml>');
    await postrider(['subscribers', 'import', writeReaders(cwd, 2)], { cwd });
    const { code, stdout, stderr } = await postrider(['send', '--issue', '2023-01', '--yes'], { cwd });
    expect(stderr).toMatch(/error: A template cannot be used: .*mj-foo.* Mend it in newsletter, or remove it there/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse((await postrider(['status', '--json'], { cwd })).stdout)).toEqual([]);
  });
});
