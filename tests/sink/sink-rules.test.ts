// How the sink is told to misbehave.
import { describe, expect, it } from 'vitest';
import { MISBEHAVIOURS, misbehaviourFor, parseSinkRule, partyOf, type SinkRule } from '../../src/sink/sink-rules.ts';

function rule(text: string): SinkRule {
  const parsed = parseSinkRule(text);
  if (!parsed) throw new Error(`${text} is not a rule.`);
  return parsed;
}

describe('parseSinkRule', () => {
  it.each(MISBEHAVIOURS)('knows %s', (misbehaviour) => {
    expect(parseSinkRule(`${misbehaviour}:*@example.org`)).toEqual({
      misbehaviour,
      pattern: '*@example.org',
      times: Number.POSITIVE_INFINITY,
    });
  });

  it('reads for how many tries it holds', () => {
    expect(parseSinkRule('defer:ada@example.org:2')).toEqual({ misbehaviour: 'defer', pattern: 'ada@example.org', times: 2 });
  });

  it.each([
    '',
    ':',
    'refuse',
    'refuse:',
    'refuse::2',
    'Refuse:*',
    'explode:*',
    'toString:*',
    'refuse:*:',
    'refuse:*:0',
    'refuse:*:-1',
    'refuse:*:many',
    'refuse:*:NaN',
    ' refuse:*',
  ])('refuses %j', (text) => {
    expect(parseSinkRule(text)).toBeUndefined();
  });
});

describe('misbehaviourFor', () => {
  it.each([
    ['*', 'ada@example.org', true],
    ['*', '', true],
    ['ada@example.org', 'ada@example.org', true],
    ['ADA@example.org', 'ada@EXAMPLE.org', true],
    ['*@example.org', 'ada@example.org', true],
    ['ada*@*.org', 'ada.lovelace@mail.example.org', true],
    ['*gone*', 'is.gone@example.org', true],
    ['ada+news@example.org', 'ada+news@example.org', true],
    ['ada@example.org', 'bada@example.org', false],
    ['ada@example.org', 'ada@example.org.uk', false],
    ['ada@example.org', 'ada@exampleXorg', false],
    ['ada+news@example.org', 'adaanews@example.org', false],
    ['a|b@example.org', 'b@example.org', false],
    ['[ab]@example.org', 'a@example.org', false],
    ['?da@example.org', 'ada@example.org', false],
  ])('fits %s to %s: %s', (pattern, address, fits) => {
    expect(misbehaviourFor([rule(`refuse:${pattern}`)], address, 1)).toBe(fits ? 'refuse' : undefined);
  });

  it('takes the first rule that fits', () => {
    const rules = [rule('refuse:ada@*'), rule('stall:*@example.org'), rule('defer:*')];
    expect(['ada@example.org', 'bob@example.org', 'bob@x.example'].map((each) => misbehaviourFor(rules, each, 1))).toEqual([
      'refuse',
      'stall',
      'defer',
    ]);
  });

  it('treats an address well, or by the next rule, once its tries are over', () => {
    const rules = [rule('refuse:ada@*:1'), rule('defer:*:3')];
    expect([1, 2, 3, 4].map((tries) => misbehaviourFor(rules, 'ada@example.org', tries))).toEqual([
      'refuse',
      'defer',
      'defer',
      undefined,
    ]);
  });

  it('treats everybody well without rules', () => {
    expect(misbehaviourFor([], 'ada@example.org', 1)).toBeUndefined();
  });
});

describe('partyOf', () => {
  it('looks at the sender at MAIL, where no recipient is known, and at the recipient from then on', () => {
    const ofSenders = MISBEHAVIOURS.filter((misbehaviour) => partyOf(rule(`${misbehaviour}:*`)) === 'sender');
    expect(ofSenders).toEqual(['drop-at-mail']);
  });
});
