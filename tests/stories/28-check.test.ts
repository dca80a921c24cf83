// Before an issue goes out, one command says what would embarrass its editor: where it is, what, and what to do.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHECK_RULES } from '../../config/schema.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { type Finished, newsletterFolder, postrider } from './cli.ts';

let folder: string;

beforeEach(() => {
  folder = newsletterFolder();
});

const HEAD = '+++\ntitle = "Title"\ndate = 2023-02-07\n+++\n';

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

/** An issue of this body; its first line is the file's fifth. */
function issue(body: string, id = '2023-02'): void {
  write(`issues/${id}.md`, HEAD + body);
}

function settings(more: string): void {
  write('newsletter.yaml', `${readFileSync(join(folder, 'newsletter.yaml'), 'utf8')}${more}\n`);
}

/** The web is left in peace. */
function check(...args: string[]): Promise<Finished> {
  return postrider(['check', '--no-links', ...args], { cwd: folder });
}

async function found(...args: string[]): Promise<Problem[]> {
  return JSON.parse((await check('--format', 'json', ...args)).stdout) as Problem[];
}

describe('how it ends', () => {
  it('an issue that is well has nothing to complain of', async () => {
    issue('All is well.');
    const { code, stdout, stderr } = await check('2023-02');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('Nothing to complain of in 1 issue.');
  });

  // Its images lie in issues/2023-01/, as its address on the web has them; the check looks in issues/ only.
  it('the sample has nothing to complain of, with its images beside it', async () => {
    cpSync(join(import.meta.dirname, '../../issues'), join(folder, 'issues'), { recursive: true });
    expect((await check('2023-01')).stdout).toBe('');
  });

  it('each finding is a line with its place, its advice and its rule', async () => {
    issue('TODO: write\n\n[a](http://a.example)\n');
    const { code, stdout, stderr } = await check('2023-02');
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'issues/2023-02.md:5:1 warning: “TODO” is still there. Write what belongs there, or remove it. [placeholder]',
      'issues/2023-02.md:7:1 warning: http://a.example is not encrypted. Write https:// where the site has it. [link-insecure]',
      '',
    ]);
    expect(stderr).toContain('2 findings in 1 issue.');
  });

  it.each([
    ['an issue that does not exist', ['2023-10'], [/There is no issue 2023-10/, /nearest are: 2023-01/]],
    ['a file that does not exist', ['drafts/next.md'], [/There is no file drafts\/next\.md/]],
    ['a folder', ['./issues'], [/issues cannot be read/]],
    ['an unknown format', ['--format', 'xml'], [/'xml' is invalid/, /text, github, json/]],
    ['an unknown option', ['--no-link'], [/unknown option '--no-link'/, /--no-links/]],
  ])('%s is an error', async (_case, args, says) => {
    const { code, stdout, stderr } = await check(...args);
    expect(code).toBe(2);
    for (const each of says) expect(stdout + stderr).toMatch(each);
  });

  it('a front matter that cannot be read is what is told, and nothing else', async () => {
    write('issues/2023-02.md', '+++\ntitle = "x\ndate = 2023-01-01\n+++\nTODO: x\n');
    const { code, stdout } = await check('2023-02');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^issues\/2023-02\.md:2:\d+ error: The TOML front matter .* \[front-matter\]\n$/);
  });

  it('nothing is to be checked where there is no issue', async () => {
    const { code, stderr } = await postrider(['check'], { cwd: emptied() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/No file fits issues\/nothing-\{id\}\.md/);
  });

  it('no secret is needed, and nothing but the files', async () => {
    write('.env', '');
    issue('All is well.');
    expect((await check('2023-02')).code).toBe(0);
  });
});

describe('which issue', () => {
  it('is the newest, where none is named', async () => {
    issue('TODO: x');
    issue('Well.', '2022-12');
    expect((await found()).map(({ file }) => file)).toEqual(['issues/2023-02.md']);
  });

  it('may be several, each in its turn', async () => {
    issue('TODO: x');
    issue('[a]()', '2023-03');
    issue('Well.', '2023-04');
    const { code, stderr } = await check('2023-03', '2023-04', '2023-02');
    expect(code).toBe(1);
    expect(stderr).toContain('2 findings in 3 issues.');
    expect((await found('2023-03', '2023-04', '2023-02')).map(({ rule }) => rule)).toEqual(['link-empty', 'placeholder']);
  });

  it('may be a file of any place', async () => {
    mkdirSync(join(folder, 'drafts'));
    write('drafts/next.md', `${HEAD}\nTODO: x`);
    expect(await found('drafts/next.md')).toEqual([expect.objectContaining({ file: 'drafts/next.md', line: 6 })]);
  });

  // It advises --list, which the command has not.
  it('needs no list, where a newsletter has several', async () => {
    settings('  weekly:\n    title: Weekly');
    issue('Well.');
    expect((await check('2023-02')).code).toBe(0);
  });

  // It is: the sentence at the end says otherwise.
  it('is checked even where another is not there', async () => {
    issue('TODO: x');
    const { code, stdout, stderr } = await check('2023-02', '2024-01');
    expect(code).toBe(2);
    expect(stdout).toMatch(/“TODO” is still there[\s\S]*There is no issue 2024-01/);
    expect(stderr).not.toContain('Nothing was checked');
  });
});

