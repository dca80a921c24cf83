// What was once wrong here: each of these failed before it was mended.
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readCsv } from '../../src/csv/read-csv.ts';
import { readAll } from './read-all.ts';

function read(text: string) {
  writeFileSync('/tmp/postrider-faults/x.csv', text);
  return readAll(readCsv('/tmp/postrider-faults/x.csv', Readable.from([])));
}
it('counts a quoted CRLF as one line', async () => {
  const rows = await read('email,name\r\na@x.example,"A\r\nB"\r\nb@x.example,B\r\n\r\nc@x.example,C\r\n');
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 4, 6]);
});
it('reads a file whose lines end in LF here and CRLF there', async () => {
  const rows = await read('email,name\n"a@x.example","A"\r\n"b@x.example","B"\n');
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['email', 'name'],
    ['a@x.example', 'A'],
    ['b@x.example', 'B'],
  ]);
});
it('tells the delimiter by the first line that is not empty', async () => {
  expect((await read('\nemail;name\na@x.example;A\n'))[0]?.cells).toEqual(['email', 'name']);
});
it('tells the delimiter of standard input by its first line too', async () => {
  const rows = await readAll(readCsv('-', Readable.from([Buffer.from('email;name\na@x.example;Lovelace, Ada\n')])));
  expect(rows[1]?.cells).toEqual(['a@x.example', 'Lovelace, Ada']);
});
