// CSV from standard input, which comes in pieces and cannot be looked at twice.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CsvRow, readCsv } from '../../src/csv/read-csv.ts';
import { readAll } from './read-all.ts';

async function readStdin(...chunks: Uint8Array[]): Promise<CsvRow[]> {
  return readAll(readCsv('-', Readable.from(chunks)));
}

describe('standard input', () => {
  it.each([',', ';', '\t'])('is read with cells parted by %j', async (mark) => {
    const rows = await readStdin(Buffer.from(`email${mark}name\r\nada@example.org${mark}"Lovelace, Ada"\r\n`));
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['email', 'name'],
      ['ada@example.org', 'Lovelace, Ada'],
    ]);
  });

  it('is read however it is cut into pieces, even within a letter', async () => {
    const bytes = Buffer.from('email,name\nada@example.org,"Ädå, 🦀"\n');
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect((await readStdin(...pieces))[1]).toEqual({ line: 2, cells: ['ada@example.org', 'Ädå, 🦀'], width: 2 });
  });

  it('that breaks off with an error is an error, not a short list', async () => {
    async function* broken() {
      yield Buffer.from('email\nada@example.org\n');
      throw new Error('the pipe broke');
    }
    await expect(readAll(readCsv('-', Readable.from(broken())))).rejects.toThrow('the pipe broke');
  });
});
