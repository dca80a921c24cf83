// Returned mail that a mail server has put into a Maildir: what is in new/ goes to cur/ when it has been taken, as a mail
// program would move it; a mail of a person goes there unread.
import { type FileHandle, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Inbox, READ_MAX_BYTES } from './inbox.ts';

export function maildir(folder: string): Inbox {
  return {
    name: folder,
    restMs: 5_000,
    async collect(take, signal) {
      let taken = 0;
      for (const file of (await readdir(join(folder, 'new'))).toSorted()) {
        if (signal.aborted) break;
        const bytes = await readHead(join(folder, 'new', file));
        if (bytes === null) continue;
        const result = await take(bytes, []);
        await rename(join(folder, 'new', file), join(folder, 'cur', `${file}:2,${result === 'taken' ? 'S' : ''}`));
        if (result === 'taken') taken++;
      }
      return taken;
    },
  };
}

/** Null where it is no file, or somebody else has moved it meanwhile. */
async function readHead(path: string): Promise<Uint8Array | null> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    return (await file.stat()).isFile() ? await readUpTo(file, READ_MAX_BYTES) : null;
  } finally {
    await file.close();
  }
}

async function readUpTo(file: FileHandle, most: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(Math.min(most, (await file.stat()).size));
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    length += bytesRead;
    if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
  }
}
