// Images of issues for the web: the latest few are kept at hand, since all readers of an issue come at the same time.
import type { StoredImage } from '../domain/image.ts';
import type { Ledger } from '../store/ledger.ts';

export type Images = (name: string) => Promise<StoredImage | undefined>;

const KEPT_MAX_BYTES = 64_000_000;

export function openImages({ images }: Pick<Ledger, 'images'>): Images {
  const kept = new Map<string, Promise<StoredImage | undefined>>();
  let keptBytes = 0;

  async function read(name: string): Promise<StoredImage | undefined> {
    const image = await images.find(name).catch((error: unknown) => {
      kept.delete(name);
      throw error;
    });
    // One that is not there now may be there in a moment.
    if (!image) kept.delete(name);
    keptBytes += image?.bytes.length ?? 0;
    if (keptBytes <= KEPT_MAX_BYTES) return image;
    kept.clear();
    keptBytes = 0;
    return image;
  }

  return (name) => {
    const asked = kept.get(name) ?? read(name);
    kept.set(name, asked);
    return asked;
  };
}
