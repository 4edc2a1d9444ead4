import dgram from 'node:dgram';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import { NeighbourlySocket } from './neighbourly-socket.ts';
import { systemError } from './system-error.ts';

/** What happens when the app uses the local network: macOS lets it and neighbours answer, macOS refuses, or all is `silent`. */
export type LocalNetworkRule = 'allows' | 'refuses' | 'silent';

const OWN = '192.168.1.10';
const NEIGHBOURS = '192.168.1.';
const MAC = { mac: '02:00:00:00:00:01', internal: false };
const INTERFACES = {
  lo0: [
    {
      address: '127.0.0.1',
      netmask: '255.0.0.0',
      family: 'IPv4',
      mac: '00:00:00:00:00:00',
      internal: true,
      cidr: '127.0.0.1/8',
    },
  ],
  en0: [
    { ...MAC, address: OWN, netmask: '255.255.255.0', family: 'IPv4', cidr: `${OWN}/24` },
    {
      ...MAC,
      address: 'fe80::1c2a',
      netmask: 'ffff:ffff:ffff:ffff::',
      family: 'IPv6',
      scopeid: 14,
      cidr: 'fe80::1c2a/64',
    },
  ],
} satisfies NodeJS.Dict<os.NetworkInterfaceInfo[]>;

/**
 * A home network with a permission before it, in place of the machine's own: nothing that is sent there leaves the process. Any
 * address in 192.168.1.0/24 is a machine without a program on any port, and one of them answers multicast questions.
 */
export class LocalNetwork {
  rule: LocalNetworkRule = 'silent';
  /** Every use of it, oldest first. */
  readonly uses: string[] = [];

  /** Called by the boot, before the app's first line runs: from then on the app has no other local network. */
  takeOver(rule: LocalNetworkRule): void {
    this.rule = rule;
    os.networkInterfaces = () => INTERFACES;
    dgram.createSocket = () => new NeighbourlySocket(this) as unknown as dgram.Socket;
    const local = this;
    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
      const host = hostOf(args);
      if (!host.startsWith(NEIGHBOURS)) return Reflect.apply(connect, this, args);
      const refusal = local.use(`tcp ${host}`);
      // Refused by this machine within the call, or by the one that was reached.
      if (refusal !== null) process.nextTick(() => this.destroy(systemError('connect', refusal)));
      else if (local.rule === 'allows') setImmediate(() => this.destroy(systemError('connect', 'ECONNREFUSED')));
      return this;
    } as typeof connect;
    syncBuiltinESMExports();
  }

  /** Notes a use. The errno macOS answers with; null when it lets it pass. */
  use(what: string): string | null {
    this.uses.push(what);
    return this.rule === 'refuses' ? 'EHOSTUNREACH' : null;
  }
}

export const localNetwork = new LocalNetwork();

/** net.connect passes the list of its own arguments, the options first. */
function hostOf(args: readonly unknown[]): string {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  return typeof first === 'object' && first !== null && 'host' in first ? String(first.host) : '';
}
