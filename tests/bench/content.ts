// An edition of a known size, for measuring and for stories in which the content does not matter.
import type { EditionContent } from '../../src/domain/edition.ts';

/** About 60 kB when encoded, a fifth of it plain text, as a long issue has; less with fewer paragraphs. */
export function benchContent(paragraphs = 400): EditionContent {
  const line = '<p>We merged <a href="https://example.org/pull/1234">a change that makes things better</a> this month.</p>\n';
  const html = line.repeat(paragraphs);
  const text = 'We merged a change that makes things better this month [1].\n'.repeat(Math.ceil(paragraphs * 0.45));
  return {
    issue: '2023-01',
    list: { id: 'monthly', title: 'Monthly', listId: 'monthly.example.org' },
    from: { name: 'Newsletter', address: 'newsletter@example.org' },
    replyTo: null,
    subject: 'An issue for the bench',
    html: [
      '<html><body><p>Hello ',
      { name: 'name', fallback: 'reader', context: 'html' },
      ',</p>',
      html,
      '<a href="',
      { name: 'unsubscribeUrl', fallback: '', context: 'url' },
      '">Unsubscribe</a></body></html>',
    ],
    text: [
      'Hello ',
      { name: 'name', fallback: 'reader', context: 'text' },
      ',\n\n',
      text,
      { name: 'unsubscribeUrl', fallback: '', context: 'text' },
      '\n',
    ],
    url: 'https://example.org/2023-01/',
    baseUrl: 'https://newsletter.example.org',
    returnsDomain: null,
    returnPath: 'bounces@example.org',
  };
}
