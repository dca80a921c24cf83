// A relay over a few SMTP connections that are kept and used again. Who finds none free waits in line.
import type { Clock } from '../domain/clock.ts';
import type { Message } from '../domain/message.ts';
import { createPace } from './pace.ts';
import type { Mark, Relay, RelaySettings, Submission } from './relay.ts';
import { SmtpConversation } from './smtp-conversation.ts';

export function smtpRelay(settings: RelaySettings, clock: Clock): Relay {
  const pace = createPace(settings.messagesPerSecond, clock);
  const idle: SmtpConversation[] = [];
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
    async submit(message, mark) {
      await enter();
      try {
        await pace.turn();
        return await submitOn(idle, settings, message, mark);
      } finally {
        leave();
      }
    },
    close() {
      for (const conversation of idle.splice(0)) conversation.quit();
      return Promise.resolve();
    },
  };
}

async function submitOn(idle: SmtpConversation[], settings: RelaySettings, message: Message, mark: Mark): Promise<Submission> {
  const kept = takeUsable(idle);
  const conversation = kept ?? new SmtpConversation(settings);
  const failure = kept ? undefined : await conversation.open();
  if (failure) return failure;
  const submission = await conversation.submit(message, mark);
  if (conversation.isUsable) idle.push(conversation);
  else conversation.quit();
  return submission;
}

/** The connection used last is the one least likely to have been closed for idling. */
function takeUsable(idle: SmtpConversation[]): SmtpConversation | undefined {
  for (let last = idle.pop(); last; last = idle.pop()) {
    if (last.isUsable) return last;
    last.close();
  }
  return undefined;
}
