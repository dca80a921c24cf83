// A real Postfix takes an issue, finds that one reader's mailbox is not there, and brings its own report to our listener:
// the reader is not mailed again, the other is, and an admin can take it back.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BouncingPostfix, startBouncingPostfix } from '../services/bouncing-postfix.ts';
import { findCommand } from '../services/install.ts';
import { freePorts } from '../services/ports.ts';
import { postrider } from './cli.ts';
import { type ReaderSite, startSite, stateOf } from './reader-site.ts';
import { jsonOf, RETURNS_DOMAIN, reportOf } from './returned.ts';
import { endAll, SEND, until } from './several.ts';

const LIMIT = { timeout: 120_000 };
const READER = 'reader@local.example';
const NOBODY = 'nobody-there@local.example';

describe.skipIf(findCommand('postfix') === undefined)('a bounce of a real mail server', () => {
  let site: ReaderSite;
  let postfix: BouncingPostfix;

  beforeAll(async () => {
    const [returnsPort = 0] = await freePorts(1);
    postfix = await startBouncingPostfix({ returnsDomain: RETURNS_DOMAIN, returnsPort });
    site = await startSite(0, (yaml) => `${yaml}returnsDomain: ${RETURNS_DOMAIN}\n`, {
      SMTP_URL: `smtp://127.0.0.1:${postfix.port}`,
      RETURNS_LISTEN: String(returnsPort),
    });
    const readers = join(site.place.cwd, 'two.csv');
    writeFileSync(readers, `email\n${READER}\n${NOBODY}\n`);
    expect((await postrider(['subscribers', 'import', readers], site.place)).code).toBe(0);
    expect((await postrider(SEND, site.place)).code).toBe(0);
  }, 120_000);
  afterAll(async () => {
    await site?.stop();
    await postfix?.stop();
    await endAll();
  });

  it('comes to the listener, and its delivery has bounced', LIMIT, async () => {
    await until(async () => (await reportOf(site.place)).bounced === 1);
    const { counts, returned, recipients } = await reportOf(site.place);
    expect({ recipients, accepted: counts['accepted'] }).toEqual({ recipients: 2, accepted: 2 });
    expect(returned).toMatchObject([{ reason: 'user-unknown', count: 1, example: expect.stringContaining('unknown user') }]);
    const lines = await postrider(['deliveries', '--issue', '2023-01', '--outcome', 'bounced'], site.place);
    expect(lines.stdout).toMatch(new RegExp(`^${NOBODY} +came back +no such mailbox`, 'm'));
  });

  it('suppresses the reader, ends the subscription and says so in the consent log', LIMIT, async () => {
    const shown = await jsonOf<{ suppression: { reason: string } | null }>(['subscribers', 'show', NOBODY], site.place);
    expect(shown).toMatchObject({ suppression: { reason: 'gone' }, subscriptions: [{ state: 'ended', endedReason: 'gone' }] });
    const { stdout } = await postrider(['subscribers', 'show', NOBODY], site.place);
    expect(stdout).toMatch(/ended, since mail came back/);
  });

  it('keeps the next issue from the one, and not from the other', LIMIT, async () => {
    writeFileSync(join(site.place.cwd, 'issues/2023-02.md'), '# February\n\nAnother short issue.\n');
    expect((await postrider(['send', '--issue', '2023-02', '--yes'], site.place)).code).toBe(0);
    expect((await reportOf(site.place, '2023-02')).recipients).toBe(1);
    await until(async () => (await postfix.delivered()).filter(({ recipient }) => recipient === READER).length === 2);
  });

  it('can be taken back by an admin, with the subscription', LIMIT, async () => {
    expect((await postrider(['suppressions', 'remove', NOBODY], site.place)).code).toBe(0);
    expect(await stateOf(site, NOBODY)).toBe('active');
  });
});
