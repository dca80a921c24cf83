// One recipient's message: the envelope, the fields that are theirs alone, and bytes that any relay carries.
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { SlottedText } from '../../src/domain/email.ts';
import { composeMessage } from '../../src/message/compose-message.ts';
import { freezeMessage } from '../../src/message/freeze-message.ts';
import { randomText, seeded } from './random-text.ts';
import { composeRaw, headersOf, sampleContent, sampleRecipient, slot } from './sample-content.ts';

const byName = (each: { name: string }): string => each.name;

/** What the parts say once they are filled. */
function plainOf(text: SlottedText): string {
  return text.map((part) => (typeof part === 'string' ? part : part.name)).join('');
}

async function expectRead(text: SlottedText): Promise<void> {
  const raw = composeRaw({ text, html: text }, { fill: byName });
  expectFitForAnyRelay(raw);
  const mail = await PostalMime.parse(raw);
  // postal-mime counts the line break before a boundary to the part.
  expect(mail.text).toBe(`${plainOf(text)}\n`);
  expect(mail.html).toBe(`${plainOf(text)}\n`);
}

function expectFitForAnyRelay(raw: string): void {
  expect(raw).toMatch(/^[\t\r\n\x20-\x7e]*$/);
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  for (const line of raw.slice(raw.indexOf('\r\n\r\n')).split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(76);
    expect(line).not.toMatch(/[ \t]$|^\.|^From /);
  }
}

describe('the body', () => {
  it.each<[string, SlottedText]>([
    ['nothing at all', []],
    ['an empty text', ['']],
    ['a slot alone', [slot('Ada')]],
    ['an empty slot alone', [slot('')]],
    ['a slot at the beginning', [slot('Ada'), ', hello\n']],
    ['a slot in the middle', ['Hello ', slot('Ada'), ', there\n']],
    ['a slot at the end', ['Hello ', slot('Ada')]],
    ['adjacent slots', ['Hello ', slot('Ada'), slot('Lovelace'), slot(''), slot('🦀'), '\n']],
    ['a slot at the end of a full line', ['x'.repeat(76), slot('y'.repeat(80)), '\n']],
    ['a slot after a space and before one', ['Hello ', slot(' Ada '), ' there']],
    ['a slot that begins with a dot', ['Hello\n', slot('.'), '\n']],
    ['a slot that begins with From', ['Hello\n', slot('From '), 'me\n']],
    ['dots at line starts', ['.\n..\n.dot\nend.\n.']],
    ['From at line starts', ['From here\nto there\nFrom again\n']],
    ['trailing white space', ['one \ntwo\t\nthree  \n \n\t\nend ']],
    ['long words', [`${'a'.repeat(1_000)} ${'ü'.repeat(400)} ${'🦀'.repeat(100)}`]],
    ['many empty lines', ['\n\n\na\n\n\nb']],
    ['what looks encoded', ['=3D =\n=E2 =? ?=']],
  ])('comes out of a reader as it went in: %s', async (_, text) => {
    await expectRead(text);
  });

  it('comes out as it went in for random texts with slots anywhere', async () => {
    const random = seeded(1521);
    for (let round = 0; round < 300; round++) {
      const parts = Array.from({ length: Math.floor(random() * 8) }, () => {
        const text = randomText(random, 20);
        return random() < 0.5 ? slot(text) : text;
      });
      await expectRead(parts);
    }
  });
});

describe('the fields that are one recipient’s alone', () => {
  it.each([
    ['To', 'Ada Lovelace <ada@example.org>'],
    ['Message-ID', '<abc234@returns.example>'],
    ['Date', 'Tue, 07 Feb 2023 10:00:00 +0000'],
    ['List-Unsubscribe', '<https://press.example/u/abc234>, <mailto:u-abc234@returns.example>'],
  ])('hold %s once: %s', (name, value) => {
    expect(headersOf(composeRaw()).get(name)).toEqual([value]);
  });

  it('offer no mailto where there is no returns domain', () => {
    const headers = headersOf(composeRaw({}, { unsubscribeAddress: null }));
    expect(headers.get('List-Unsubscribe')).toEqual(['<https://press.example/u/abc234>']);
  });

  it('leave the address bare where no name is known', () => {
    expect(headersOf(composeRaw({}, { name: '' })).get('To')).toEqual(['ada@example.org']);
  });

  it('are read by an independent reader', async () => {
    const mail = await PostalMime.parse(composeRaw({ subject: 'Grüße 🦀' }, { name: 'Müller, Jürgen' }));
    expect(mail.to).toEqual([{ name: 'Müller, Jürgen', address: 'ada@example.org' }]);
    expect(mail.subject).toBe('Grüße 🦀');
    expect(mail.messageId).toBe('<abc234@returns.example>');
    expect(mail.date).toBe('2023-02-07T10:00:00.000Z');
  });

  it.each(['\r\n', '\n', '\r', '\u0000', '\u2028', '\u2029'])('cannot be ended by %j in anything that fills them', (mark) => {
    const evil = `x${mark}Bcc: y@evil.example`;
    const raw = composeRaw(
      {},
      { address: evil, name: evil, messageId: evil, unsubscribeUrl: evil, unsubscribeAddress: evil, returnPath: evil },
    );
    expect([...headersOf(raw).keys()]).toEqual([...headersOf(composeRaw()).keys()]);
    expectFitForAnyRelay(raw);
  });
});

describe('the message', () => {
  it('goes to the recipient from the return path', () => {
    const { envelope } = composeMessage(freezeMessage(sampleContent()), sampleRecipient());
    expect(envelope).toEqual({ returnPath: 'r-abc234@returns.example', recipient: 'ada@example.org' });
  });

  it('is the same at every attempt, byte for byte', () => {
    expect(composeRaw({ text: ['Hi ', slot('Ada')] })).toBe(composeRaw({ text: ['Hi ', slot('Ada')] }));
  });

  it('names each address in its own message and in no other', () => {
    const frozen = freezeMessage(sampleContent());
    const [ada, bob] = ['ada@example.org', 'bob@example.org'].map((address) =>
      Buffer.from(composeMessage(frozen, sampleRecipient({ address, name: '' })).bytes).toString('latin1'),
    );
    expect(ada).toContain('To: ada@example.org\r\n');
    expect(ada).not.toContain('bob@example.org');
    expect(bob).toContain('To: bob@example.org\r\n');
    expect(bob).not.toContain('ada@example.org');
  });
});
