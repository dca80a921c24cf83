// What all recipients of an edition share: header fields and the frame of the body.
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { EditionContent } from '../../src/domain/edition.ts';
import { freezeMessage } from '../../src/message/freeze-message.ts';
import { composeRaw, headersOf, sampleContent, slot } from './sample-content.ts';

function headerOf(name: string, content: Partial<EditionContent> = {}): string | undefined {
  return headersOf(composeRaw(content)).get(name)?.join('|');
}

describe('the header fields that all recipients share', () => {
  it.each([
    ['From', 'Rust OSDev <news@rust-osdev.example>'],
    ['Subject', 'This Month in Rust OSDev: January 2023'],
    ['List-Id', 'This Month in Rust OSDev <monthly.rust-osdev.example>'],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['Archived-At', '<https://rust-osdev.example/this-month/2023-01/>'],
    ['Feedback-ID', '2023-01:monthly:newsletter:rust-osd-f234cc'],
    ['X-Postrider-Issue', '2023-01'],
    ['MIME-Version', '1.0'],
  ])('hold %s once: %s', (name, value) => {
    expect(headerOf(name)).toBe(value);
  });

  it('hold a Reply-To where there is one, and none otherwise', () => {
    expect(headerOf('Reply-To', { replyTo: { name: '', address: 'editors@example.org' } })).toBe('editors@example.org');
    expect(headerOf('Reply-To')).toBeUndefined();
  });

  it('keep the List-Id in angle brackets beside a title beyond ASCII', () => {
    const list = { id: 'monthly', title: 'Überblick, monatlich', listId: 'monthly.example.org' };
    const title = Buffer.from(list.title).toString('base64');
    expect(headerOf('List-Id', { list })).toBe(`=?utf-8?B?${title}?= <monthly.example.org>`);
  });

  it('keep four fields in the Feedback-ID, whatever the issue is called', () => {
    expect(headerOf('Feedback-ID', { issue: 'week: 12 / März' })).toBe('week-12-M-rz:monthly:newsletter:rust-osd-f234cc');
  });

  it.each(['\r\n', '\n', '\r', '\u0000', '\u2028', '\u2029'])('cannot be ended by %j in any text of the edition', (mark) => {
    const evil = `x${mark}Bcc: y@evil.example`;
    const raw = composeRaw({
      issue: evil,
      list: { id: evil, title: evil, listId: evil },
      from: { name: evil, address: `news@example.org${mark}Bcc: y@evil.example` },
      replyTo: { name: evil, address: evil },
      subject: evil,
      url: evil,
    });
    const names = [...headersOf(raw).keys()];
    expect(names).toEqual([...headersOf(composeRaw({ replyTo: { name: 'x', address: 'y' } })).keys()]);
    for (const values of headersOf(raw).values()) expect(values).toHaveLength(1);
  });
});

describe('the frame of the body', () => {
  it('is multipart/alternative with the text first and the HTML after it', async () => {
    const raw = composeRaw({ text: ['plain'], html: ['<p>rich</p>'] });
    const boundary = /boundary="([^"]+)"/.exec(headerOf('Content-Type', { text: ['plain'], html: ['<p>rich</p>'] }) ?? '')?.[1];
    const parts = raw.split(`--${boundary}`).slice(1);
    expect(parts).toEqual([
      '\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nplain\r\n',
      '\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>rich</p>\r\n',
      '--\r\n',
    ]);
    const mail = await PostalMime.parse(raw);
    expect(mail.text).toBe('plain\n');
    expect(mail.html).toBe('<p>rich</p>\n');
    expect(mail.attachments).toEqual([]);
  });

  it('has a boundary that no text can hold, even one that quotes it', () => {
    const boundary = /boundary="([^"]+)"/.exec(composeRaw())?.[1] ?? '';
    expect(boundary).toMatch(/^=_[0-9a-f]{24}$/);
    const raw = composeRaw({ text: [`--${boundary}\n--${boundary}--\n`, slot(`\n--${boundary}`)] });
    expect(raw).not.toContain(boundary);
    const another = /boundary="([^"]+)"/.exec(raw)?.[1] ?? 'none';
    expect(raw.split(`--${another}`)).toHaveLength(4);
  });

  it('is the same for the same edition, and another for another', () => {
    expect(freezeMessage(sampleContent())).toEqual(freezeMessage(sampleContent()));
    expect(freezeMessage(sampleContent()).sharedHeaders).not.toBe(freezeMessage(sampleContent({ text: ['b'] })).sharedHeaders);
  });

  it('leaves nothing but slots to encode for each recipient', () => {
    const { body } = freezeMessage(sampleContent({ text: ['a', slot('name'), 'b'], html: [slot('name'), 'c'] }));
    expect(body.map((part) => (part instanceof Uint8Array ? 'bytes' : part.name))).toEqual([
      'bytes',
      'name',
      'bytes',
      'name',
      'bytes',
    ]);
  });
});