describe('how it is printed', () => {
  it('GitHub gets annotations, with what would end them escaped', async () => {
    issue('[a](http://a.example:8080/100%25)\n\n{{ a,\nb: 100% }}\n');
    const { code, stdout } = await check('--format', 'github', '2023-02');
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      '::warning file=issues/2023-02.md,line=5,col=1,title=link-insecure::http://a.example:8080/100%2525 is not encrypted. Write https:// where the site has it.',
      "::warning file=issues/2023-02.md,line=7,col=1,title=generator::`{{ a,%0Ab: 100%25 }}` is a site generator's own and stands in the mail as it is. Write it in Markdown.",
      '',
    ]);
  });

  it('GitHub gets the name of a file with commas and colons', async () => {
    issue('TODO: x', 'a,b:c');
    expect((await check('--format', 'github', 'a,b:c')).stdout).toMatch(/^::warning file=issues\/a%2Cb%3Ac\.md,line=5,/);
  });

  it('GitHub gets errors as errors', async () => {
    write('issues/2023-02.md', '+++\ntitle = "x\n+++\n');
    expect((await check('--format', 'github', '2023-02')).stdout).toMatch(/^::error file=issues\/2023-02\.md,line=2,/);
  });

  it('JSON has everything', async () => {
    issue('TODO: x');
    expect(await found('2023-02')).toEqual([
      {
        ...{ severity: 'warning', rule: 'placeholder', file: 'issues/2023-02.md', line: 5, column: 1 },
        ...{ message: '“TODO” is still there.', advice: 'Write what belongs there, or remove it.' },
      },
    ]);
  });

  it('JSON of nothing is an empty list', async () => {
    issue('Well.');
    expect(await found('2023-02')).toEqual([]);
  });
});

describe('what is let pass', () => {
  it('a rule that the newsletter does not want', async () => {
    settings('check:\n  off: [link-insecure, placeholder]');
    issue('TODO: [a](http://a.example) `');
    expect((await found('2023-02')).map(({ rule }) => rule)).toEqual(['backtick']);
  });

  it('a rule on one line, and what rendering complains of', async () => {
    issue('<iframe src="https://a.example/"></iframe> <!-- check-off: html -->\n\n<!-- check-off: placeholder -->\nTODO: x\n');
    expect((await check('2023-02')).code).toBe(0);
  });

  it('no rule that there is not: the sentence names those that there are', async () => {
    settings('check:\n  off: [link-insecur]');
    const { code, stderr } = await check('2023-01');
    expect(code).toBe(2);
    expect(stderr).toMatch(/newsletter\.yaml:\d+:\d+ error: .*is not a rule of check/);
    for (const rule of CHECK_RULES) expect(stderr).toContain(rule);
  });

  // A newsletter cannot switch an error off; a comment on its line can.
  it('no error, whatever a line says', async () => {
    write('issues/2023-02.md', '---\ntitle: x\ndate: 2023-02-30 # <!-- check-off: front-matter -->\n---\ntext\n');
    expect((await check('2023-02')).code).toBe(1);
  });
});

