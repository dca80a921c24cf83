// Answers of programs: out of office, ticket systems. By what they say of themselves (RFC 3834), and what older ones write.
import type { MailParts } from './mail-parts.ts';

const SUBJECT =
  /^(?:re: *)?(?:auto(?:matic|mated|matisch|m[aá]tica)?[ -]?(?:re(?:ply|sponse|spond|spuesta)|antwort|r[ée]ponse|answer)|automatische antwort|out of (?:the )?office|abwesen|r[ée]ponse automatique|respuesta autom|risposta automatica|vacation|ooo\b|on (?:vacation|holiday|leave)|自動(?:返信|応答))/i;

export function isAutoReply({ header }: MailParts): boolean {
  return (
    /^auto-replied/i.test(header('auto-submitted')) ||
    ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-mail-autoreply', 'x-vacation'].some((name) => header(name) !== '') ||
    /^(?:auto_?reply|vacation)$/i.test(header('precedence')) ||
    /vacation/i.test(header('x-apple-action')) ||
    SUBJECT.test(header('subject').trim())
  );
}
