// An email is the rendered issue before it has a recipient: text with slots.

/**
 * Where a slot's value will stand, which decides how it is escaped: HTML text or a quoted attribute
 * (`html`), a whole address in a link (`url`), a part of one (`url-part`), or plain text (`text`).
 */
export type SlotContext = 'html' | 'url' | 'url-part' | 'text';

/** A gap that each recipient fills: `name`, `address`, `unsubscribeUrl`, `attributes.city`, … */
export interface Slot {
  readonly name: string;
  /** Stands where the recipient has no value. */
  readonly fallback: string;
  readonly context: SlotContext;
}

/** Fixed text and slots, in order. */
export type SlottedText = readonly (string | Slot)[];

/** An issue as a page of the archive: the same content as the mail, without a reader. */
export interface IssuePage {
  readonly title: string;
  /** `YYYY-MM-DD`; null where the issue has none. */
  readonly day: string | null;
  readonly summary: string;
  /** The body; sanitised. */
  readonly html: string;
}

export interface Email {
  readonly subject: string;
  readonly html: SlottedText;
  readonly text: SlottedText;
  readonly page: IssuePage;
  /** Whether the HTML is cut, since it is larger than Gmail shows. */
  readonly isCut: boolean;
  /** The MJML that the HTML was made from, for the curious. */
  readonly mjml: string;
}

/** Gmail hides what of the HTML is beyond, and with it the way to unsubscribe. */
export const GMAIL_CLIP_BYTES = 102_400;

/** One recipient's values for the slots. */
export type SlotValues = Readonly<Record<string, string | undefined>>;
