// A message as a stream that ends only when it may: after the last byte it asks for the mark, and ends, which
// makes nodemailer write the final dot, when the mark is granted.
//
//   bytes ──▶ all read ──▶ mark() ──▶ true: end, and with it the dot
//                                └──▶ false or error: never ends
import { Readable } from 'node:stream';
import type { Mark } from './relay.ts';

export class MessageStream extends Readable {
  readonly #mark: Mark;
  readonly #onRefused: (refusal: 'fenced' | Error) => void;
  #bytes: Uint8Array | undefined;
  #isEnded = false;

  /** `onRefused` is called, once, in place of the end. */
  constructor(bytes: Uint8Array, mark: Mark, onRefused: (refusal: 'fenced' | Error) => void) {
    super({ highWaterMark: bytes.byteLength + 1 });
    this.#bytes = bytes;
    this.#mark = mark;
    this.#onRefused = onRefused;
  }

  /** True from the moment the final dot may be on its way. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  override _read(): void {
    if (this.#bytes) {
      const bytes = this.#bytes;
      this.#bytes = undefined;
      this.push(bytes);
    } else void this.#end();
  }

  async #end(): Promise<void> {
    try {
      const isGranted = await this.#mark();
      // The relay may have answered, or the connection gone, while the mark was being written.
      if (this.destroyed) return;
      if (!isGranted) return this.#onRefused('fenced');
      this.#isEnded = true;
      this.push(null);
    } catch (error) {
      this.#onRefused(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
