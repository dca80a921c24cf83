// What is written for the messages that the conformance table looks at: newsletters, issues and readers that bring each
// rule to its limit. Only texts; nothing is sent here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mailbox } from './conformance/mail.ts';

const SAMPLE = readFileSync(join(import.meta.dirname, '../../issues/2023-01.md'), 'utf8');

/** What the links are signed with. */
export const SECRET = '0123456789abcdef0123456789abcdef';

export interface WrittenIssue {
  readonly id: string;
  readonly markdown: string;
  readonly subject: string;
  /** Lines of the text part, whole. */
  readonly lines: readonly string[];
}

export interface WrittenNewsletter {
  readonly name: string;
  readonly yaml: string;
  readonly from: Mailbox;
  readonly replyTo: Mailbox | null;
  readonly listTitle: string;
  readonly issues: readonly WrittenIssue[];
  /** What its relay keeps to itself. */
  readonly hidden: readonly string[];
}

const LONG_WORD = 'unbroken'.repeat(375);
const LINKS = Array.from({ length: 250 }, (_, index) => `- [Link number ${index}](https://links.example/${index}/?a=1&b=ü)`);

const JAPANESE_SUBJECT =
  'ラストで書くオペレーティングシステムの今月号:ブートローダー、割り込み、仮想記憶、そして🦀の長い長い一月の便りをお届けします';
const JAPANESE = `+++
title = "${JAPANESE_SUBJECT}"
date = 2023-02-07
preheader = "一月の便り"
+++

皆さん、こんにちは。これは日本語の号です。

${'改行のない長い段落が続きます。'.repeat(80)}

## カーネル

- [割り込み](https://例え.example/割り込み)について
`;

const TRAPS = `+++
title = "Lines =?utf-8?Q?that?= begin with dots, and a subject of printable ASCII that goes on for longer than one line may"
date = 2023-02-07
+++

Below are lines that mail programs have changed on the way.

\`\`\`text
.
..
.dot
From the kernel to user space
--
-- =_boundary
=20 =E2 =
trailing space 
\`\`\`
`;

/** Every address here is a reader of each newsletter. */
export const READERS: readonly Mailbox[] = [
  { name: 'Ada Lovelace', address: 'ada@reader.example' },
  { name: '', address: 'nameless@reader.example' },
  { name: 'Lovelace, "Ada" \\ Countess', address: 'countess@reader.example' },
  { name: `Jürgen ${'Übermüßig-Größenwahn '.repeat(7)}von 漢字 🦀`, address: 'long.name@reader.example' },
  { name: [...'ABCDEFGHIJKLMNO'].map((letter) => `"${letter}"`).join(' '), address: 'quotes@reader.example' },
  { name: 'Bücherwurm', address: 'leser@bücher.example' },
  { name: 'Grüße', address: 'grüße@reader.example' },
  { name: '', address: `${'l'.repeat(64)}@${'d'.repeat(61)}.${'e'.repeat(61)}.${'f'.repeat(56)}.example` },
];

const SAMPLE_ISSUE = {
  id: '2023-01',
  markdown: SAMPLE,
  subject: 'This Month in Rust OSDev: January 2023',
  lines: ['ticks.fetch_add(1, Ordering::Relaxed);'],
};

export const NEWSLETTERS: readonly WrittenNewsletter[] = [
  {
    name: 'sample',
    from: { name: 'This Month in Rust OSDev', address: 'newsletter@rust-osdev.example' },
    replyTo: { name: 'Redaktion, Größe', address: 'editors@rust-osdev.example' },
    listTitle: 'This Month in Rust OSDev',
    hidden: [],
    issues: [
      SAMPLE_ISSUE,
      {
        id: 'links',
        markdown: `+++\ntitle = "250 links"\ndate = 2023-02-07\n+++\n\n${LONG_WORD}\n\n${LINKS.join('\n')}\n`,
        subject: '250 links',
        lines: [LONG_WORD],
      },
      {
        id: 'märz-traps',
        markdown: TRAPS,
        subject:
          'Lines =?utf-8?Q?that?= begin with dots, and a subject of printable ASCII that goes on for longer than one line may',
        lines: ['.', '..', '.dot', 'From the kernel to user space', '--', '-- =_boundary', '=20 =E2 ='],
      },
    ],
    yaml: `name: This Month in Rust OSDev
from: This Month in Rust OSDev <newsletter@rust-osdev.example>
replyTo: '"Redaktion, Größe" <editors@rust-osdev.example>'
returnsDomain: bounces.rust-osdev.example
issues: { url: "https://rust-osdev.example/this-month/{id}/" }
greeting: Hello {name|friend of Rust},
postalAddress: Rust OSDev, 1 Kernel Street, 10115 Berlin, Germany
lists:
  monthly: { title: This Month in Rust OSDev }
notices: { to: "Redaktion „Überblick“ <editors@desk.example>" }
`,
  },
  {
    name: 'japanese',
    from: { name: 'Müller, Jürgen „Kernel“ Größe', address: 'brief@kern.example' },
    replyTo: null,
    listTitle: 'Überblick "monatlich", auf Japanisch: ラストで書くオペレーティングシステムの今月号',
    hidden: ['SMTPUTF8', '8BITMIME', 'SIZE'],
    issues: [
      { id: '2023-01', markdown: JAPANESE, subject: JAPANESE_SUBJECT, lines: ['皆さん、こんにちは。これは日本語の号です。'] },
    ],
    yaml: `name: Überblick
from: '"Müller, Jürgen „Kernel“ Größe" <brief@kern.example>'
language: ja
returnPath: ruecklauf@büro.example
issues: { url: "https://例え.example/号/{id}/" }
greeting: "{name|皆さん}"
postalAddress: Kern, 10115 Berlin
lists:
  monthly: { title: 'Überblick "monatlich", auf Japanisch: ラストで書くオペレーティングシステムの今月号' }
relay: { ehloName: mail.kern.example }
`,
  },
];
