// A relay that is away, or that refuses the sender, ends a send with a clear word and nobody's attempt used up;
// the next send delivers to all.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deliveriesOf, newsletterFolder, postrider, runSink, takenBy, writeReaders } from './cli.ts';

it('says that the relay cannot be reached, and continues when it can', async () => {
  const place = { cwd: newsletterFolder() };
  await postrider(['subscribers', 'import', writeReaders(place.cwd, 30)], place);
  const failed = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cannot be reached[\s\S]*30 recipients still to go[\s\S]*postrider send --issue 2023-01/),
  });
  expect(new Set((await deliveriesOf(place)).map(({ outcome, attempts }) => `${outcome} ${attempts}`))).toEqual(
    new Set(['due 0']),
  );

  const sink = await runSink();
  const sent = await postrider(['send', '--issue', '2023-01', '--yes'], { ...place, env: { SMTP_URL: sink.url } });
  await sink.stop();
  expect(sent.code).toBe(0);
  expect(takenBy(sink)).toHaveLength(30);
});

it('stops when the relay wants a login that it is not given, before anybody is refused', async () => {
  const sink = await runSink();
  const place = { cwd: newsletterFolder(sink.url.replace('smtp://', 'smtp://editor:secret@')) };
  await postrider(['subscribers', 'import', writeReaders(place.cwd, 5)], place);
  const failed = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  await sink.stop();
  expect(failed.code).toBe(1);
  expect(failed.stderr).not.toContain('secret');
  expect((await deliveriesOf(place)).every(({ outcome, attempts }) => outcome === 'due' && attempts === 0)).toBe(true);
});

it('sends the frozen edition even when the file is gone meanwhile', async () => {
  const place = { cwd: newsletterFolder() };
  await postrider(['subscribers', 'import', writeReaders(place.cwd, 3)], place);
  await postrider(['send', '--issue', '2023-01', '--yes'], place);
  rmSync(join(place.cwd, 'issues/2023-01.md'));
  writeFileSync(join(place.cwd, 'issues/2023-02.md'), '# Another\n\nText.\n');
  const sink = await runSink();
  const sent = await postrider(['send', '--issue', '2023-01', '--yes'], { ...place, env: { SMTP_URL: sink.url } });
  await sink.stop();
  expect(sent.code).toBe(0);
  expect(takenBy(sink)).toHaveLength(3);
});

it('waits for a greylister’s second try only when it is near, and says when it is', { timeout: 120_000 }, async () => {
  const sink = await runSink(['defer:reader1@*:1']);
  const place = { cwd: newsletterFolder(sink.url) };
  await postrider(['subscribers', 'import', writeReaders(place.cwd, 3)], place);
  const sent = await postrider(['send', '--issue', '2023-01', '--yes'], place);
  await sink.stop();
  expect(sent.code).toBe(0);
  const tries = (await deliveriesOf(place)).map(({ address, outcome, attempts }) => [address, outcome, attempts]);
  expect(tries).toContainEqual(['reader1@example.org', 'accepted', 2]);
});
