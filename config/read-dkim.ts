// The key that messages are signed with: DKIM_KEY, a private RSA key in PEM, and DKIM_SELECTOR. Pure.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { domainOf } from '../src/domain/address.ts';
import { DKIM_MIN_BITS, type DkimKey, SELECTOR } from '../src/domain/dkim.ts';
import type { Problem } from '../src/domain/problem.ts';

export const DKIM_NAMES = ['DKIM_KEY', 'DKIM_SELECTOR'] as const;
export const DEFAULT_SELECTOR = 'postrider';

type Values = Readonly<Record<string, string | undefined>>;

const MAKE_ONE = 'Make one with `postrider dkim keygen`, and write the two lines that it prints into .env.';

/** Null where none is set: then nothing is signed. `sender`: the address that newsletters come from. */
export function readDkimKey(values: Values, sender: string): { key: DkimKey | null; problems: Problem[] } {
  const { DKIM_KEY: pem, DKIM_SELECTOR: selector = DEFAULT_SELECTOR } = values;
  if (pem === undefined) {
    // A file that cannot be read has been told of.
    const isForgotten = values['DKIM_SELECTOR'] !== undefined && values['DKIM_KEY_FILE'] === undefined;
    return { key: null, problems: isForgotten ? [wrong('DKIM_SELECTOR is set, but there is no DKIM_KEY to sign with.')] : [] };
  }
  const privateKey = readKey(pem);
  const problem = whatIsWrong(privateKey) ?? (SELECTOR.test(selector) ? undefined : badSelector(selector));
  if (privateKey === null || problem !== undefined) return { key: null, problems: problem ? [problem] : [] };
  return { key: { domain: domainOf(sender), selector, privateKey }, problems: [] };
}

/** Null where it is none, or under a password. */
export function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

export function whatIsWrong(key: KeyObject | null): Problem | undefined {
  if (key === null) return wrong('DKIM_KEY is no private key in PEM, or one under a password.');
  if (key.asymmetricKeyType !== 'rsa')
    return wrong(`DKIM_KEY is a key of kind ${key.asymmetricKeyType}, which many receivers cannot check; it must be RSA.`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < DKIM_MIN_BITS) return wrong(`DKIM_KEY has ${bits} bits; receivers take none below ${DKIM_MIN_BITS} (RFC 8301).`);
  return undefined;
}

export function badSelector(selector: string): Problem {
  return wrong(
    `The selector ${JSON.stringify(selector)} is no part of a domain name.`,
    'Use letters, digits and hyphens, as in postrider2026.',
  );
}

function wrong(message: string, advice = MAKE_ONE): Problem {
  return { severity: 'error', rule: 'configuration', message, advice };
}
