import { peer } from '../../common/peer.ts';
import type { BridgeSubject, Wire } from './subject.ts';

/** Serves all wires at once; for stateless clients it is told to find out what its server speaks. */
export function mcpProxy(wire: Wire): BridgeSubject {
  const { version, file } = peer('mcp-proxy', 'dist/bin/mcp-proxy.mjs');
  if (version === null) return { name: `mcp-proxy ${wire}`, wire, command: null };
  const upstream = wire === 'stateless' ? ['--upstreamProtocol', 'auto'] : [];
  return {
    name: `mcp-proxy ${version} ${wire}`,
    wire,
    command: (port, { command, args }) => ({
      command: process.execPath,
      args: [file, '--host', '127.0.0.1', '--port', String(port), ...upstream, '--', command, ...args],
    }),
  };
}
