// A message on its way into nodemailer's data stream, which ends only when it may: after the last byte it
// asks for the mark, and only a granted mark ends the stream and so writes the final dot.
//
//   bytes ──▶ all taken ──▶ mark() ──▶ true: end, and with it the dot
//                                 └──▶ false or error: never ends
import { Readable, type Transform } from 'node:stream';
import type { Mark } from './relay.ts';

const CRLF = Buffer.from('\r\n');
const CRLF_DOT = Buffer.from('\r\n.');

export class MessageStream extends Readable {
  readonly #bytes: Buffer;
  readonly #mark: Mark;
  readonly #onRefused: (refusal: 'fenced' | Error) => void;
  #isEnded = false;

  /** `onRefused` is called, once, in place of the end. */
  constructor(bytes: Uint8Array, mark: Mark, onRefused: (refusal: 'fenced' | Error) => void) {
    super({ read: () => undefined });
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#mark = mark;
    this.#onRefused = onRefused;
  }

  /** True from the moment the final dot may be on its way. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * nodemailer calls this with its Transform, which looks at every byte for dots and bare line ends: a third
   * of the time of a submission. Ours have neither, so all but the last line end goes straight to its readable
   * side; that last one is written, so that the Transform knows that a line has ended.
   */
  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    const transform = destination as unknown as Transform;
    const isClean = this.#bytes.subarray(-2).equals(CRLF) && !this.#bytes.includes(CRLF_DOT) && this.#bytes[0] !== 0x2e;
    if (isClean) transform.push(this.#bytes.subarray(0, -2));
    transform.write(isClean ? CRLF : this.#bytes, () => void this.#end(transform));
    return destination;
  }

  async #end(transform: Transform): Promise<void> {
    try {
      const isGranted = await this.#mark();
      // The relay may have answered, or the connection gone, while the mark was being written.
      if (this.destroyed) return;
      if (!isGranted) return this.#onRefused('fenced');
      this.#isEnded = true;
      transform.end();
    } catch (error) {
      this.#onRefused(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
