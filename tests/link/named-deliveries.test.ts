// Our own signature, wherever mail systems have put it on its way back.
import { describe, expect, it } from 'vitest';
import { deliveryName, deliveryNamedIn, unsubscribeToken, verpAddress } from '../../src/link/delivery-links.ts';

const SECRETS = ['a-secret-for-these-tests'];
const DELIVERY = { mailing: 12, sequence: 4_567 };
const VERP = verpAddress(DELIVERY, 'returns.example', SECRETS);
const ID = `${deliveryName(DELIVERY, SECRETS)}@returns.example`;
const TOKEN = VERP.slice(2, VERP.indexOf('@'));

describe('a delivery is named', () => {
  it.each([
    ['by a return path', `To: <${VERP}>`],
    ['in capitals', VERP.toUpperCase()],
    ['with a plus behind it', VERP.replace('@', '+autoreply@')],
    ['rewritten by a forwarder (SRS)', `SRS0=Xy1=AB=returns.example=r-${TOKEN}@forward.example`],
    ['rewritten with a signature before it (BATV)', `prvs=1234567abc=${VERP}`],
    ['by a Message-ID', `References: <other@x.example> <${ID}>`],
    ['by a header of ours', `X-Postrider-Delivery: ${deliveryName(DELIVERY, SECRETS)}`],
    ['among other words', `X: aaaaaaaaaaaaaaaaaaaaaaaa\nTo: nobody@x.example\nMessage-ID: <${ID}>`],
  ])('%s', (_, text) => {
    expect(deliveryNamedIn(text, SECRETS)).toEqual(DELIVERY);
  });

  it.each([
    ['by nothing', 'To: news@example.org'],
    ['by another secret', verpAddress(DELIVERY, 'returns.example', ['another-secret-altogether'])],
    ['by a token that is for leaving', unsubscribeToken({ subscriber: 12, list: 1 }, SECRETS)],
    ['by one with a letter changed', VERP.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@'))],
    ['by letters without end', 'a'.repeat(1_000_000)],
  ])('not %s', (_, text) => {
    expect(deliveryNamedIn(text, SECRETS)).toBeUndefined();
  });
});
