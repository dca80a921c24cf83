// SpamAssassin reads what Postrider really sends, as it comes to a reader's server, and finds next to nothing against it.
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SinkEntry } from '../../src/sink/sink.ts';
import { CORPUS } from '../email/corpus-table.ts';
import { findCommand } from '../services/install.ts';
import { scoreOf, type Verdict } from '../services/spamassassin.ts';
import { postrider } from './cli.ts';
import { type ReaderSite, startSite } from './reader-site.ts';
import { endAll, until } from './several.ts';

const LIMIT = { timeout: 60_000 };
const READER = 'reader0@example.org';
const NEWCOMER = 'newcomer@example.org';
// .example is no top-level domain to SpamAssassin, which would not look at such links and senders; example.com it knows.
const DOMAIN = 'rust-osdev.example.com';
const EDITORS = `editors@${DOMAIN}`;
const SETTINGS = `notices: { to: ${EDITORS} }\nrelay: { ehloName: news.${DOMAIN} }\n`;

/** A message, and how it came. */
type Mail = Pick<SinkEntry, 'sender' | 'recipient' | 'client'> & { readonly bytes: Buffer };

const STRANGER = { sender: 'stranger@example.net', recipient: READER, client: 'desk.example.net' };
const SWINDLE_SUBJECT = 'URGENT BUSINESS PROPOSAL - STRICTLY CONFIDENTIAL';
const SWINDLE = `Dear Beneficiary,

I am Barrister Williams Johnson, attorney to the late Engineer Morris, a foreign contractor who died in a plane crash with
his next of kin. He left the sum of US$18,500,000.00 (Eighteen Million Five Hundred Thousand United States Dollars) in a
bank in Lagos, Nigeria. I seek your assistance to transfer this fund out of the country into your foreign bank account.
You will have 40% of the total sum. This transaction is 100% risk free and strictly confidential. Please reply urgently
with your full name, your telephone number, your bank account number and a copy of your passport, to my private email.

God bless you, Barrister Williams Johnson`;

const LINKS = Array.from({ length: 6 }, (_, index) => `- [Item ${index + 1}](https://site${index + 1}.example.org/news)`);
const ISSUES: Readonly<Record<string, string>> = {
  sample: readFileSync(join(import.meta.dirname, '../../issues/2023-01.md'), 'utf8'),
  links: issueOf('The Press, February 2023', LINKS.join('\n')),
  image: issueOf('The Press, February 2023', `A picture of the month.\n\n![A crab on a rock](https://${DOMAIN}/crab.png)`),
  arabic: issueOf(
    'رسالة شباط',
    `أهلا بكم في رسالة هذا الشهر. نشرنا نسخة جديدة من البرنامج، وكتبنا عنها [مقالا قصيرا](https://example.org/ar).

## أخبار

شكرا لكل من ساعدنا في هذا العمل، وإلى الشهر القادم.`,
    'ar',
  ),
  chinese: issueOf(
    '二月通讯',
    `欢迎阅读本月的通讯。我们发布了新版本，并写了[一篇短文](https://example.org/zh)介绍它。

## 新闻

感谢所有帮助过我们的人，下个月再见。`,
    'zh',
  ),
};

function issueOf(title: string, body: string, language = 'en'): string {
  return `+++\ntitle = "${title}"\nlanguage = "${language}"\ndate = 2023-02-07\n+++\n\n${body}\n`;
}

/** The largest by its file; undefined where the folder is not there. */
function largestRealIssue(): string | undefined {
  const files = globSync('**/*.md', { cwd: CORPUS }).map((file) => join(CORPUS, file));
  return files.toSorted((a, b) => statSync(b).size - statSync(a).size)[0];
}

if (!existsSync(CORPUS)) process.stderr.write(`Left out: a test on a real issue. The folder ${CORPUS} is not there.\n`);

