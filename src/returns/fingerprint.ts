// Knows a return again that comes twice, by two ways or after a crash: by what its sender wrote, not by what the servers
// on its way have added.
import { createHash } from 'node:crypto';
import type { MailParts } from './mail-parts.ts';

const BY_SENDER = ['from', 'to', 'subject', 'date', 'message-id'];

export function fingerprintOf({ header, text, status, feedback, returned }: MailParts): string {
  const written = [...BY_SENDER.map(header), text, status, feedback, returned].map((part) => part?.replace(/\s+/g, ' ').trim());
  return createHash('sha256').update(JSON.stringify(written)).digest('hex');
}
