// The shape of newsletter.yaml. Unknown keys are problems; every message says what to write instead.
import { z } from 'zod';
import { needsSmtpUtf8 } from '../src/domain/address.ts';
import { COLOUR, contrast, READABLE_CONTRAST } from '../src/domain/colour.ts';
import { parseMailbox } from '../src/domain/mailbox.ts';
import { GENERATORS } from '../src/domain/site.ts';
import { CODE_BACKGROUND, QUIET_COLOUR } from '../src/domain/theme.ts';

const oneLine = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'is longer than 200 characters')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line');

const mailbox = oneLine.transform((text, context) => {
  const parsed = parseMailbox(text);
  if (parsed && !needsSmtpUtf8(parsed.address)) return parsed;
  context.addIssue({ code: 'custom', message: 'is not an address; write it as name@example.org or Name <name@example.org>' });
  return z.NEVER;
});

const domain = z
  .string()
  // A return path must fit before it (RFC 5321 4.5.3.1).
  .max(180, 'is longer than 180 characters')
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'is not a domain name; write it as bounces.example.org, in lower case',
  );
const webPattern = oneLine.refine((text) => /^https?:\/\//.test(text), 'must begin with https://');
export const LIST_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const listName = z.string().regex(LIST_NAME, 'is not a list name; use small letters, digits and hyphens');

/** What `check` complains of, and a newsletter or a line may switch off. */
export const CHECK_RULES = [
  ...['link-dead', 'link-duplicate', 'link-insecure', 'link-shortened', 'link-tracking', 'link-private', 'link-empty'],
  ...[
    'front-matter',
    'link',
    'html',
    'image-alt',
    'backtick',
    'generator',
    'reference',
    'placeholder',
    'date',
    'section-empty',
    'heading-order',
  ],
  ...['image-missing', 'image-broken', 'image-size', 'image-format', 'subject', 'preheader', 'size'],
] as const;

const repository = /^[\w.-]+\/[\w.-]+$/;

const limit = z.int('must be a whole number').min(0, 'must be 0 (no limit) or more');
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day; write it as 2026-12-01')
  .refine((text) => new Date(Date.parse(`${text}T00:00Z`) || 0).toISOString().startsWith(text), 'is not a day of the calendar');
const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const colour = z.string('is not a colour; write it as "#b7410e", in quotes').regex(COLOUR, {
  error: 'is not a colour; write it as "#b7410e", in quotes',
  abort: true,
});
const onWhite = colour.refine((written) => contrast(written, '#ffffff') >= READABLE_CONTRAST, {
  error: 'is too light to be read on white; take a darker one',
  abort: true,
});
const theme = z.strictObject({
  /** The newsletter's name, and the line above. */
  accent: onWhite.optional(),
  link: onWhite
    .refine((written) => contrast(written, CODE_BACKGROUND) >= READABLE_CONTRAST, {
      error: 'is too light to be read on the grey of code; take a darker one',
    })
    .optional(),
  background: colour
    .refine(
      (written) => contrast(written, QUIET_COLOUR) >= READABLE_CONTRAST,
      `is too dark for the small print on it (${QUIET_COLOUR}); take a lighter one`,
    )
    .optional(),
  font: z.enum(['sans', 'serif', 'mono'], 'must be sans, serif or mono').optional(),
  width: z.int('must be a whole number').min(480, 'must be 480 or more').max(800, 'must be 800 or less').optional(),
  logo: z
    .strictObject({
      src: webPattern,
      alt: oneLine,
      width: z.int('must be a whole number').min(16, 'must be 16 or more').max(576, 'must be 576 or less'),
    })
    .optional(),
});

const list = z.strictObject({
  title: oneLine,
  description: oneLine.optional(),
  /** RFC 2919; made of the list's name and the sender's domain where it is left out. */
  listId: domain.optional(),
  /** `single` takes whoever is typed into the form, without asking the owner of the address. */
  optIn: z.enum(['double', 'single'], 'must be double or single').optional(),
});

export const newsletterSchema = z.strictObject({
  /** The Postrider that the file is written for, as `1.2`; an older one refuses it. */
  postrider: z
    .string('is not a version; write it as "0.1", in quotes')
    .regex(/^\d+\.\d+$/, 'is not a version; write it as "0.1"')
    .optional(),
  /** Read by Jekyll alone, which would put the file on the web otherwise. */
  published: z.literal(false, 'is there for Jekyll, and must be false').optional(),
  /** Issues from before this day were never sent from here. */
  adopted: day.optional(),
  name: oneLine,
  from: mailbox,
  replyTo: mailbox.optional(),
  language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is not a language tag; write it as en or pt-BR'),
  issues: z.strictObject({
    files: z.array(oneLine).min(1, 'needs one pattern at least'),
    url: webPattern,
    /** Who serves the images that lie beside an issue; the archive, where the issues' own addresses are ours. */
    images: z.enum(['site', 'archive'], 'must be site or archive').optional(),
  }),
  /** The generator of the newsletter's site, whose links and anchors the issues have. */
  site: z
    .strictObject({
      generator: z.enum(GENERATORS, `must be one of ${GENERATORS.join(', ')}`),
      /** Folder of pages, relative to the root. */
      content: oneLine.optional(),
      /** Where the site begins; the root of `issues.url` where it is left out. */
      url: webPattern.optional(),
    })
    .optional(),
  /** Whose merged pull requests `collect` lists. */
  collect: z
    .strictObject({
      /** Organisations, people and repositories of GitHub. */
      from: z
        .array(z.string().regex(/^[\w.-]+(?:\/[\w.-]+)?$/, 'is not a name on GitHub; write it as owner or owner/repository'))
        .min(1, 'needs one name at least'),
      leaveOut: z.array(z.string().regex(repository, 'is not a repository; write it as owner/repository')).optional(),
    })
    .optional(),
  /** The newsletter's own colours. */
  theme: theme.optional(),
  /** Rules of `check` that this newsletter does not want. */
  check: z.strictObject({ off: z.array(z.enum(CHECK_RULES, `is not a rule of check; there are: ${CHECK_RULES.join(', ')}`)) }),
  /** Folder with templates of its own, relative to the root. */
  templates: oneLine,
  /** IANA name, for `--at` and what people read; the machine's own where it is left out. */
  timezone: oneLine.refine(isTimeZone, 'is not a time zone; write it as Europe/Berlin').optional(),
  greeting: oneLine.optional(),
  postalAddress: oneLine.optional(),
  /** Domain that takes returned mail, for signed return paths. */
  returnsDomain: domain.optional(),
  /** Mailbox for returned mail where there is no such domain; the sender's where it is left out. */
  returnPath: mailbox.optional(),
  defaultList: listName.optional(),
  lists: z.record(listName, list).refine((lists) => Object.keys(lists).length > 0, 'needs one list at least'),
  relay: z.strictObject({
    connections: z.int('must be a whole number').min(1, 'must be 1 or more').max(100, 'must be 100 or less').optional(),
    messagesPerSecond: z.number().min(0, 'must be 0 (no limit) or more').max(10_000, 'must be 10000 or less').optional(),
    messagesPerHour: limit,
    messagesPerDay: limit,
    /** The daily limit of each day from `from` on, while a new sender earns its name. */
    warmUp: z
      .strictObject({
        from: day,
        perDay: z.array(z.int('must be a whole number').min(1, 'must be 1 or more')).min(1, 'needs one day at least'),
      })
      .optional(),
    messagesPerConnection: z.int('must be a whole number').min(1, 'must be 1 or more'),
    ehloName: domain.optional(),
  }),
  /** What becomes of recipients who may have got an issue, or not. */
  onUnknown: z.enum(['hold', 'resend', 'skip'], 'must be hold, resend or skip'),
  /** Who hears when a mailing starts, ends or stops. */
  notices: z.strictObject({ to: mailbox.optional(), command: z.array(oneLine).min(1, 'needs a program at least').optional() }),
});

export type Newsletter = z.infer<typeof newsletterSchema>;
