// Returned mail of our own making, in the formats that mail systems use.

interface Recipient {
  readonly address: string;
  readonly action?: string;
  readonly status?: string;
  readonly said?: string;
  readonly original?: string;
}

const RETURNED =
  'Return-Path: <r-token@returns.example>\r\nMessage-ID: <one@example.org>\r\nTo: ada@example.org\r\nSubject: News\r\n';

/** RFC 3464, as Postfix writes it. */
export function statusNotification(recipients: readonly Recipient[], rest: { to?: string; returned?: string } = {}): string {
  const blocks = recipients.map(({ address, action = 'failed', status = '5.1.1', said = '550 5.1.1 User unknown', original }) =>
    [
      `Final-Recipient: rfc822; ${address}`,
      ...(original === undefined ? [] : [`Original-Recipient: rfc822;${original}`]),
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${said}`,
    ].join('\r\n'),
  );
  return [
    'From: MAILER-DAEMON@mx.example (Mail Delivery System)',
    `To: ${rest.to ?? 'r-token@returns.example'}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    "I'm sorry to have to inform you that your message could not be delivered.",
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    blocks.join('\r\n\r\n'),
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    rest.returned ?? RETURNED,
    '--b--',
    '',
  ].join('\r\n');
}

/** No machine-readable part, as qmail and Exim write it. */
export function plainBounce(text: string, headers: readonly string[] = []): string {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
    'To: news@example.org',
    'Subject: failure notice',
    ...headers,
    '',
    text,
  ].join('\r\n');
}

/** RFC 5965. */
export function feedbackReport(fields: string, returned = RETURNED): string {
  return [
    'From: feedback@provider.example',
    'To: abuse@example.org',
    'Subject: FW: News',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.',
    `--b\r\nContent-Type: message/feedback-report\r\n\r\n${fields}`,
    `--b\r\nContent-Type: message/rfc822\r\n\r\n${returned}\r\nHello`,
    '--b--\r\n',
  ].join('\r\n');
}
