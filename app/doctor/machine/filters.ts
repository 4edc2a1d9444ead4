import type { FilterFacts } from '../facts.ts';
import type { CommandOutput } from '../run-command.ts';

export const FILTER_COUNTERS = ['net.cfil.active_count', 'net.cfil.sock_attached_count'] as const;

/** `sysctl` of the content filters' counters (XNU, content_filter.c): lines of `name: number`. */
export function readFilters({ stdout }: CommandOutput): FilterFacts | null {
  const [filters, sockets] = FILTER_COUNTERS.map((name) => {
    const line = stdout.split('\n').find((one) => one.startsWith(`${name}:`));
    const count = Number(line?.slice(name.length + 1));
    return line === undefined || !Number.isInteger(count) ? null : count;
  });
  return filters === null || filters === undefined ? null : { filters, sockets: sockets ?? null };
}
