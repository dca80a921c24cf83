// A message from Postrider itself, read back by an independent reader.
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { composePlain, type PlainText } from '../../src/message/plain-message.ts';

function compose(rest: Partial<PlainText> = {}) {
  return composePlain({
    from: { name: 'Kernel News', address: 'news@kernel.example' },
    to: { name: 'Editors', address: 'editors@kernel.example' },
    subject: 'Issue 2023-01 is finished',
    text: 'All is done.\n',
    messageId: 'event-7@kernel.example',
    date: Date.UTC(2026, 0, 1, 12),
    ...rest,
  });
}

function raw(rest: Partial<PlainText> = {}): string {
  return Buffer.from(compose(rest).bytes).toString('latin1');
}

describe('a plain message', () => {
  it('is read back as it was meant', async () => {
    const mail = await PostalMime.parse(compose().bytes);
    expect(mail).toMatchObject({
      from: { name: 'Kernel News', address: 'news@kernel.example' },
      to: [{ name: 'Editors', address: 'editors@kernel.example' }],
      subject: 'Issue 2023-01 is finished',
      messageId: '<event-7@kernel.example>',
      date: '2026-01-01T12:00:00.000Z',
    });
    expect(mail.text?.trimEnd()).toBe('All is done.');
    expect(mail.html).toBeFalsy();
  });

  it('goes from the sender to the editor', () => {
    expect(compose().envelope).toEqual({ returnPath: 'news@kernel.example', recipient: 'editors@kernel.example' });
  });

  it('asks that no program answers it', () => {
    expect(raw()).toContain('\r\nAuto-Submitted: auto-generated\r\n');
  });

  it.each(['Grüße 🦀', 'a = b', '. a dot', 'x'.repeat(2_000), 'From here', 'spaces at the end   ', ''])(
    'carries %j in subject and text',
    async (words) => {
      const mail = await PostalMime.parse(compose({ subject: `About ${words}`, text: `${words}\nand more` }).bytes);
      expect(mail.text?.trimEnd()).toBe(`${words}\nand more`);
      expect(mail.subject?.trimEnd()).toBe(`About ${words}`.trimEnd());
    },
  );

  it('has CRLF line ends only, lines that any relay takes, and ASCII', () => {
    const message = raw({ subject: 'ü'.repeat(300), text: `${'ü'.repeat(3_000)}\nx\ry\n` });
    expect(message.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(message).toMatch(/^[\x20-\x7e\r\n]*$/);
    expect(Math.max(...message.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  it.each(['\r\n', '\n', '\r', '\u0000', '\u2028'])('lets no %j in its fields begin another field', (mark) => {
    const evil = `x${mark}Bcc: y@evil.example`;
    const fields = (rest: Partial<PlainText>) =>
      raw(rest)
        .split('\r\n\r\n')[0]
        ?.match(/^[\w-]+:/gm);
    const to = { name: evil, address: 'editors@kernel.example' };
    expect(fields({ subject: evil, to, from: { name: evil, address: 'news@kernel.example' }, messageId: evil })).toEqual(
      fields({}),
    );
  });

  it.each(['jürgen', 'grace.hopperĺ', 'xčĊBccĺĠeve'])(
    'to %s keeps each letter of the address, and no other header comes of it',
    async (local) => {
      const address = `${local}@x.example`;
      const mail = await PostalMime.parse(compose({ to: { name: '', address } }).bytes);
      expect(mail.to).toMatchObject([{ address }]);
      expect(mail.headers.filter(({ key }) => key === 'bcc')).toEqual([]);
      expect(mail.text?.trim()).toBe('All is done.');
    },
  );
});
