// A relay over a few SMTP connections that are kept and used again. Who finds none free waits in line.
import type { Clock } from '../domain/clock.ts';
import type { Message } from '../domain/message.ts';
import { createPace } from './pace.ts';
import type { Mark, Prepare, Relay, RelaySettings, Submission } from './relay.ts';
import { SmtpConversation } from './smtp-conversation.ts';

// A relay that waits a minute for the next message closes the connection with a 421, which would be taken for
// its answer if our next message crossed it on the way. So none is used again that has been idle for long.
const IDLE_MAX_MS = 15_000;

/** A conversation between two messages. */
interface Idle {
  readonly conversation: SmtpConversation;
  readonly since: number;
}

/** `sign` is the last that happens to a message before the wire. */
export function smtpRelay(settings: RelaySettings, clock: Clock, sign = (message: Message): Message => message): Relay {
  const pace = createPace(settings.messagesPerSecond, clock);
  const idle: Idle[] = [];
  const line: (() => void)[] = [];
  let busy = 0;

  const enter = async (): Promise<void> => {
    if (busy >= settings.connections) await new Promise<void>((resolve) => line.push(resolve));
    else busy++;
  };
  const leave = (): void => {
    // The place passes on to the next in line without becoming free in between.
    const next = line.shift();
    if (next) next();
    else busy--;
  };

  return {
    connections: settings.connections,
    messagesPerSecond: settings.messagesPerSecond,
    async submit(prepare: Prepare, mark: Mark): Promise<Submission> {
      await enter();
      try {
        await pace.turn();
        const message = prepare();
        return message === null ? { kind: 'unstarted' } : await submitOnOne(sign(message), mark);
      } finally {
        leave();
      }
    },
    close() {
      for (const { conversation } of idle.splice(0)) conversation.quit();
      return Promise.resolve();
    },
  };

  async function submitOnOne(message: Message, mark: Mark): Promise<Submission> {
    const kept = takeIdle();
    const conversation = kept ?? new SmtpConversation(settings);
    const failure = kept ? undefined : await conversation.open();
    if (failure) return failure;
    let isMarked = false;
    const submission = await conversation.submit(message, () => {
      isMarked = true;
      return mark();
    });
    if (kept && submission.kind === 'unended' && !isMarked) {
      // The relay had closed the connection that we kept: nothing was offered to it, so a fresh one may try.
      conversation.close();
      return submitOnOne(message, mark);
    }
    if (conversation.isUsable) idle.push({ conversation, since: clock.now() });
    else conversation.quit();
    return submission;
  }

  /** The one that was used last. */
  function takeIdle(): SmtpConversation | undefined {
    for (let last = idle.pop(); last; last = idle.pop()) {
      if (last.conversation.isUsable && clock.now() - last.since < IDLE_MAX_MS) return last.conversation;
      last.conversation.quit();
    }
    return undefined;
  }
}