describe.skipIf(findCommand('spamassassin') === undefined)('SpamAssassin', () => {
  let site: ReaderSite;

  beforeAll(async () => {
    const settings = (yaml: string) => yaml.replaceAll('rust-osdev.example', DOMAIN) + SETTINGS;
    site = await startSite(1, settings, { BASE_URL: `https://news.${DOMAIN}` });
  }, 60_000);
  afterAll(async () => {
    await site?.stop();
    await endAll();
  });

  async function send(id: string, markdown: string): Promise<void> {
    writeFileSync(join(site.place.cwd, `issues/${id}.md`), markdown);
    const { code, stderr } = await postrider(['send', '--issue', id, '--yes'], site.place);
    expect(code, stderr).toBe(0);
  }

  /** What the witness took for the address, with this line in its header. */
  function mailTo(address: string, line: string): SinkEntry & { readonly bytes: Buffer } {
    for (const entry of site.sink.entries()) {
      if (entry.recipient !== address || entry.file === null) continue;
      const bytes = readFileSync(join(site.sink.folder, entry.file));
      if (bytes.includes(`\r\n${line}\r\n`)) return { ...entry, bytes };
    }
    throw new Error(`No mail to ${address} has the line ${line}`);
  }

  async function expectIssuePasses(id: string, markdown: string): Promise<void> {
    await send(id, markdown);
    const { rules } = await expectPass(mailTo(READER, `X-Postrider-Issue: ${id}`));
    // Which says no more than that it has read the HTML.
    expect(rules.map(({ name }) => name)).toContain('HTML_MESSAGE');
  }

  it.each([
    ['the sample issue', 'sample'],
    ['an issue that is six links', 'links'],
    ['an issue with an image', 'image'],
    ['an issue in Arabic', 'arabic'],
    ['an issue in Chinese', 'chinese'],
  ])('lets %s pass', LIMIT, (_, id) => expectIssuePasses(id, ISSUES[id] ?? ''));

  it.skipIf(!existsSync(CORPUS))('lets the largest real issue pass', LIMIT, () =>
    expectIssuePasses('largest', readFileSync(largestRealIssue() ?? '', 'utf8')),
  );

  it('lets the letter pass that asks a new reader to confirm', LIMIT, async () => {
    const { origin } = new URL(site.url);
    const form = await (await fetch(`${origin}/`)).text();
    const stamp = /name="stamp" value="([^"]+)"/.exec(form)?.[1] ?? '';
    // A person is no quicker.
    await sleep(2_100);
    const body = new URLSearchParams({ address: NEWCOMER, list: 'monthly', stamp });
    expect((await fetch(`${origin}/join`, { method: 'POST', body })).status).toBe(200);
    await until(() => site.sink.entries().some(({ recipient }) => recipient === NEWCOMER));
    await expectPass(mailTo(NEWCOMER, 'Subject: Please confirm your subscription'));
  });

  it('lets the mail pass that tells the editors of a mailing', LIMIT, async () => {
    await send('told', issueOf('The Press', 'A short issue.'));
    await expectPass(mailTo(EDITORS, 'Subject: [Postrider] Issue told to monthly is finished'));
  });

  it.each([
    ['its own test text', 'Hello', 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'],
    ['a swindle', SWINDLE_SUBJECT, SWINDLE],
  ])('does not let %s pass', LIMIT, async (_, subject, words) => {
    const verdict = await judge({ ...STRANGER, bytes: Buffer.from(messageOf(subject, words)) });
    expect(verdict.score, tell(verdict)).toBeGreaterThan(5);
  });
});

async function expectPass(mail: Mail): Promise<Verdict> {
  const verdict = await judge(mail);
  expect(verdict.score, tell(verdict)).toBeLessThan(1);
  // It would take a point off, for mail that never left the house.
  expect(verdict.rules.map(({ name }) => name)).not.toContain('ALL_TRUSTED');
  return verdict;
}

function judge(mail: Mail): Promise<Verdict> {
  return scoreOf(Buffer.concat([traceOf(mail), mail.bytes]));
}

/**
 * What servers put before a message: the sender's own relay, which takes it from whoever logs in, and the reader's. Without
 * them SpamAssassin knows neither when the message came nor from whom, and passes over the rules that look at either. The
 * addresses are for benchmarks (RFC 2544): those for examples (RFC 5737) it calls illegal.
 */
function traceOf({ sender, recipient, client }: Mail): Buffer {
  const relay = `relay.${DOMAIN}`;
  const date = dateNow();
  const lines = [
    `Return-Path: <${sender}>`,
    `Received: from ${relay} (${relay} [198.18.0.25])`,
    '\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))',
    '\tby mx.example.org (Postfix) with ESMTPS id 4TnQkz1zR2z9v7c',
    `\tfor <${recipient}>; ${date}`,
    `Received: from ${client} (${client} [198.18.7.80])`,
    `\tby ${relay} (Postfix) with ESMTPSA id 4TnQky6p0Nz3wYd`,
    `\tfor <${recipient}>; ${date}`,
  ];
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
}

function tell({ score, rules }: Verdict): string {
  return `${score}: ${rules.map((rule) => `${rule.name} ${rule.score}`).join(', ')}`;
}

function messageOf(subject: string, words: string): string {
  const head = [
    `Message-ID: <${Date.now()}@example.net>`,
    `Date: ${dateNow()}`,
    `From: A Stranger <${STRANGER.sender}>`,
    `To: ${READER}`,
    `Subject: ${subject}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${words.replaceAll('\n', '\r\n')}\r\n`;
}

function dateNow(): string {
  return new Date().toUTCString().replace('GMT', '+0000');
}
