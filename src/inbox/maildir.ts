// Returned mail that a mail server has put into a Maildir: what is in new/ goes to cur/ when it has been taken, as a mail
// program would move it; a mail of a person goes there unread.

import { constants } from 'node:fs';
import { access, type FileHandle, open, readdir, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Inbox, READ_MAX_BYTES } from './inbox.ts';

export function maildir(folder: string): Inbox {
  return {
    // Another machine's folder of the same path is another.
    name: `${folder} on ${hostname()}`,
    restMs: 5_000,
    async collect(take, signal) {
      await access(join(folder, 'cur'));
      let taken = 0;
      let failure: unknown = null;
      const files = (await readdir(join(folder, 'new'))).filter((file) => !file.startsWith('.'));
      for (const file of files.toSorted()) {
        if (signal.aborted) break;
        // One that cannot be read holds up nobody behind it.
        const bytes = await readHead(join(folder, 'new', file)).catch((error: unknown) => {
          failure = error;
          return null;
        });
        if (bytes === null) continue;
        const result = await take(bytes, []);
        await rename(join(folder, 'new', file), join(folder, 'cur', `${file}:2,${result === 'taken' ? 'S' : ''}`)).catch(
          unlessGone,
        );
        if (result === 'taken') taken++;
      }
      if (failure !== null) throw failure;
      return taken;
    },
  };
}

/** Null where it is no file, or somebody else has moved it meanwhile. */
async function readHead(path: string): Promise<Uint8Array | null> {
  // Not to wait for whoever writes into a pipe.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(unlessGone);
  if (!file) return null;
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

/** A mail program may have moved it meanwhile. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
