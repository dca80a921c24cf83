// How a newsletter looks: what of the mail and the pages is its own. Everything else is the templates' affair.

export interface Theme {
  /** The newsletter's name, and the line above the mail; `#rrggbb`, readable on white. */
  readonly accent: string;
  /** Links; readable on white. */
  readonly link: string;
  /** Behind the white card; what stands in the footer can be read on it. */
  readonly background: string;
  /** CSS font stack. */
  readonly font: string;
  /** Of the card, in CSS pixels. */
  readonly width: number;
  readonly logo: Logo | null;
}

export interface Logo {
  /** Absolute web address. */
  readonly src: string;
  readonly alt: string;
  /** As it is shown, in CSS pixels; the file may have twice as many. */
  readonly width: number;
}

export const FONTS = {
  sans: "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
  serif: "Charter,'Iowan Old Style',Georgia,'Times New Roman',serif",
  mono: 'ui-monospace,SFMono-Regular,Menlo,Consolas,monospace',
} as const;

/** The colour of small print, in the footer and beside the title. */
export const QUIET_COLOUR = '#59636e';
/** Behind code and the table of contents, where links stand too. */
export const CODE_BACKGROUND = '#eff1f4';
/** Behind the text in the dark. */
export const DARK_CARD = '#171b21';

const CARD_PADDING_PX = 64;

/** As wide as text and images are, at most. */
export function textWidthOf({ width }: Pick<Theme, 'width'>): number {
  return width - CARD_PADDING_PX;
}

export const DEFAULT_THEME: Theme = {
  accent: '#b7410e',
  link: '#0b5cad',
  background: '#eef0f3',
  font: FONTS.sans,
  width: 640,
  logo: null,
};
