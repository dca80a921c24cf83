// What joining may cost a stranger whose address somebody types into the form: one mail a day, and no more.

const DAY_MS = 24 * 60 * 60_000;

/** An address gets one letter in this time, whoever asks for it. */
export const LETTER_EVERY_MS = DAY_MS;
/** A link to all that one gets works for so long: until the next may be asked for. */
export const MANAGE_MS = DAY_MS;
/** A link to confirm works for so long; whoever has not pressed the button by then is forgotten. */
export const CONFIRM_MS = 7 * DAY_MS;
/** A person needs longer than this to fill in the form. */
export const FILLED_MIN_MS = 2_000;
/** An open form is good for so long. */
export const FORM_MS = DAY_MS;

/** How many may be asked for in an hour: from one address of the network, from its neighbourhood, for one domain. */
export const ASKS_PER_HOUR = { client: 10, network: 50, domain: 1_000 } as const;

/** A client's neighbourhood: the /24 of IPv4, the /48 of IPv6, as it is given out to one customer. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1];
  const address = mapped ?? ip;
  return address.includes(':') ? groupsOf(address).slice(0, 3).join(':') : address.split('.').slice(0, 3).join('.');
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(ip: string): string[] {
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const missing = ip.includes('::') ? Math.max(0, 8 - head.length - tail.length) : 0;
  return [...head, ...Array<string>(missing).fill('0'), ...tail].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}
