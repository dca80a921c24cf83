// Loaded before Postrider (node --import) into a process that is to be struck. It imports the very modules that the
// process runs, so no hook is needed in them: it listens at their doors and strikes at the nth passing of a point.
// It also lets deferred deliveries come back sooner; nothing else is changed.
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { type CompiledQuery, type DatabaseConnection, type Driver, PostgresDriver, SqliteDriver } from 'kysely';
import { PATIENCE } from '../../../src/policy/next-attempt.ts';
import { SmtpConversation } from '../../../src/relay/smtp-conversation.ts';
import { DeliveryWriter } from '../../../src/store/delivery-writer.ts';
import { ORDER, type Order, type Point, SAYS, type Saying } from './points.ts';

const STDERR = 2;
const DOT = Buffer.from('.\r\n');
/** What a statement of the ledger is about, by its text. */
const DEEDS = [
  ['opening', /insert into "(mailings|editions)"|insert into (deliveries|exclusions)|"opened_(through|at)" = /],
  ['claim', /update "deliveries" set "claim" = .* in \(select /],
  ['mark', /update deliveries set marked_at = v/],
  ['settle', /update deliveries set\s+outcome = case/],
] as const;
type Deed = (typeof DEEDS)[number][0];

const { strike, deferMs } = JSON.parse(process.env[ORDER] ?? '{}') as Order;
let passings = 0;

function pass(point: Point): void {
  if (strike?.point !== point || ++passings !== strike.nth) return;
  say('struck');
  if (strike.how === 'kill') process.kill(process.pid, 'SIGKILL');
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, strike.freezeMs);
}

function say(saying: Saying): void {
  writeSync(STDERR, `${SAYS}${JSON.stringify(saying)}\n`);
}

function watchWriter(): void {
  const { mark, settle } = DeliveryWriter.prototype;
  DeliveryWriter.prototype.mark = async function (item) {
    pass('mark-asking');
    const isGranted = await mark.call(this, item);
    if (isGranted) pass('mark-granted');
    return isGranted;
  };
  DeliveryWriter.prototype.settle = function (item) {
    if (item.outcome === 'accepted') pass('reply-heard');
    if (item.outcome === 'deferred') pass('deferral-heard');
    return settle.call(this, item);
  };
}

/** The dot is a write of its own, and with the callback it is in the kernel's hands: it arrives whatever we do. */
function watchWire(): void {
  const { submit } = SmtpConversation.prototype;
  let hasSubmitted = false;
  SmtpConversation.prototype.submit = function (message, mark) {
    if (!hasSubmitted) say('submits');
    hasSubmitted = true;
    return submit.call(this, message, mark);
  };
  const write = Socket.prototype.write as (this: Socket, chunk: unknown, ...rest: unknown[]) => boolean;
  Socket.prototype.write = function (this: Socket, chunk: unknown, ...rest: unknown[]): boolean {
    const isDot = rest.length === 0 && Buffer.isBuffer(chunk) && chunk.equals(DOT);
    return isDot ? write.call(this, chunk, () => pass('dot-sent')) : write.call(this, chunk, ...rest);
  };
}

function watchLedger(driver: Pick<Driver, 'acquireConnection'>): void {
  const acquire = driver.acquireConnection;
  const watched = new WeakSet<DatabaseConnection>();
  driver.acquireConnection = async function (options) {
    const connection = await acquire.call(this, options);
    if (!watched.has(connection)) watchConnection(connection);
    watched.add(connection);
    return connection;
  };
}

/** What is asked outside a transaction is durable by itself; what is asked within one, by its COMMIT. */
function watchConnection(connection: DatabaseConnection): void {
  const execute = connection.executeQuery.bind(connection) as typeof connection.executeQuery;
  const deeds = new Set<Deed>();
  let isWithin = false;
  connection.executeQuery = async <R>(query: CompiledQuery, ...rest: []) => {
    const { sql } = query;
    if (!isWithin) deeds.clear();
    if (sql.startsWith('begin')) isWithin = true;
    for (const [deed, pattern] of DEEDS) if (pattern.test(sql)) deeds.add(deed);
    if (sql === 'commit' || sql === 'rollback') isWithin = false;
    const done = isWithin ? [] : [...deeds];
    const isOfOpening = deeds.has('opening');
    // SQLite has committed when this returns; to PostgreSQL the word is on its way.
    const answer = execute<R>(query, ...rest);
    if (done.includes('mark')) pass('mark-committing');
    if (done.includes('settle')) pass('settle-committing');
    const result = await answer;
    if (isOfOpening) pass('opening');
    if (done.includes('claim')) pass('claimed');
    return result;
  };
}

/** Whoever started us holds our standard input: when that ends, the test is gone, and so should we be. */
function endWithTheTest(): void {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
  process.stdin.unref();
}

watchWriter();
watchWire();
watchLedger(SqliteDriver.prototype);
watchLedger(PostgresDriver.prototype);
(PATIENCE.delaysMs as number[])[0] = deferMs;
endWithTheTest();
