// One delivery's message: which slots it fills, which links it carries, and what stays the same at every attempt.
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { EditionContent } from '../../src/domain/edition.ts';
import type { Slot, SlotContext } from '../../src/domain/email.ts';
import { type Composable, composeDelivery, pressEdition } from '../../src/flows/compose-delivery.ts';
import { deliveryNamedIn } from '../../src/link/delivery-links.ts';
import { verifyToken } from '../../src/link/token.ts';
import { sampleContent } from '../message/sample-content.ts';

const SECRETS = ['a secret of many letters'];
const OPENED_AT = Date.UTC(2023, 1, 7, 10, 0, 0);
const LIST_NUMBER = 3;

function delivery(changes: Partial<Composable> = {}): Composable {
  const subscriber = { id: 12, address: 'ada@example.org', name: 'Ada', attributes: { city: 'London' } };
  return { mailing: 7, sequence: 4_711, openedAt: OPENED_AT, subscriber, ...changes };
}

function compose(content: Partial<EditionContent> = {}, changes: Partial<Composable> = {}, secrets = SECRETS) {
  const { envelope, bytes } = composeDelivery(delivery(changes), pressEdition(sampleContent(content), LIST_NUMBER), secrets);
  return { envelope, raw: Buffer.from(bytes).toString('latin1') };
}

function read(content: Partial<EditionContent> = {}, changes: Partial<Composable> = {}) {
  return PostalMime.parse(compose(content, changes).raw);
}

function slot(name: string, context: SlotContext, fallback = ''): Slot {
  return { name, context, fallback };
}

async function headerOf(name: string, content: Partial<EditionContent> = {}, changes: Partial<Composable> = {}) {
  const found = (await read(content, changes)).headers.filter(({ key }) => key === name.toLowerCase());
  return found.map(({ value }) => value).join('|');
}

describe('the return path', () => {
  it('is a signed one that names the delivery where there is a returns domain', () => {
    const { envelope } = compose();
    expect(envelope.returnPath).toMatch(/^r-[a-z2-7]+@returns\.example$/);
    expect(deliveryNamedIn(envelope.returnPath, SECRETS)).toEqual({ mailing: 7, sequence: 4_711 });
  });

  it('is the plain mailbox where there is none', () => {
    expect(compose({ returnsDomain: null }).envelope.returnPath).toBe('bounces@rust-osdev.example');
  });
});

describe('the recipient', () => {
  it('stands in the envelope and in To', async () => {
    expect(compose().envelope.recipient).toBe('ada@example.org');
    expect((await read()).to).toEqual([{ name: 'Ada', address: 'ada@example.org' }]);
  });
});

describe('Message-ID and Date', () => {
  it('stay the same over all attempts, as does every other byte', () => {
    expect(compose().raw).toBe(compose().raw);
  });

  it('have the domain of returns, or else of the sender', async () => {
    expect((await read()).messageId).toMatch(/^<[a-z2-7]+@returns\.example>$/);
    expect((await read({ returnsDomain: null })).messageId).toMatch(/^<[a-z2-7]+@rust-osdev\.example>$/);
  });

  it('are the moment at which the delivery was opened, and an id that no other delivery has', async () => {
    expect((await read()).date).toBe('2023-02-07T10:00:00.000Z');
    const ids = [await read(), await read({}, { sequence: 4_712 }), await read({}, { mailing: 8 })].map((mail) => mail.messageId);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('the way out', () => {
  it('is one click by https and one by mail, signed for this subscription', async () => {
    const value = await headerOf('List-Unsubscribe');
    const [, link, mail] = /^<https:\/\/press\.example\/u\/(\w+)>, <mailto:u-(\w+)@returns\.example>$/.exec(value) ?? [];
    expect(verifyToken('unsubscribe', link ?? '', SECRETS)).toEqual([12, LIST_NUMBER]);
    expect(mail).toBe(link);
    expect(await headerOf('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
  });

  it('is by https alone where no mail is taken', async () => {
    expect(await headerOf('List-Unsubscribe', { returnsDomain: null })).toMatch(/^<https:\/\/press\.example\/u\/\w+>$/);
  });

  it('is in the text as well, where the issue has its slot', async () => {
    const mail = await read({
      text: [slot('unsubscribeUrl', 'text'), ' ', slot('preferencesUrl', 'text')],
      html: ['<a href="', slot('unsubscribeUrl', 'url'), '">leave</a>'],
    });
    expect(mail.text).toMatch(/^https:\/\/press\.example\/u\/\w+ https:\/\/press\.example\/p\/\w+\n$/);
    expect(`<${/href="([^"]+)"/.exec(mail.html ?? '')?.[1]}>`).toBe((await headerOf('List-Unsubscribe')).split(',')[0]);
  });
});

describe('slots', () => {
  const text = ['Hello ', slot('name', 'text', 'friend'), ' of ', slot('attributes.city', 'text', 'somewhere'), '!'];

  it('take the recipient’s values', async () => {
    expect((await read({ text })).text).toBe('Hello Ada of London!\n');
  });

  it('take the fallback where the recipient has no value', async () => {
    const subscriber = { id: 12, address: 'ada@example.org', name: '', attributes: { city: ' ' } };
    expect((await read({ text }, { subscriber })).text).toBe('Hello friend of somewhere!\n');
  });

  it('keep attributes from posing as anything else', async () => {
    const attributes = { unsubscribeUrl: 'https://evil.example/', 'attributes.city': 'Evil' };
    const subscriber = { id: 12, address: 'ada@example.org', name: 'Ada', attributes };
    const mail = await read({ text: [slot('unsubscribeUrl', 'text'), slot('attributes.city', 'text', '-')] }, { subscriber });
    expect(mail.text).toMatch(/^https:\/\/press\.example\/u\/\w+-\n$/);
  });

  it('never let a recipient’s value become HTML', async () => {
    const subscriber = { id: 12, address: 'ada@example.org', name: '<b>"&\'', attributes: {} };
    const mail = await read({ html: ['<p>', slot('name', 'html'), '</p>'] }, { subscriber });
    expect(mail.html).toBe('<p>&lt;b&gt;&quot;&amp;&#39;</p>\n');
  });
});

describe('without a secret', () => {
  it('no message is made at all', () => {
    expect(() => compose({}, {}, [])).toThrow('A token needs a secret');
  });
});
