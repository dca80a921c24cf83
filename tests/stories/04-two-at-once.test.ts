// Two editors press send at the same moment: one mailing, and each reader gets one message.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newsletterFolder, postrider, type RunningSink, runSink, takenBy, writeReaders } from './cli.ts';

let sink: RunningSink;
beforeAll(async () => {
  sink = await runSink();
});
afterAll(() => sink?.stop());

it('makes one mailing of two sends', { timeout: 120_000 }, async () => {
  const place = { cwd: newsletterFolder(sink.url) };
  await postrider(['subscribers', 'import', writeReaders(place.cwd, 400)], place);
  const send = (): ReturnType<typeof postrider> => postrider(['send', '--issue', '2023-01', '--yes'], place);
  const both = await Promise.all([send(), send()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(takenBy(sink)).toHaveLength(400);
  expect(new Set(takenBy(sink)).size).toBe(400);
  const { stdout } = await postrider(['status', '--json'], place);
  expect(JSON.parse(stdout)).toMatchObject([{ state: 'finished', recipients: 400, counts: { accepted: 400, unknown: 0 } }]);
});
