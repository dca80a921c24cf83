// Images of issues: the archive has what was put there, byte for byte, from any machine.
import { describe, expect, it } from 'vitest';
import type { LedgerOf } from './setting.ts';

const IMAGE = { name: '0123.png', type: 'image/png', bytes: Uint8Array.from({ length: 256 }, (_, byte) => byte) };

export function imagesContract(of: LedgerOf): void {
  const bytesOf = async (name: string) => {
    const found = await of().images.find(name);
    return found && { ...found, bytes: [...found.bytes] };
  };

  describe('images', () => {
    it('are found by their names, byte for byte', async () => {
      await of().images.add([IMAGE, { name: 'none.gif', type: 'image/gif', bytes: new Uint8Array() }], 1);
      expect(await bytesOf(IMAGE.name)).toEqual({ ...IMAGE, bytes: [...IMAGE.bytes] });
      expect(await bytesOf('none.gif')).toEqual({ name: 'none.gif', type: 'image/gif', bytes: [] });
    });

    it('are not there under another name', async () => {
      await of().images.add([IMAGE], 1);
      for (const name of ['', '0123.PNG', '0123', "'", '%', '../0123.png']) expect(await of().images.find(name)).toBeUndefined();
    });

    it('stay as they are when they are put there again', async () => {
      await of().images.add([IMAGE], 1);
      await of().images.add([{ ...IMAGE, bytes: Uint8Array.of(1) }], 2);
      expect((await bytesOf(IMAGE.name))?.bytes).toHaveLength(256);
    });
  });
}
