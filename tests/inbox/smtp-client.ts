// A client of SMTP that says what it is told to, line by line, as no library would.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

export interface SmtpClient {
  readonly socket: Socket;
  /** What the server said first. */
  readonly greeting: string;
  /** Says a line, and gives the whole answer. */
  say(line: string): Promise<string>;
  /** Writes without waiting, and gives so many answers. */
  write(bytes: string | Uint8Array, answers: number): Promise<string[]>;
  close(): void;
}

export async function connectTo(port: number): Promise<SmtpClient> {
  const socket = createConnection({ host: '127.0.0.1', port });
  const answers: string[] = [];
  let waiting: (() => void) | undefined;
  let held = '';
  socket.on('error', () => undefined);
  socket.on('close', () => waiting?.());
  socket.setEncoding('utf8').on('data', (text: string) => {
    held += text;
    for (let last = END.exec(held); last; last = END.exec(held)) {
      answers.push(held.slice(0, last.index + last[0].length).trimEnd());
      held = held.slice(last.index + last[0].length);
    }
    waiting?.();
  });
  const take = async (count: number): Promise<string[]> => {
    while (answers.length < count) {
      if (socket.closed) throw new Error(`The server hung up; last it said: ${answers.join(' ')}${held}`);
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    return answers.splice(0, count);
  };
  await once(socket, 'connect');
  const [greeting = ''] = await take(1);
  const write = (bytes: string | Uint8Array, count: number): Promise<string[]> => {
    socket.write(bytes);
    return take(count);
  };
  return {
    ...{ socket, greeting, write },
    say: async (line) => (await write(`${line}\r\n`, 1))[0] ?? '',
    close: () => void socket.destroy(),
  };
}

// The last line of an answer has no hyphen after its code.
const END = /^\d{3}(?: .*)?\r\n/m;