describe('an image beside the issue', () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  let small: Buffer;
  let large: Buffer;
  beforeAll(async () => {
    small = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    large = await sharp({ create: { width: 900, height: 900, channels: 3, background: 'red', noise } })
      .png()
      .toBuffer();
    expect(large.length).toBeGreaterThan(1_000_000);
  });

  it.each([
    ['that is missing', '![A crab](crab.png)', 'image-missing'],
    ['of more than a megabyte', '![A crab](large.png)', 'image-size'],
    ['whose name has a space', '![A crab](large%20one.png?v=1)', 'image-size'],
    ['that is a folder', '![A crab](../issues)', 'image-missing'],
    ['in HTML', '<img src="crab.png" alt="A crab">', 'image-missing'],
    ['that is cut off', '![A crab](half.png)', 'image-broken'],
    ['that is text', '![A crab](words.png)', 'image-broken'],
    ['that is empty', '![A crab](empty.png)', 'image-broken'],
    ['that few mail programs show', '![A crab](crab.svg)', 'image-format'],
  ])('%s is told', async (_case, body, rule) => {
    writeFileSync(join(folder, 'issues/large.png'), large);
    writeFileSync(join(folder, 'issues/large one.png'), large);
    writeFileSync(join(folder, 'issues/half.png'), large.subarray(0, large.length / 2));
    write('issues/words.png', 'no image at all');
    write('issues/empty.png', '');
    write('issues/crab.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"/>');
    issue(`Text.\n\n${body}\n`);
    expect(await found('2023-02')).toEqual([expect.objectContaining({ rule, line: 7, column: 1, file: 'issues/2023-02.md' })]);
  });

  it('that is there and light is well, and so is one on the web', async () => {
    writeFileSync(join(folder, 'issues/crab.png'), small);
    issue('![A crab](crab.png) ![A crab](https://a.example/crab.png) ![A crab](/crab.png)\n');
    expect(await found('2023-02')).toEqual([]);
  });

  // statSync throws of these, and the command with it.
  it.each([
    ['too long', 'x'.repeat(300)],
    ['with a zero byte', 'a%00b'],
  ])('whose name is %s is missing', async (_case, name) => {
    issue(`![A crab](${name}.png)\n`);
    expect(await found('2023-02')).toEqual([expect.objectContaining({ rule: 'image-missing' })]);
  });
});

describe('subject and preheader', () => {
  it.each([
    ['subject', `title = "${'x'.repeat(79)}"`],
    ['preheader', `title = "x"\npreheader = "${'x'.repeat(181)}"`],
  ])('the %s may be too long', async (rule, lines) => {
    write('issues/2023-02.md', `+++\n${lines}\ndate = 2023-02-07\n+++\nText.\n`);
    expect(await found('2023-02')).toEqual([expect.objectContaining({ rule })]);
  });
});

describe('with links', () => {
  // Longer than a part of a name may be, so that this machine knows without asking anybody.
  const NOBODY = `${'x'.repeat(64)}.example`;

  const asked = async (): Promise<string[]> => {
    const { stdout } = await postrider(['check', '--format', 'json', '2023-02'], { cwd: folder });
    return (JSON.parse(stdout) as Problem[]).map(({ rule, line, column }) => `${rule} ${line}:${column}`);
  };

  // By its address alone, and again by whoever would have asked.
  it('one into a private network is told once', async () => {
    issue('[a](http://127.0.0.1:1/)\n');
    expect(await asked()).toEqual(['link-private 5:1']);
  });

  it('one whose host there is not leads nowhere', async () => {
    issue(`[a](https://${NOBODY}/)\n`);
    expect(await asked()).toEqual(['link-dead 5:1']);
  });

  it('it is cut off where no host is found, and says that once', async () => {
    issue(`[a](https://a.${NOBODY}/) [b](https://b.${NOBODY}/) [c](https://c.${NOBODY}/)\n`);
    expect(await asked()).toEqual(['link-dead undefined:undefined']);
  });

  // It counts addresses where it means hosts.
  it('it is not cut off where one host has gone with three of its pages', async () => {
    issue(`[a](https://${NOBODY}/a) [b](https://${NOBODY}/b) [c](https://${NOBODY}/c)\n`);
    expect(await asked()).toHaveLength(3);
  });

  // All that was there is not asked again for a week: what is left is all dead, each time.
  it('it is not cut off where others answered a moment ago', async () => {
    mkdirSync(join(folder, '.postrider'));
    write('.postrider/links.json', JSON.stringify({ 'https://there.example/': Date.now() - 1_000 }));
    issue(`[a](https://a.${NOBODY}/) [b](https://b.${NOBODY}/) [c](https://c.${NOBODY}/) [d](https://there.example/)\n`);
    expect(await asked()).toHaveLength(3);
  });

  it('a relative one is on the web when the issue is', async () => {
    issue('[a](more.html)\n');
    expect(await asked()).toEqual([]);
  });

  it('one with a strange name in it does not end the check', async () => {
    issue('[a](https://a%ff@127.0.0.1:1/) TODO: x\n');
    expect(await asked()).toContain('placeholder 5:32');
  });
});

// Parsing says so; then the check walks the tree again, and throws.
it('a file nested thousands deep is an error with a sentence', async () => {
  issue('<div>'.repeat(5_000));
  const { code, stdout } = await check('2023-02');
  expect(code).toBe(1);
  expect(stdout).toContain('nested too deeply');
});

/** A newsletter whose pattern fits no file. */
function emptied(): string {
  const file = join(folder, 'newsletter.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('issues/{id}', 'issues/nothing-{id}'));
  return folder;
}
