/**
 * Runs a private OpenSSH server on 127.0.0.1, with a host key and one authorised key of its own, that lets root in by that
 * key alone. It reads none of the machine's settings, installs nothing, and takes root, as any sshd that opens a terminal does.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand, SERVICES } from './install.ts';
import { startServer } from './server.ts';

export interface RunningSshd {
  /** What `ssh` takes before its options and the line that is to be run there. */
  readonly client: readonly [command: string, ...args: string[]];
  /** Where the client says who is called. */
  readonly host: string;
  /** Ends the server and removes its keys. May be called again. */
  stop(): Promise<void>;
}

// It is compiled in, and Debian makes it as the daemon starts.
const PRIVILEGE_SEPARATION = '/run/sshd';

export const canRunSshd = process.getuid?.() === 0 && SERVICES.ssh.every(({ command }) => findCommand(command) !== undefined);

export async function startSshd(): Promise<RunningSshd> {
  const [command, ssh, keygen] = SERVICES.ssh.map((each) => findCommand(each.command));
  if (command === undefined || ssh === undefined || keygen === undefined) throw new Error('OpenSSH is not installed');
  mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
  const keys = mkdtempSync(join(tmpdir(), 'postrider-ssh-'));
  for (const name of ['host', 'editor']) execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name)]);
  writeFileSync(join(keys, 'authorized'), readFileSync(join(keys, 'editor.pub')));
  chmodSync(keys, 0o755);
  writeFileSync(join(keys, 'sshd_config'), configuration(keys));
  const server = await startServer({
    name: 'sshd',
    serve: (_folder, port) => [command, '-D', '-e', '-f', join(keys, 'sshd_config'), '-p', String(port)],
  });
  writeFileSync(join(keys, 'known_hosts'), `[127.0.0.1]:${server.port} ${readFileSync(join(keys, 'host.pub'), 'utf8')}`);
  const options = ['IdentitiesOnly=yes', 'BatchMode=yes', `UserKnownHostsFile=${join(keys, 'known_hosts')}`];
  return {
    client: [
      ...[ssh, '-F', '/dev/null', '-i', join(keys, 'editor'), '-p', String(server.port)],
      ...options.flatMap((option) => ['-o', option]),
    ] as [string, ...string[]],
    host: 'root@127.0.0.1',
    async stop() {
      await server.stop();
      rmSync(keys, { recursive: true, force: true });
    },
  };
}

function configuration(keys: string): string {
  return `ListenAddress 127.0.0.1
HostKey ${join(keys, 'host')}
AuthorizedKeysFile ${join(keys, 'authorized')}
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
`;
}
