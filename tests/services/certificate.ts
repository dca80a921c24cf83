/**
 * Makes a throwaway certificate authority and a certificate it signed for localhost, so that a test can
 * verify TLS for real instead of switching verification off. Nothing here is fit for use outside a test.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from './install.ts';

export interface Certificate {
  /** The authority's certificate: what a client is to trust. */
  readonly caFile: string;
  /** The server's private key followed by its certificate. */
  readonly chainFile: string;
}

// A configuration of our own: the extensions the default one adds differ from one OpenSSL to the next.
const CONFIGURATION = `[req]
distinguished_name = name
prompt = no
[name]
CN = localhost
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = @names
authorityKeyIdentifier = keyid
[names]
DNS.1 = localhost
IP.1 = 127.0.0.1
`;
const LIMIT_MS = 20_000;

/** `names` are added to those of this machine, as in `['DNS.2 = press.example']`. */
export async function makeCertificate(folder: string, names: readonly string[] = []): Promise<Certificate> {
  const at = (name: string) => join(folder, name);
  const request = ['req', '-config', at('openssl.cnf'), '-nodes', '-sha256'];
  const newKey = [...request, '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const authority = ['-x509', '-extensions', 'authority', '-subj', '/CN=Throwaway test authority'];
  await writeFile(at('openssl.cnf'), CONFIGURATION + names.map((name) => `${name}\n`).join(''));
  await openssl([...[...newKey, ...authority, '-days', '2'], ...['-keyout', at('ca.key'), '-out', at('ca.pem')]]);
  await openssl([...newKey, '-keyout', at('server.key'), '-out', at('server.csr')]);
  await openssl([
    ...['x509', '-req', '-sha256', '-days', '2', '-set_serial', '2', '-in', at('server.csr')],
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-extfile', at('openssl.cnf'), '-extensions', 'server'],
    ...['-out', at('server.pem')],
  ]);
  const chain = await Promise.all([readFile(at('server.key')), readFile(at('server.pem'))]);
  await writeFile(at('chain.pem'), Buffer.concat(chain), { mode: 0o600 });
  return { caFile: at('ca.pem'), chainFile: at('chain.pem') };
}

async function openssl(args: readonly string[]): Promise<void> {
  const command = findCommand('openssl');
  if (command === undefined) throw new Error('openssl is not installed');
  await promisify(execFile)(command, args, { timeout: LIMIT_MS });
}
