// Amazon's side of SNS, with a key of our own: certificates, and notices signed as Amazon signs them.
import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand } from '../services/install.ts';

export const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:ses-returns';
const HOST = 'https://sns.eu-central-1.amazonaws.com';

export type Body = Readonly<Record<string, string | undefined>>;

export interface AmazonKey {
  /** PEM. */
  readonly certificate: string;
  /** Where it stands: each key has an address of its own. */
  readonly url: string;
  notice(message: string, rest?: Body): Body;
  question(rest?: Body): Body;
}

export const canMakeKeys = findCommand('openssl') !== undefined;
let count = 0;

/** Valid for two days from this moment. */
export function amazonKey(): AmazonKey {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-sns-'));
  const [key, pem] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', '2', '-subj', '/CN=sns.amazonaws.com'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', pem], { stdio: 'pipe' });
  const [secret, certificate] = [readFileSync(key, 'utf8'), readFileSync(pem, 'utf8')];
  rmSync(folder, { recursive: true });
  // Certificates are kept by their address for as long as the process lives.
  const url = `${HOST}/SimpleNotificationService-${process.pid}-${++count}.pem`;
  const sign = (names: readonly string[], body: Body): Body => {
    const text = names.flatMap((name) => (body[name] === undefined ? [] : [`${name}\n${body[name]}\n`])).join('');
    const algorithm = body['SignatureVersion'] === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
    return { ...body, Signature: createSign(algorithm).update(text, 'utf8').sign(secret, 'base64') };
  };
  const common = (): Body => ({
    ...{ MessageId: `22b80b92-${count}`, TopicArn: TOPIC, SignatureVersion: '2', SigningCertURL: url },
    Timestamp: new Date().toISOString(),
  });
  return {
    certificate,
    url,
    notice: (Message, rest = {}) =>
      sign(['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'], {
        ...common(),
        Type: 'Notification',
        Message,
        ...rest,
      }),
    question: (rest = {}) =>
      sign(['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'], {
        ...common(),
        ...{ Type: 'SubscriptionConfirmation', Token: '2336412f37', Message: 'You have chosen to subscribe.' },
        SubscribeURL: `${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`,
        ...rest,
      }),
  };
}
