import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bridge, type BridgeOptions, createBridge } from '../../app/bridge/index.ts';
import { Guard } from '../../app/gateway/guard.ts';
import { createRouter } from '../../app/gateway/router.ts';
import { DEFAULT_SETTINGS, type ServerSetting } from '../../app/settings/settings.ts';
import { textIn } from '../../app/text/index.ts';
import { type LoggedLine, rememberingLog } from './quiet-log.ts';

/** The MCP half of the product, running in this process on a port of its own. */
export interface McpBridge {
  readonly bridge: Bridge;
  readonly url: string;
  readonly lines: readonly LoggedLine[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Our own stdio servers, see test/fixtures/servers. */
export type FixtureName = 'legacy' | 'dual' | 'modern';

export const FIXTURES: readonly FixtureName[] = ['legacy', 'dual', 'modern'];

/** Compiled code is kept between runs, which halves the time a fixture takes to start. */
export function fixtureServer(name: FixtureName, changes: Partial<ServerSetting> = {}): ServerSetting {
  const file = fileURLToPath(new URL(`../fixtures/servers/${name}.ts`, import.meta.url));
  return {
    name,
    command: process.execPath,
    args: [file],
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'gangway-compile-cache') },
    cwd: null,
    era: 'auto',
    spare: false,
    ...changes,
  };
}

/** Serves stdio servers behind the guard; the first one is the default. `await using` stops everything. */
export async function startMcpBridge(
  servers: readonly ServerSetting[],
  options: Partial<BridgeOptions> & { readonly token?: string } = {},
): Promise<McpBridge> {
  const { log, lines } = rememberingLog();
  const text = () => textIn('en');
  const settings = { servers, defaultServer: servers[0]?.name ?? null, limits: DEFAULT_SETTINGS.limits };
  const bridge = createBridge({ settings, log, text, changed: () => undefined, ...options });
  const guard = new Guard({ token: options.token ?? null, allowedOrigins: [], allowedHosts: [] });
  const routes = {
    pages: {},
    serve: (...request: Parameters<Bridge['handle']>) => bridge.handle(...request),
  };
  const server = createServer(createRouter(guard, routes, text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    bridge,
    lines,
    url: `http://127.0.0.1:${portOf(server.address())}`,
    [Symbol.asyncDispose]: async () => {
      await bridge.stop();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port.');
  return address.port;
}
