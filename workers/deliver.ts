// The worker for slices of a mailing: a thin door from the schedule to the flow.
import type { Clock } from '../src/domain/clock.ts';
import { type Delivering, deliverSlice } from '../src/flows/deliver-slice.ts';
import type { Worker } from '../src/queue/schedule.ts';

// What must not happen happened: the slice comes back, and whoever looks at the log sees why.
const FAULT_DELAY_MS = 5_000;

export function deliverWorker(delivering: Delivering, clock: Clock): Worker {
  return async (slice, signal) => {
    try {
      return await deliverSlice(slice, delivering, signal);
    } catch (error) {
      const message = `Postrider failed, and this is its own fault: ${error instanceof Error ? error.stack : String(error)}`;
      delivering.onTrouble({ kind: 'fault', message, advice: 'Please report it.' });
      return { kind: 'again', at: clock.now() + FAULT_DELAY_MS };
    }
  };
}
