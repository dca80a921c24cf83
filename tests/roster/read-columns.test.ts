// Which column is the address, which the name, and which are attributes.
import { describe, expect, it } from 'vitest';
import { type Columns, readColumns } from '../../src/roster/read-columns.ts';

function columnsOf(header: readonly string[]): Columns {
  const result = readColumns(header);
  if (result.kind === 'unreadable') throw new Error(result.why);
  return result.columns;
}

describe('the address', () => {
  it.each(['email', 'Email', ' E-MAIL ', 'Email Address', 'address', 'mail', 'email_address', 'EmailAddress'])(
    'is the column %j',
    (name) => {
      expect(columnsOf(['id', name])).toEqual({
        address: 1,
        name: [],
        attributes: [{ name: 'id', index: 0 }],
        isFirstRowData: false,
      });
    },
  );

  it('is `email` beside an `address` that may be a postal one, which is an attribute', () => {
    expect(columnsOf(['email', 'address'])).toMatchObject({ address: 0, attributes: [{ name: 'address', index: 1 }] });
  });

  it('is the only column of a file without a header', () => {
    expect(columnsOf(['ada@example.org'])).toEqual({ address: 0, name: [], attributes: [], isFirstRowData: true });
  });

  it.each([
    [['name', 'city'], 'The header has no column for the address; it has: name, city.'],
    [['Ada', 'ada@example.org'], 'The header has no column for the address; it has: Ada, ada@example.org.'],
    [['reader'], 'The header has no column for the address; it has: reader.'],
  ])('is missed in %j', (header, why) => {
    expect(readColumns(header)).toEqual({
      kind: 'unreadable',
      why,
      advice: 'Name that column `email`, or say which it is: --column email=HEADER',
    });
  });
});

describe('the name', () => {
  it.each([
    [['email', 'name'], [1]],
    [['Full Name', 'email'], [0]],
    [['email', 'display name'], [1]],
    [
      ['email', 'First Name', 'Last Name'],
      [1, 2],
    ],
    [
      ['firstname', 'email', 'lastname'],
      [0, 2],
    ],
    [['email', 'first_name'], [1]],
    [['email', 'city'], []],
  ])('in %j is columns %j', (header, name) => {
    expect(columnsOf(header).name).toEqual(name);
  });

  it('is the whole name where there are its parts as well, which become attributes', () => {
    expect(columnsOf(['email', 'first name', 'name'])).toMatchObject({
      name: [2],
      attributes: [{ name: 'first name', index: 1 }],
    });
  });
});

describe('attributes', () => {
  it('are all other columns that have a name, in small letters', () => {
    expect(columnsOf(['City ', 'email', '', 'Joined At', 'name']).attributes).toEqual([
      { name: 'city', index: 0 },
      { name: 'joined at', index: 3 },
    ]);
  });
});
