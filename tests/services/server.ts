/**
 * Runs a server in a temporary folder of its own, on a free port of 127.0.0.1; neither its processes nor the folder
 * outlive the tests, even when those are killed. It knows no server's settings. Postfix, which goes into the
 * background by itself, is not for this file.
 */
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import { type Account, startKeeper } from './server-keeper.ts';
import { type CommandLine, finish, type Place, type ServerProcess, serve } from './server-process.ts';

export interface Program {
  readonly name: string;
  readonly serve: (folder: string, port: number) => CommandLine;
  /** Run once, before the first start. */
  readonly layOut?: (folder: string) => CommandLine;
  /** Owns the folder and runs the commands; where undefined, we do. */
  readonly account?: Account | undefined;
}

export interface Server {
  readonly port: number;
  /** Of the process that runs, or ran last. */
  readonly pid: number;
  readonly isUp: boolean;
  /** On the same port, in the same folder; settles when it takes connections. To be called when it is down. */
  start(): Promise<void>;
  /** Settles when the process and all that it started are gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Removes the folder, and ends the process if it still runs. May be called again. */
  stop(): Promise<void>;
}

const ATTEMPTS = 5;

export async function startServer(program: Program): Promise<Server> {
  const { account } = program;
  const folder = await mkdtemp(join(tmpdir(), `postrider-${program.name}-`));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const place = { folder, account, keeper: startKeeper(folder, account) };
  try {
    if (program.layOut !== undefined) await finish(program.layOut(folder), place);
    return await serveOnFreePort(program, place);
  } catch (error) {
    await place.keeper.stop();
    throw error;
  }
}

async function serveOnFreePort(program: Program, place: Place): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const [port = 0] = await freePorts(1);
    const start = () => serve(program.serve(place.folder, port), place);
    try {
      return describe(port, await start(), start, place);
    } catch (error) {
      // Another process may take a port between our finding it free and the server's listening on it.
      if (attempt === ATTEMPTS || !String(error).includes('Address already in use')) throw error;
    }
  }
}

function describe(port: number, first: ServerProcess, start: () => Promise<ServerProcess>, { keeper }: Place): Server {
  let current = first;
  const isUp = () => current.child.exitCode === null && current.child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (isUp()) current.child.kill(signal);
    await current.closed;
  };
  return {
    port,
    get pid() {
      return current.pid;
    },
    get isUp() {
      return isUp();
    },
    async start() {
      current = await start();
    },
    end,
    async stop() {
      await end('SIGINT');
      await keeper.stop();
    },
  };
}
