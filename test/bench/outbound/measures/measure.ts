import type { Pace } from '../../common/options.ts';
import { cpuSeconds, processTree } from '../../common/processes.ts';
import type { Command } from '../../common/program.ts';
import type { Row } from '../../common/results.ts';
import type { Origin } from '../origin/origin.ts';
import type { RunningProxy } from '../subjects/running-proxy.ts';

export const DIRECT = 'direct';

/** The smallest CONNECT proxy in Node, see floor.js: a base that shows what of a tunnel is Node's. */
export const FLOOR = 'floor in Node';

/** Who is measured: the direct connection (`proxy` null) or a proxy that runs for the whole bench. */
export interface Contestant {
  readonly name: string;
  readonly proxy: RunningProxy | null;
  /** How to start a fresh copy of the proxy. */
  readonly command: ((port: number) => Command) | null;
}

export interface Bench {
  readonly contestants: readonly Contestant[];
  readonly origin: Origin;
  /** A second one, for the traffic that shall disturb. */
  readonly floodOrigin: Origin;
  readonly pace: Pace;
}

export interface Measure {
  readonly name: string;
  rows(bench: Bench): Promise<readonly Row[]>;
}

/** CPU seconds the contestant has used so far; 0 for the direct connection. */
export function cpuOf({ proxy }: Contestant): number {
  return proxy ? cpuSeconds(processTree(proxy.program.pid)) : 0;
}
