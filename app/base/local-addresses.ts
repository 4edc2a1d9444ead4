import { BlockList, isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** Whether `address` lies in the subnet of one of this machine's interfaces: reached without a router. */
export function isOnLink(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const subnets = new BlockList();
  for (const own of ownInterfaces()) {
    const [network = '', prefix = ''] = (own.cidr ?? '').split('/');
    if (!own.internal && network !== '')
      subnets.addSubnet(network, Number(prefix), own.family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return subnets.check(address.replace(/%.*$/, ''), type);
}

/** Whether a connection to `address` ends on this machine: loopback, the unspecified address, an address of ours. */
export function isThisMachine(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('0.0.0.0', 'ipv4');
  loopback.addAddress('::', 'ipv6');
  loopback.addAddress('::1', 'ipv6');
  for (const own of ownInterfaces()) loopback.addAddress(own.address, own.family === 'IPv6' ? 'ipv6' : 'ipv4');
  // An IPv4 address in IPv6 dress (::ffff:127.0.0.1) is checked as IPv4 by BlockList itself.
  return loopback.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether `address` is another machine on a network of this one's own: what macOS calls the local network. */
export function isNeighbour(address: string): boolean {
  return isOnLink(address) && !isThisMachine(address);
}

/** Asking takes a descriptor; when there is none left, the answer is nothing, and the caller's own error is what counts. */
function ownInterfaces(): readonly NetworkInterfaceInfo[] {
  try {
    return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  } catch {
    return [];
  }
}
