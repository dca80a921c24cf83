// The worker for slices of a mailing: a thin door from the schedule to the flow.
import { type Delivering, deliverSlice } from '../src/flows/deliver-slice.ts';
import type { Trouble } from '../src/flows/judge-submission.ts';
import type { Worker } from '../src/queue/schedule.ts';

export function deliverWorker(delivering: Delivering): Worker<Trouble> {
  return (slice, signal) => deliverSlice(slice, delivering, signal);
}
