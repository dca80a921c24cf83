// Images beside an issue: read whatever they are, told what is wrong where they cannot be, and made fit for mail. All are real,
// and made here.
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { type CompressedImage, compressImage } from '../../src/source/compress-image.ts';
import { dimensionsOf, type IssueFiles, weighImage } from '../../src/source/image-files.ts';

const filesIn = (folders: readonly string[]): IssueFiles => ({ folders, within: folders });
const TEXT_WIDTH_PX = 576;
const TWICE_PX = 2 * TEXT_WIDTH_PX;

const folder = mkdtempSync(join(tmpdir(), 'postrider-images-'));

async function put(name: string, bytes: Sharp | Uint8Array | string): Promise<void> {
  writeFileSync(join(folder, name), typeof bytes === 'string' || ArrayBuffer.isView(bytes) ? bytes : await bytes.toBuffer());
}

function bytesOf(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** What no encoder makes small, as a photograph. */
function noise(width: number, height: number, channels: 3 | 4 = 3): Sharp {
  const background = channels === 4 ? { r: 200, g: 80, b: 20, alpha: 0.5 } : '#c85014';
  return sharp({ create: { width, height, channels, background, noise: { type: 'gaussian', mean: 128, sigma: 40 } } });
}

/** What every encoder makes small, as a drawing. */
function plain(width: number, height: number, colour = '#c85014'): Sharp {
  return sharp({ create: { width, height, channels: 3, background: colour } });
}

async function moving(width: number, height: number, colours = ['red', 'lime', 'blue']): Promise<Sharp> {
  const frames = await Promise.all(colours.map((colour) => plain(width, height, colour).png().toBuffer()));
  return sharp(frames, { join: { animated: true } });
}

function svg(width: number, height: number, inside = '<rect width="100%" height="100%" fill="#c85014"/>'): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${inside}</svg>`;
}

/** Thin ones, in black and white. */
async function lines(at: number): Promise<Sharp> {
  const paths = Array.from(
    { length: 150 },
    (_, index) => `<path d="M0 ${at + index * 7}L1500 ${1_000 - index * 5}" stroke="black"/>`,
  );
  const drawing = await sharp(Buffer.from(svg(1_500, 1_000, paths.join(''))))
    .flatten({ background: 'white' })
    .png()
    .toBuffer();
  return sharp(drawing).threshold(128);
}

async function compressed(name: string): Promise<CompressedImage> {
  const found = await compressImage(filesIn([folder]), name, TEXT_WIDTH_PX);
  if (found.kind !== 'image') throw new Error(`${name} is ${JSON.stringify(found)}.`);
  return found;
}

/** What a browser finds in it, read to its end. */
async function seen(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const { format, pages = 1 } = await sharp(bytes).metadata();
  return { format, pages, width: info.width, height: info.height, first: [...data.subarray(0, info.channels)] };
}

/** What is said by each of the three who look; one after the other, for libvips tells all that look at once what ails one. */
async function said(name: string) {
  const found = [
    await dimensionsOf(filesIn([folder]), name),
    await weighImage(filesIn([folder]), name),
    await compressImage(filesIn([folder]), name, TEXT_WIDTH_PX),
  ];
  return found.map((each) => (each.kind === 'broken' ? each.why : each.kind));
}

const KINDS: Readonly<Record<string, () => Promise<Uint8Array | string>>> = {
  png: () => plain(800, 600).png().toBuffer(),
  jpg: () => noise(800, 600).jpeg().toBuffer(),
  webp: () => noise(800, 600).webp().toBuffer(),
  avif: () => plain(800, 600).avif({ effort: 0 }).toBuffer(),
  gif: () => plain(800, 600).gif().toBuffer(),
  svg: () => Promise.resolve(svg(800, 600)),
  tiff: () => noise(800, 600).tiff().toBuffer(),
};

describe('the size of a file', () => {
  it.each(Object.entries(KINDS))('is told of %s', async (kind, make) => {
    await put(`size.${kind}`, await make());
    expect(await dimensionsOf(filesIn([folder]), `size.${kind}`)).toEqual({ kind: 'image', size: { width: 800, height: 600 } });
  });

  it('is that of one frame where it moves', async () => {
    await put('frames.gif', (await moving(400, 30)).gif({ delay: 100 }));
    expect(await dimensionsOf(filesIn([folder]), 'frames.gif')).toEqual({ kind: 'image', size: { width: 400, height: 30 } });
  });

  it('is that of the upright image, however the camera was held', async () => {
    await put('upright.jpg', noise(800, 600).withMetadata({ orientation: 6 }).jpeg());
    expect(await dimensionsOf(filesIn([folder]), 'upright.jpg')).toEqual({ kind: 'image', size: { width: 600, height: 800 } });
  });

  it.each(['twice@2x.png', 'twice.v1@2x.png'])('is half of what %s has', async (name) => {
    await put(name, plain(801, 600).png());
    expect(await dimensionsOf(filesIn([folder]), name)).toEqual({ kind: 'image', size: { width: 401, height: 300 } });
  });

  it.each(['twice@2x-old.png', '@2xtwice.png'])('is all of what %s has', async (name) => {
    await put(name, plain(800, 600).png());
    expect(await dimensionsOf(filesIn([folder]), name)).toMatchObject({ size: { width: 800 } });
  });

  // A page shows them so, and a mail must not be held up by a file that is checked elsewhere.
  it('is in its beginning', async () => {
    await put('beginning.jpg', (await noise(800, 600).jpeg().toBuffer()).subarray(0, 20_000));
    expect(await dimensionsOf(filesIn([folder]), 'beginning.jpg')).toEqual({ kind: 'image', size: { width: 800, height: 600 } });
  });

  it('is that of the file as it is now', async () => {
    await put('now.png', plain(80, 60).png());
    await said('now.png');
    await put('now.png', plain(40, 20).png());
    expect(await dimensionsOf(filesIn([folder]), 'now.png')).toEqual({ kind: 'image', size: { width: 40, height: 20 } });
  });
});

describe('a name', () => {
  it.each([
    ['with a space', 'a b.png', 'a%20b.png'],
    ['with letters of all kinds', 'Übergröße 図.png', encodeURIComponent('Übergröße 図.png')],
    ['with a percent sign that means nothing', '100%.png', '100%.png'],
    ['with a percent sign that is written out', '50%.png', '50%25.png'],
  ])('%s is found as an address writes it', async (_, name, path) => {
    await put(name, plain(80, 60).png());
    expect(await said(path)).toEqual(['image', 'image', 'image']);
  });

  it('is looked for in one folder after the other', async () => {
    const other = mkdtempSync(join(tmpdir(), 'postrider-images-'));
    await put('in-both.png', plain(80, 60).png());
    writeFileSync(join(other, 'in-both.png'), await plain(40, 20).png().toBuffer());
    const widths = [
      await dimensionsOf(filesIn([folder, other]), 'in-both.png'),
      await dimensionsOf(filesIn([other, folder]), 'in-both.png'),
    ];
    expect(widths).toMatchObject([{ size: { width: 80 } }, { size: { width: 40 } }]);
  });

  it.each([
    ['of nothing', 'nowhere.png'],
    ['of a folder', '.'],
    ['that is empty', ''],
    ['that is too long', `${'x'.repeat(300)}.png`],
    ['that is longer than any path', `${'x/'.repeat(3_000)}a.png`],
    ['with a zero byte', 'a%00b.png'],
  ])('%s is absent', async (_, path) => {
    expect(await said(path)).toEqual(['absent', 'absent', 'absent']);
  });
});

// No address on the web leads there, and the archive would show what lies beside the newsletter.
it('a name that leads out of the folder is absent', async () => {
  const inside = mkdtempSync(join(folder, 'inside-'));
  await put('outside.png', plain(80, 60).png());
  expect(await dimensionsOf(filesIn([inside]), '..%2foutside.png')).toEqual({ kind: 'absent' });
});

describe('what cannot be read', () => {
  const NO_IMAGE = 'it is no image of a kind that mail knows';

  it.each([
    ['text by the name of an image', 'words.png', 'no image at all'],
    ['HTML by the name of an image', 'page.jpg', '<!doctype html><title>Not found</title>'],
    ['a PDF', 'paper.pdf', '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF'],
  ])('says of %s that it is no image', async (_, name, text) => {
    await put(name, text);
    expect(await said(name)).toEqual([NO_IMAGE, NO_IMAGE, NO_IMAGE]);
  });

  it('says of an empty file that it is broken', async () => {
    await put('empty.png', '');
    for (const each of await said('empty.png')) expect(each).toMatch(/^it is /);
  });

  const HALVES = { ...KINDS, png: () => noise(300, 200).png().toBuffer(), gif: () => noise(300, 200).gif().toBuffer() };

  // Of a TIFF the end says what it is.
  it.each(Object.entries(HALVES).filter(([kind]) => kind !== 'svg'))('says so of half a %s', async (kind, make) => {
    const bytes = Buffer.from(await make());
    await put(`half.${kind}`, bytes.subarray(0, bytes.length / 2));
    const why = kind === 'tiff' ? NO_IMAGE : (expect.stringMatching(/^it (ends too early|is damaged)$/) as string);
    expect((await said(`half.${kind}`)).slice(1)).toEqual([why, why]);
  });

  it('says so of half a drawing', async () => {
    await put('half.svg', svg(80, 60).slice(0, -20));
    expect(await said('half.svg')).toEqual(['it is damaged', 'it is damaged', 'it is damaged']);
  });

  it('is told in half a sentence, whatever the library says', async () => {
    await put('flipped.png', (await noise(80, 60).png().toBuffer()).fill(0, 60, 400));
    for (const each of (await said('flipped.png')).slice(1)) expect(each).toMatch(/^it [a-z ]+$/);
  });
});

describe('a drawing that would do harm', () => {
  const isFilled = async (name: string) => (await seen((await compressed(name)).stored.bytes)).first;

  it('is drawn without its script', async () => {
    await put('script.svg', svg(80, 60, '<script>alert(1)</script><rect width="80" height="60" fill="#c85014"/>'));
    const { stored } = await compressed('script.svg');
    expect(stored.type).toBe('image/png');
    expect(Buffer.from(stored.bytes).includes('alert')).toBe(false);
  });

  it.each([
    ['a file', `file://${folder}/secret.png`],
    ['a file beside it', 'secret.png'],
    ['the web', 'http://127.0.0.1:1/secret.png'],
  ])('is drawn without what it takes from %s', async (_, href) => {
    await put('secret.png', plain(80, 60).png());
    await put('reference.svg', svg(80, 60, `<image href="${href}" width="80" height="60"/>`));
    expect((await isFilled('reference.svg'))[3]).toBe(0);
  });

  it('is not drawn where it reads a file into its text', async () => {
    await put('entity.svg', `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg(80, 60, '<text y="20">&x;</text>')}`);
    expect(await said('entity.svg')).toEqual(['it is damaged', 'it is damaged', 'it is damaged']);
  });

  it('is not drawn where its text would swell without end', async () => {
    const names = 'abcdefghij';
    const swell = [...names.slice(1)].map((name, index) => `<!ENTITY ${name} "${`&${names[index]};`.repeat(10)}">`);
    const bomb = `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${swell.join('')}]>${svg(80, 60, '<text y="20">&j;</text>')}`;
    await put('bomb.svg', bomb);
    const startedAt = performance.now();
    expect(await said('bomb.svg')).toEqual(['it is damaged', 'it is damaged', 'it is damaged']);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('is not drawn where it is larger than any wall', async () => {
    await put('wall.svg', svg(100_000, 100_000));
    const why = 'it has more than 200 million pixels';
    expect(await said('wall.svg')).toEqual([why, why, why]);
  });

  it('is drawn as wide as it will be shown where it is a mile wide', async () => {
    await put('mile.svg', svg(100_000, 1_000));
    expect(await seen((await compressed('mile.svg')).stored.bytes)).toMatchObject({ width: TWICE_PX, height: 12 });
  });
});

