import { BlockList, isIP } from 'node:net';
import type { Target } from '../target.ts';

/** Loopback and multicast-DNS names mean this machine and its neighbours: no parent proxy can reach them for us. */
const ALWAYS_DIRECT = 'localhost,127.0.0.0/8,::1,.local';

interface NameRule {
  readonly suffix: string;
  readonly port: number | null;
}

/**
 * Which targets are reached without the parent proxy, in NO_PROXY notation: names (a name also covers its
 * subdomains; a leading dot or `*.` is allowed), addresses, CIDR blocks, each with an optional `:port`; `*` for all.
 * There is no standard; this is the union of what curl, Go and Python requests understand.
 */
export function directTargets(noProxy: string): (target: Target) => boolean {
  const entries = `${ALWAYS_DIRECT},${noProxy}`.split(/[\s,]+/).filter((entry) => entry !== '');
  const everything = entries.includes('*');
  const addresses = new BlockList();
  const names: NameRule[] = [];
  for (const entry of entries) {
    if (!addAddress(addresses, entry)) names.push(nameRule(entry));
  }
  return (target) =>
    everything || matchesAddress(addresses, target.host) || names.some((rule) => matchesName(rule, target));
}

function addAddress(addresses: BlockList, entry: string): boolean {
  const [address = '', prefix] = entry.replace(/^\[(.*)\]$/, '$1').split('/');
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) addresses.addAddress(address, type);
  else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32))
    addresses.addSubnet(address, Number(prefix), type);
  return true;
}

function matchesAddress(addresses: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && addresses.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function nameRule(entry: string): NameRule {
  const [, host = entry, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const name = host.replace(/^\[(.*)\]$/, '$1').replace(/^\*?\.?/, '');
  return { suffix: name.toLowerCase(), port: port === undefined ? null : Number(port) };
}

function matchesName(rule: NameRule, target: Target): boolean {
  if (rule.suffix === '' || (rule.port !== null && rule.port !== target.port)) return false;
  const host = target.host.toLowerCase().replace(/\.$/, '');
  return host === rule.suffix || host.endsWith(`.${rule.suffix}`);
}
