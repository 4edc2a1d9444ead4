import { existsSync } from 'node:fs';
import { CLI, GANGWAY } from '../../common/gangway.ts';
import type { BridgeSubject, Wire } from './subject.ts';

/** Ours, built, with everything left at its default. */
export function gangway(wire: Wire): BridgeSubject {
  return {
    name: `${GANGWAY} ${wire}`,
    wire,
    command: existsSync(CLI)
      ? (port, { command, args }) => ({
          command: process.execPath,
          args: [CLI, 'serve', '-p', String(port), '--sse', command, ...args],
        })
      : null,
  };
}
