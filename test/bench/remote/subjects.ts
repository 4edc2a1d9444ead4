import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Build } from '../common/gangway.ts';
import { peer } from '../common/peer.ts';
import { type Command, freePort, Program } from '../common/program.ts';
import { answersHttp } from '../inbound/subjects/bridge.ts';

/** Column of the smallest relay there can be. */
export const FLOOR = 'relay';
/** Column of the smallest two programs there can be, as ours are two. */
export const TWO_HOPS = 'two relays';
export const MCP_REMOTE = 'mcp-remote';

const MCP_REMOTE_FILE = fileURLToPath(new URL('../../../node_modules/mcp-remote/dist/proxy.js', import.meta.url));
const RELAY = fileURLToPath(new URL('fixture/relay.js', import.meta.url));
const HOP = fileURLToPath(new URL('fixture/hop.js', import.meta.url));

/** How the remote answers. Paths are those of `fixture/remote.js`. */
export interface Wire {
  readonly name: string;
  readonly path: '/json' | '/events' | '/sse';
}

export const WIRES: readonly Wire[] = [
  { name: 'JSON answers', path: '/json' },
  { name: 'event-stream answers', path: '/events' },
  { name: 'HTTP+SSE', path: '/sse' },
];

/** A program that a stdio client starts to reach the remote. */
export interface RemoteSubject {
  readonly name: string;
  readonly command: Command;
  /** What stands behind that program and runs all the time; null where nothing does. */
  readonly gateway: Program | null;
}

/** Starts `remote.js`. Returns it with its port. */
export async function startRemote(): Promise<{ readonly program: Program; readonly port: number }> {
  const port = await freePort();
  const file = fileURLToPath(new URL('fixture/remote.js', import.meta.url));
  const command = { command: process.execPath, args: [file, String(port)] };
  return { program: await Program.start('the remote', command, () => answersHttp(port)), port };
}

/** A build of ours in front of the remote: its gateway runs, a stdio client starts `connect`. */
export async function startGangway({ name, cli }: Build, url: string, wire: Wire): Promise<RemoteSubject | null> {
  if (cli === null) return null;
  const port = await freePort();
  const type = wire.path === '/sse' ? 'sse' : 'http';
  const config = JSON.stringify({ mcpServers: { remote: { type, url } } });
  const args = [cli, 'serve', '-p', String(port), '--config', 'servers.json'];
  const gateway = await Program.start(
    name,
    { command: process.execPath, args, files: { 'servers.json': config } },
    () => answersHttp(port),
  );
  return {
    name: `${name} connect`,
    // Of the same person, as on a desk: it finds the gateway by its control socket.
    command: { command: process.execPath, args: [cli, 'connect', 'remote', '-p', String(port)], env: gateway.home },
    gateway,
  };
}

/** The relay in front of a program that passes requests on: what a second program costs by itself. */
export async function startTwoRelays(url: string): Promise<RemoteSubject> {
  const port = await freePort();
  const hop = { command: process.execPath, args: [HOP, String(port), url] };
  const gateway = await Program.start(TWO_HOPS, hop, () => answersHttp(port));
  const near = new URL(url);
  near.port = String(port);
  return { name: TWO_HOPS, command: { command: process.execPath, args: [RELAY, near.href] }, gateway };
}

/** The floor and the peers that are installed. */
export function others(url: string, { path }: Wire): readonly RemoteSubject[] {
  const node = (...args: readonly string[]): Command => ({ command: process.execPath, args });
  const supergateway = peer('supergateway', 'dist/index.js');
  const transport = path === '/sse' ? 'sse-only' : 'http-only';
  const mcpRemote = node(MCP_REMOTE_FILE, url, '--allow-http', '--silent', '--transport', transport);
  const flag = path === '/sse' ? '--sse' : '--streamableHttp';
  return [
    { name: FLOOR, command: node(RELAY, url), gateway: null },
    ...(existsSync(MCP_REMOTE_FILE) ? [{ name: MCP_REMOTE, command: mcpRemote, gateway: null }] : []),
    ...(supergateway.version === null
      ? []
      : [
          {
            name: `supergateway ${supergateway.version}`,
            command: node(supergateway.file, flag, url, '--logLevel', 'none'),
            gateway: null,
          },
        ]),
  ];
}
