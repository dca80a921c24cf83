// The text that an issue begins with: its title and its days, in the notation of the issue before.
import { describe, expect, it } from 'vitest';
import { parseFrontMatter } from '../../src/issue/front-matter.ts';
import { type NewIssue, newIssue, periodOf } from '../../src/issue/new-issue.ts';

const ISSUE: NewIssue = {
  ...{ name: { id: '2023-01' }, newsletter: 'News', language: 'en', today: '2023-02-07' },
  ...{ previous: null, headings: '', template: null },
};
const begun = (more: Partial<NewIssue>): string => newIssue({ ...ISSUE, ...more });
const TOML = '+++\ntitle = "Old"\nnumber = 7\n+++\n\nText.\n';
const YAML = '---\ntitle: Old\nnumber: 7\n---\n\nText.\n';
const HEADER = 'Title: Old\nNumber: 7\nDate: 2023-01-01\n\nText.\n';

describe('the notation', () => {
  it.each([
    ['TOML', TOML, '+++\ntitle = "News: January 2023"\nnumber = 8\ndate = 2023-02-01\n+++\n'],
    ['TOML with a byte order mark', `\uFEFF${TOML}`, '+++\n'],
    ['YAML', YAML, '---\ntitle: "News: January 2023"\nnumber: 8\ndate: 2023-02-01\n---\n'],
    ['YAML with the line breaks of Windows', YAML.replaceAll('\n', '\r\n'), '---\ntitle: "News: January 2023"\nnumber: 8\n'],
    ['plain lines', HEADER, 'Title: News: January 2023\nNumber: 8\nDate: 2023-02-01\n\n'],
    ['none, and then YAML', 'Text alone.\n', '---\ntitle: "News: January 2023"\ndate: 2023-02-01\n---\n'],
  ])('is that of the issue before: %s', (_what, previous, expected) => {
    expect(begun({ previous }).startsWith(expected)).toBe(true);
  });

  it.each([
    ['The "Best" \\ News', TOML],
    ['The "Best" \\ News', YAML],
    ['The "Best" \\ News', HEADER],
    ['# 1: {{ news }} & more', TOML],
    ['# 1: {{ news }} & more', YAML],
    ['新闻 🚀', TOML],
    ['新闻 🚀', YAML],
  ])('holds a name with marks of its own: %s', (newsletter, previous) => {
    const { data, problems } = parseFrontMatter(begun({ newsletter, previous }));
    expect(problems).toEqual([]);
    expect(data['title']).toBe(`${newsletter}: January 2023`);
    expect(String(data['date'])).toMatch(/^2023-02-01/);
  });
});

describe('the title and the day', () => {
  it.each([
    [{ id: '2023-01' }, 'News: January 2023', '2023-02-01'],
    [{ id: '2024-02' }, 'News: February 2024', '2024-03-01'],
    [{ id: '2023-12' }, 'News: December 2023', '2024-01-01'],
    [{ id: '2024-11-20', date: '2024-11-20' }, 'News', '2024-11-20'],
    [{ id: '12', number: '12' }, 'News 12', '2023-02-07'],
    [{ id: 'special' }, 'News', '2023-02-07'],
    [{ id: '2023-13' }, 'News', '2023-02-07'],
  ])('of %j are %s, %s', (name, title, date) => {
    const { data } = parseFrontMatter(begun({ name }));
    expect([data['title'], String(data['date']).slice(0, 10)]).toEqual([title, date]);
  });

  it('are in the newsletter’s language', () => {
    expect(begun({ language: 'de' })).toContain('title: "News: Januar 2023"');
    expect(begun({ language: 'ja' })).toContain('2023年1月');
  });

  it('go on counting from the issue before, where its name has no number', () => {
    expect(begun({ name: { id: '2024-11-20', date: '2024-11-20' }, previous: YAML })).toContain('title: "News 8"\nnumber: 8\n');
    expect(begun({ previous: YAML.replace('7', 'seven') })).not.toContain('number');
  });
});

describe('a text of the newsletter’s own', () => {
  it('has its days filled in, and every other brace left as it is', () => {
    const template =
      '{{id}} {{ title }} {{date}} {{month}} {{since}} {{until}} {{ page.url }} {{constructor}} {{toString}} {% if %} {{number}} {{{date}}}';
    expect(begun({ template, name: { id: '2024-02' } })).toBe(
      '2024-02 News: February 2024 2024-03-01 February 2024 2024-02-01 2024-02-29 {{ page.url }} {{constructor}} {{toString}} {% if %} {{number}} {2024-03-01}',
    );
  });

  it('has the week before its day', () => {
    const name = { id: '2024-03-06', date: '2024-03-06', number: '9' };
    expect(begun({ template: '{{since}}..{{until}} #{{number}} of {{month}}', name })).toBe(
      '2024-02-28..2024-03-05 #9 of March 2024',
    );
  });

  it('holds a name with quotation marks where it has them itself', () => {
    const template = '---\ntitle: "{{title}}"\ndate: {{date}}\n---\n\n"{{title}}" he said.\n';
    const text = begun({ template, newsletter: 'The "Best"' });
    expect(parseFrontMatter(text)).toMatchObject({ problems: [], data: { title: 'The "Best": January 2023' } });
    expect(text.endsWith('"The "Best": January 2023" he said.\n')).toBe(true);
  });

  it('takes a name for no pattern of replacement', () => {
    expect(begun({ template: '{{title}}', newsletter: '$& $1' })).toBe('$& $1: January 2023');
  });
});

describe('the period', () => {
  it.each([
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2023-02', '2023-02-01', '2023-02-28'],
    ['2100-02', '2100-02-01', '2100-02-28'],
    ['2023-12', '2023-12-01', '2023-12-31'],
  ])('of %s is its month', (id, since, until) => {
    expect(periodOf({ id })).toEqual({ since, until, isMonth: true });
  });

  it('of a day is the week before it, over the ends of months and years', () => {
    const week = (date: string): unknown => periodOf({ id: date, date });
    expect(week('2024-01-03')).toEqual({ since: '2023-12-27', until: '2024-01-02', isMonth: false });
  });

  it.each(['2023-00', '2023-13', 'x', '12', '2023-1'])('of %s is none', (id) => {
    expect(periodOf({ id })).toBeUndefined();
  });

  it.each(['2023-02-30', '2023-13-45'])('of a day that no calendar has is none: %s', (date) => {
    expect(periodOf({ id: date, date })).toBeUndefined();
  });
});
