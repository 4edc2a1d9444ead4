import { peer } from '../../common/peer.ts';
import type { BridgeSubject, Wire } from './subject.ts';

/** One process serves one wire. Its log, which holds every message by default, is off. */
const OPTIONS: Readonly<Record<Wire, readonly string[]>> = {
  stdio: [],
  SSE: ['--outputTransport', 'sse'],
  '/mcp': ['--outputTransport', 'streamableHttp', '--stateful'],
  stateless: ['--outputTransport', 'streamableHttp'],
};

export function supergateway(wire: Wire): BridgeSubject {
  const { version, file } = peer('supergateway', 'dist/index.js');
  if (version === null) return { name: `supergateway ${wire}`, wire, command: null };
  return {
    name: `supergateway ${version} ${wire}`,
    wire,
    command: (port, { command, args }) => ({
      command: process.execPath,
      args: [
        file,
        '--stdio',
        // It takes one line for a shell.
        [command, ...args].map((word) => `'${word}'`).join(' '),
        '--port',
        String(port),
        '--logLevel',
        'none',
        ...OPTIONS[wire],
      ],
    }),
  };
}