describe('made fit for mail', () => {
  it.each([
    ['png', 'png', 'image/png', 'png'],
    ['jpg', 'jpeg', 'image/jpeg', 'jpg'],
    ['webp', 'jpeg', 'image/jpeg', 'jpg'],
    ['gif', 'png', 'image/png', 'png'],
    ['svg', 'png', 'image/png', 'png'],
    ['tiff', 'jpeg', 'image/jpeg', 'jpg'],
    ['avif', 'jpeg', 'image/jpeg', 'jpg'],
  ])('a %s is a %s that opens, has its size, and says what it is', async (kind, format, type, extension) => {
    await put(`fit.${kind}`, await (KINDS[kind]?.() ?? ''));
    const { size, stored } = await compressed(`fit.${kind}`);
    expect(size).toEqual({ width: 800, height: 600 });
    expect(stored.type).toBe(type);
    expect(stored.name).toMatch(new RegExp(`^[0-9a-f]{20}\\.${extension}$`));
    const { format: found, width, height } = await seen(stored.bytes);
    expect(found).toBe(format);
    expect(width / height).toBeCloseTo(4 / 3, 1);
  });

  it('a moving GIF still moves', async () => {
    await put('moves.gif', (await moving(400, 300)).gif({ delay: [100, 200, 300], loop: 0 }));
    const { size, stored } = await compressed('moves.gif');
    expect(size).toEqual({ width: 400, height: 300 });
    const { pages, delay, pageHeight, width, loop } = await sharp(stored.bytes, { animated: true }).metadata();
    expect({ pages, delay, pageHeight, width, loop }).toEqual({
      ...{ pages: 3, delay: [100, 200, 300], pageHeight: 300, width: 400, loop: 0 },
    });
    expect(stored).toMatchObject({ type: 'image/gif', name: expect.stringMatching(/\.gif$/) as string });
  });

  it('what is wider than twice the text is as wide as that', async () => {
    await put('wide.jpg', noise(3_000, 2_000).jpeg());
    const { size, stored } = await compressed('wide.jpg');
    expect(size).toEqual({ width: 3_000, height: 2_000 });
    expect(await seen(stored.bytes)).toMatchObject({ width: TWICE_PX, height: 768 });
  });

  // Kept because it has fewer bytes, for thin lines in few colours get all colours when they are scaled down: a phone
  // decodes all of its pixels for nothing.
  it('so is a drawing in few colours', async () => {
    await put('wide.png', (await lines(0)).png({ palette: true, colours: 2 }));
    expect(await seen((await compressed('wide.png')).stored.bytes)).toMatchObject({ width: TWICE_PX });
  });

  // As above.
  it('so is a moving GIF in few colours', async () => {
    await put('wide.gif', (await moving(1_400, 80, ['red', 'green', 'blue'])).gif({ delay: 100 }));
    expect(await seen((await compressed('wide.gif')).stored.bytes)).toMatchObject({ width: TWICE_PX });
  });

  it('nothing is wider than it was', async () => {
    await put('narrow.jpg', noise(300, 200).jpeg());
    expect(await seen((await compressed('narrow.jpg')).stored.bytes)).toMatchObject({ width: 300, height: 200 });
  });

  it('a drawing is drawn twice as wide as it is shown', async () => {
    await put('drawn.svg', svg(200, 100));
    const { size, stored } = await compressed('drawn.svg');
    expect(size).toEqual({ width: 200, height: 100 });
    expect(await seen(stored.bytes)).toMatchObject({ width: 400, height: 200 });
  });

  it('what turned by itself is turned for good', async () => {
    const half = await noise(800, 300).png().toBuffer();
    const photograph = plain(800, 600, '#0000ff').composite([{ input: half, top: 0, left: 0 }]);
    await put('turned.jpg', photograph.withMetadata({ orientation: 6 }).jpeg());
    const { size, stored } = await compressed('turned.jpg');
    expect(size).toEqual({ width: 600, height: 800 });
    const { width, height, orientation } = await sharp(stored.bytes).metadata();
    expect({ width, height, orientation }).toEqual({ width: 600, height: 800, orientation: undefined });
    // What was below is at the left.
    const [red = 255, , blue = 0] = (await seen(stored.bytes)).first;
    expect(blue - red).toBeGreaterThan(200);
  });

  it.each(['png', 'webp', 'avif', 'gif', 'tiff'] as const)('what can be seen through in a %s still can', async (format) => {
    await put(
      `glass.${format}`,
      plain(80, 60)
        .ensureAlpha(0)
        .toFormat(format, format === 'tiff' ? { compression: 'lzw' } : {}),
    );
    const { stored } = await compressed(`glass.${format}`);
    expect((await seen(stored.bytes)).first[3]).toBe(0);
  });

  it('what a camera wrote beside is gone', async () => {
    const where = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' }, IFD0: { Artist: 'Ada Lovelace' } };
    await put('where.jpg', noise(300, 200).withExif(where).jpeg({ quality: 30 }));
    expect(bytesOf('where.jpg').includes('Ada Lovelace')).toBe(true);
    const { stored } = await compressed('where.jpg');
    expect((await sharp(stored.bytes).metadata()).exif).toBeUndefined();
    expect(Buffer.from(stored.bytes).includes('Ada Lovelace')).toBe(false);
  });

  // A PNG that is smaller than ours is kept as it is, and telephones write as much beside their screenshots.
  it('so it is of a PNG that is well made', async () => {
    const where = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' }, IFD0: { Artist: 'Ada Lovelace' } };
    await put('where.png', noise(300, 200).withExif(where).png({ palette: true, colours: 16 }));
    expect(bytesOf('where.png').includes('Ada Lovelace')).toBe(true);
    const { stored } = await compressed('where.png');
    expect(Buffer.from(stored.bytes).includes('Ada Lovelace')).toBe(false);
  });

  it('what is smaller already is kept, byte by byte', async () => {
    await put('careful.png', noise(300, 200).png({ palette: true, colours: 16 }));
    const { stored } = await compressed('careful.png');
    expect(Buffer.from(stored.bytes).equals(bytesOf('careful.png'))).toBe(true);
  });

  it('is the same bytes under the same name each time', async () => {
    await put('same.jpg', noise(2_000, 1_000).jpeg());
    const [one, other] = [await compressed('same.jpg'), await compressed('same.jpg')];
    expect(other.stored.name).toBe(one.stored.name);
    expect(Buffer.from(other.stored.bytes).equals(Buffer.from(one.stored.bytes))).toBe(true);
  });

  it('another content has another name', async () => {
    await put('one.png', plain(80, 60, 'red').png());
    await put('other.png', plain(80, 60, 'blue').png());
    expect((await compressed('one.png')).stored.name).not.toBe((await compressed('other.png')).stored.name);
  });

  it('what is named as another format is what it is', async () => {
    await put('png-in-truth.jpg', plain(80, 60).png());
    const { stored } = await compressed('png-in-truth.jpg');
    expect([stored.type, (await seen(stored.bytes)).format]).toEqual(['image/png', 'png']);
  });

  it('colours for print are colours for screens', async () => {
    await put('print.jpg', plain(80, 60).toColourspace('cmyk').jpeg());
    const { space, channels } = await sharp((await compressed('print.jpg')).stored.bytes).metadata();
    expect({ space, channels }).toEqual({ space: 'srgb', channels: 3 });
  });

  it('a photograph of 30 MB is below one, within seconds', { timeout: 60_000 }, async () => {
    await put('large.jpg', noise(6_400, 4_300).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }));
    expect(statSync(join(folder, 'large.jpg')).size).toBeGreaterThan(30_000_000);
    const startedAt = performance.now();
    const { stored } = await compressed('large.jpg');
    // Less than a second where nothing else is done.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(stored.bytes.length).toBeLessThan(1_000_000);
    expect(await seen(stored.bytes)).toMatchObject({ format: 'jpeg', width: TWICE_PX, height: 774 });
  });
});

describe('the weight of a file', () => {
  it('is that of the file', async () => {
    await put('weighed.png', noise(800, 600).png());
    expect(await weighImage(filesIn([folder]), 'weighed.png')).toEqual({ kind: 'image', bytes: bytesOf('weighed.png').length });
  });
});
