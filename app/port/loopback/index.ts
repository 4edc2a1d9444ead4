import { isIPv4 } from 'node:net';

/** Whether only this machine can reach a listener at `host`. A name other than localhost may lead anywhere. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase().replace(/^::ffff:/, '');
  return address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
