// The bench's sink as a relay on this machine.
import { openRelay } from '../../src/app.ts';
import { RELAY_DEFAULTS, type Relay } from '../../src/relay/relay.ts';

export const CONNECTIONS = 20;

export function sinkRelay(port: number): Relay {
  return openRelay({
    ...{ ...RELAY_DEFAULTS, host: '127.0.0.1', port, security: 'none', login: null, ehloName: null, authority: null },
    connections: CONNECTIONS,
    messagesPerSecond: 0,
  });
}
