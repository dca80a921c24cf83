// How mail systems say without a machine-readable part whom they could not reach: sentences that end in an address, most
// telling first. The first row that fits decides. To teach Postrider another system, add a row.

/** Never a recipient where anybody else is named. */
export const NOT_A_RECIPIENT =
  /^(?:postmaster|mailer-daemon|mail-daemon|double-bounce|abuse|noreply|no-reply|do-not-reply|support|helpdesk|bounces?)[@+-]/i;

const ADDRESS = String.raw`["'<(\[]*((?:[^\s<>()\[\]"',;:@]{1,64})@(?:[\w-]{1,63}\.){1,10}[\w-]{2,63})`;

function row(before: string, after = ''): RegExp {
  return new RegExp(before + ADDRESS + after, 'gim');
}

/** Each catches an address, as often as the sentence stands there. */
export const BOUNCE_TEXTS: readonly RegExp[] = [
  // Postfix, qmail, GMX, OpenSMTPD and many others: the address at the beginning of a line, and what was said after a colon.
  row(String.raw`^[ \t]{0,20}`, String.raw`[>"']?[ \t]*(?:\([^)\n]{0,80}\)[ \t]*)?:(?!\S*@)`),
  // Exim: the address alone on an indented line, and what was said below it.
  row(String.raw`^[ \t]{1,20}`, String.raw`>?[ \t]*(?:\([^)\n]{0,80}\))?[ \t]*\n[ \t]+\S`),
  // Sendmail: ----- The following addresses had permanent fatal errors -----
  row(
    String.raw`(?:following addresse?s? had|had (?:permanent|transient)|permanent fatal errors|delivery problems)[^\n]{0,60}\n{1,3}[ \t]{0,20}`,
  ),
  // `Recipient: …`, in some languages.
  row(
    String.raw`(?:rcpt to|recipient address|failed recipients?|recipients?|original recipient|final recipient|e-?mail address|destination address|to addr(?:ess)?|user|addressee|destinat[aá]rio|empf[aä]nger|受信者|宛先)[ \t]{0,5}[:=][ \t]{0,5}\n?[ \t]{0,20}`,
  ),
  // `Delivery to the following recipient failed permanently: …`, and its kin.
  row(
    String.raw`(?:delivery to(?: the)?(?: following)?(?: recipients?)?(?: has)?(?: been)?(?: failed)?(?: permanently)?|deliver(?:ed|y)?(?: your)?(?: message| mail)? to|unable to deliver[^\n]{0,40} to|could(?: not|n't) be (?:delivered|sent) to|not reach|wasn't able to deliver[^\n]{0,60}|not (?:be )?delivered[^\n]{0,60}|following (?:recipients?|address(?:es)?)[^\n]{0,60}|message to|mail to|sent to)[ \t]{0,5}:?\s{0,20}`,
  ),
  // `Unknown user: …`
  row(
    String.raw`(?:unknown (?:user|address|recipient)|no such (?:user|recipient|address)|user unknown|invalid (?:user|recipient|address)|mailbox (?:full|unavailable)|quota exceeded)[^\n@]{0,40}?[:\s]`,
  ),
];
