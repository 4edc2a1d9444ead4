import os from 'node:os';
import type { Target } from '../base/address.ts';
import { isNeighbour } from '../base/address.ts';
import { broadcastAddresses, type LocalAddress } from '../platform/network/index.ts';
import type { Evidence } from './evidence.ts';
import { type Attempt, attempt, type BrowseOptions, browse, touch } from './probes/index.ts';

/** All that the asking does on the network. Everything ends at the signal, and leaves no descriptor behind. */
export interface Network {
  /** Addresses on interfaces that can broadcast. */
  addresses(): readonly LocalAddress[];
  /** Whether an address is that of another machine here, without a router between. */
  isNear(address: string): boolean;
  touch(interfaceName: string, signal: AbortSignal): Promise<Evidence>;
  browse(options: BrowseOptions): Promise<void>;
  attempt(target: Target, timeoutMs: number, signal: AbortSignal): Promise<Attempt>;
}

/** The network this machine is in. */
export const systemNetwork: Network = {
  addresses: () => broadcastAddresses(os.networkInterfaces()),
  isNear: isNeighbour,
  touch,
  browse,
  attempt,
};
