// The values in newsletter.yaml: what each may be, and what is said of what it may not.
import { describe, expect, it } from 'vitest';
import { readNewsletter } from '../../config/read-newsletter.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import { DEFAULTS, NEWSLETTER } from './sample-settings.ts';

function complaints(text: string): string[] {
  const { newsletter, problems } = readNewsletter(text, DEFAULTS, 'n.yaml');
  expect(newsletter === null).toBe(problems.length > 0);
  return problems.map(formatProblem);
}

const ADDRESS = 'is not an address; write it as name@example.org or Name <name@example.org>. Mend this line.';
const DOMAIN = 'is not a domain name; write it as bounces.example.org, in lower case. Mend this line.';

describe('a bad value', () => {
  it.each([
    ['replyTo: nobody', `\`replyTo\` ${ADDRESS}`],
    ['replyTo: Ada <ada@localhost>', `\`replyTo\` ${ADDRESS}`],
    ['replyTo: a@x.example, b@x.example', `\`replyTo\` ${ADDRESS}`],
    ['replyTo: "a@x.example\\nBcc: b@x.example"', '`replyTo` must be one line. Mend this line.'],
    ['returnPath: bounces', `\`returnPath\` ${ADDRESS}`],
    ['returnsDomain: Returns.Example.Org', `\`returnsDomain\` ${DOMAIN}`],
    ['returnsDomain: localhost', `\`returnsDomain\` ${DOMAIN}`],
    ['returnsDomain: a@returns.example', `\`returnsDomain\` ${DOMAIN}`],
    ['returnsDomain: "returns.example\\n"', `\`returnsDomain\` ${DOMAIN}`],
    ['language: english please', '`language` is not a language tag; write it as en or pt-BR. Mend this line.'],
    ['greeting: ""', '`greeting` must not be empty. Mend this line.'],
    ['greeting: "  "', '`greeting` must not be empty. Mend this line.'],
    ['greeting: "Hello\\r\\nBcc: x"', '`greeting` must be one line. Mend this line.'],
    [`greeting: ${'x'.repeat(201)}`, '`greeting` is longer than 200 characters. Mend this line.'],
    ['defaultList: weekly', '`defaultList` names no list of yours. There are: monthly.'],
    ['defaultList: Weekly News', '`defaultList` is not a list name; use small letters, digits and hyphens. Mend this line.'],
  ])('%j is told so', (line, said) => {
    expect(complaints(`${NEWSLETTER}${line}\n`)).toEqual([`n.yaml:8:1 error: ${said}`]);
  });

  it.each([
    ['connections: 0', '`relay.connections` must be 1 or more.'],
    ['connections: 101', '`relay.connections` must be 100 or less.'],
    ['connections: 1.5', '`relay.connections` must be a whole number.'],
    ['messagesPerSecond: 10001', '`relay.messagesPerSecond` must be 10000 or less.'],
    ['messagesPerSecond: .inf', '`relay.messagesPerSecond` must be a number.'],
    ['messagesPerConnection: 0', '`relay.messagesPerConnection` must be 1 or more.'],
    ['ehloName: my host', '`relay.ehloName` is not a domain name;'],
  ])('in the relay’s block, %j is told so', (line, said) => {
    const [complaint, ...others] = complaints(`${NEWSLETTER}relay:\n  ${line}\n`);
    expect(complaint).toContain(`n.yaml:9:3 error: ${said}`);
    expect(others).toEqual([]);
  });

  it.each([
    ['Monthly News', 'The name `Monthly News` is not a list name; use small letters, digits and hyphens. Mend the name.'],
    ['-x', 'The name `-x` is not a list name; use small letters, digits and hyphens. Mend the name.'],
  ])('as the name of a list, %j is told so', (name, said) => {
    expect(complaints(`${NEWSLETTER}  ${name}:\n    title: W\n`)).toEqual([`n.yaml:8:3 error: ${said}`]);
  });

  it('in a list’s own block is placed there', () => {
    expect(complaints(`${NEWSLETTER}    listId: Monthly\n`)).toEqual([`n.yaml:8:5 error: \`lists.monthly.listId\` ${DOMAIN}`]);
  });

  it('is named beside all the others', () => {
    const text = `${NEWSLETTER.replace('news@kernel.example', 'news@')}replyTo: nobody\ngreting: Hi\nrelay:\n  connections: 0\n`;
    expect(complaints(text).map((each) => each.split(' error:')[0])).toEqual([
      'n.yaml:2:1',
      'n.yaml:8:1',
      'n.yaml:11:3',
      'n.yaml:9:1',
    ]);
  });

  it('is told so where there is no list at all', () => {
    expect(complaints(NEWSLETTER.replace(/lists:[\s\S]*/, 'lists: {}\n'))).toEqual([
      'n.yaml:5:1 error: `lists` needs one list at least. Mend this line.',
    ]);
  });
});

describe('a pattern', () => {
  const THERE_ARE = 'There are: {id}, {date}, {number}, {slug}, {year}, {month}, {day}.';

  it('with placeholders that are none is placed, all of them at once', () => {
    const text = NEWSLETTER.replace('{id}', '{idd}').replace(
      'issues:',
      'issues:\n  files: ["{nmber}/{x}.md", "{id}.md", "a.md"]',
    );
    expect(complaints(text)).toEqual([
      `n.yaml:4:3 error: \`{nmber}\` is not a placeholder. ${THERE_ARE}`,
      `n.yaml:4:3 error: \`{x}\` is not a placeholder. ${THERE_ARE}`,
      `n.yaml:5:3 error: \`{idd}\` is not a placeholder. ${THERE_ARE}`,
      'n.yaml:4:3 error: The pattern `a.md` names one file only. Write {id} where the issues differ.',
    ]);
  });

  it.each([
    ['ftp://kernel.example/{id}/', '`issues.url` must begin with https://.'],
    ['kernel.example/{id}/', '`issues.url` must begin with https://.'],
    ['javascript:alert(1)//https://{id}', '`issues.url` must begin with https://.'],
  ])('%s is no web address', (url, said) => {
    expect(complaints(NEWSLETTER.replace('https://kernel.example/{id}/', url))[0]).toContain(`n.yaml:4:3 error: ${said}`);
  });

  it('is needed for the files', () => {
    expect(complaints(NEWSLETTER.replace('issues:', 'issues:\n  files: []'))).toEqual([
      'n.yaml:4:3 error: `issues.files` needs one pattern at least. Mend this line.',
    ]);
  });
});

describe('a text that is not YAML', () => {
  it.each([
    ['\ttabs: 1', '8:1', 'Tabs are not allowed as indentation'],
    ['greeting: @all', '8:11', 'Plain value cannot start with reserved character @'],
    ['greeting: Hello: you', '8:11', 'Nested mappings are not allowed in compact mappings'],
    ['name: twice', '8:1', 'Map keys must be unique'],
  ])('is told so with its place: %j', (line, place, why) => {
    const [first] = complaints(`${NEWSLETTER}${line}\n`);
    expect(first).toContain(' error: This is not valid YAML: ');
    expect(first).toContain(why);
    expect(first).toContain(`n.yaml:${place} `);
    expect(first).toMatch(/ Mend this line\.$/);
  });

  it.each([
    ['greeting: "Hello', 'Missing closing "quote'],
    ['greeting: [a', 'Flow sequence in block collection must be sufficiently indented'],
    ['---\nname: another', 'Source contains multiple documents'],
  ])('is told so where it breaks off: %j', (line, why) => {
    expect(complaints(`${NEWSLETTER}${line}\n`)[0]).toContain(`This is not valid YAML: ${why}`);
  });
});
