// Colours on a screen: whether they can be read together, by WCAG 2.2, 1.4.3.

export const COLOUR = /^#[0-9a-f]{6}$/i;
/** The least contrast of text to what is behind it. */
export const READABLE_CONTRAST = 4.5;

/** From 1 (the same) to 21 (black on white); both as `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** White where it can be read on it, and black where not. */
export function textOn(colour: string): string {
  return contrast('#ffffff', colour) >= READABLE_CONTRAST ? '#ffffff' : '#000000';
}

/** The colour, as much lightened as it takes to be read on something dark. */
export function lightenFor(colour: string, behind: string, least = READABLE_CONTRAST): string {
  for (let share = 0; share <= 1; share += 0.05) {
    const lighter = `#${channels(colour)
      .map((value) => hex(value + (255 - value) * share))
      .join('')}`;
    if (contrast(lighter, behind) >= least) return lighter;
  }
  return '#ffffff';
}

/** Relative luminance, as WCAG defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function hex(value: number): string {
  return Math.round(value).toString(16).padStart(2, '0');
}
