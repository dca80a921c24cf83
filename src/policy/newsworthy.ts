// What an editor is told of a mailing without asking: what happens by itself. What a person did, that person knows.
import type { MailingEventKind } from '../domain/mailing.ts';

const NEWS: ReadonlySet<MailingEventKind> = new Set<MailingEventKind>([
  'started',
  'finished',
  'stopped',
  'login-refused',
  'too-many-bounces',
  'too-many-complaints',
  'unknown',
  'untouched',
  'stuck',
]);

export function isNews(kind: MailingEventKind): boolean {
  return NEWS.has(kind);
}
