import type { Build } from '../../common/gangway.ts';
import type { BridgeSubject, Wire } from './subject.ts';

/** A build of ours with everything left at its default. */
export function gangway({ name, cli }: Build, wire: Wire): BridgeSubject {
  return {
    name: `${name} ${wire}`,
    wire,
    command:
      cli !== null
        ? (port, { command, args }) => ({
            command: process.execPath,
            args: [cli, 'serve', '-p', String(port), '--sse', command, ...args],
          })
        : null,
  };
}
