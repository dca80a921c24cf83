// Whether readers anywhere can reach a web address, as far as its name tells.
import { BlockList, isIP } from 'node:net';

// RFC 2606, 6761, 6762, 8375 and 9476: names that are nobody's on the internet.
const NOBODYS = ['localhost', 'local', 'internal', 'test', 'invalid', 'example', 'lan', 'home.arpa', 'alt'];
const PLACEHOLDERS = ['example.org', 'example.com', 'example.net'];

/** Null where it is a public https address; else what it is instead. */
export function whyNotPublic(url: string): string | null {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (protocol !== 'https:') return 'is not https';
  if (isIP(host) !== 0)
    return isPrivateAddress(host) ? 'is an address of this machine, of a private network or of a manual' : null;
  if (isWithin(host, PLACEHOLDERS)) return 'is a name for examples';
  if (!host.includes('.') || isWithin(host, NOBODYS)) return 'is a name that only this network knows';
  return null;
}

function isWithin(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

const PRIVATE = privateNetworks();

/** An IPv6 address that stands for one of IPv4 is what that one is: a BlockList compares them so by itself. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** IANA's special-purpose registries (RFC 6890), less what is public. */
function privateNetworks(): BlockList {
  const list = new BlockList();
  for (const network of ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'])
    addTo(list, network, 'ipv4');
  for (const network of ['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'])
    addTo(list, network, 'ipv4');
  // For manuals.
  for (const network of ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24']) addTo(list, network, 'ipv4');
  for (const network of ['::/127', '64:ff9b:1::/48', '100::/64', '2001:db8::/32', 'fc00::/7', 'fe80::/10', 'ff00::/8'])
    addTo(list, network, 'ipv6');
  return list;
}

function addTo(list: BlockList, network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix] = network.split('/');
  list.addSubnet(address, Number(prefix), family);
}
