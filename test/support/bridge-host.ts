import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Bridge, type BridgeOptions, type BridgeSettings } from '../../app/bridge/index.ts';
import { textIn } from '../../app/i18n/index.ts';
import { DEFAULT_SETTINGS, type ProgramSetting, type RemoteSetting } from '../../app/settings/settings.ts';
import { type LoggedLine, rememberingLog } from './quiet-log.ts';

export const ECHO_SERVER = fileURLToPath(new URL('../fixtures/echo-server.mjs', import.meta.url));
export const STDLIB_SERVER = fileURLToPath(new URL('../fixtures/stdlib-server.py', import.meta.url));

export interface BridgeHost extends AsyncDisposable {
  readonly bridge: Bridge;
  readonly url: string;
  readonly port: number;
  readonly settings: BridgeSettings;
  readonly log: readonly LoggedLine[];
  /** Breaks every connection there is, as a network does. */
  breakConnections(): void;
}

export function serverSetting(setting: Partial<ProgramSetting> = {}): ProgramSetting {
  const { name = 'echo', command = process.execPath, args = [ECHO_SERVER] } = setting;
  return { env: {}, cwd: null, era: 'legacy', spare: false, ...setting, name, command, args };
}

export function remoteSetting(setting: Partial<RemoteSetting> & Pick<RemoteSetting, 'url'>): RemoteSetting {
  return { name: 'remote', transport: 'auto', headers: {}, era: 'legacy', ...setting };
}

export function bridgeSettings(settings: Partial<BridgeSettings> = {}): BridgeSettings {
  const { servers = [serverSetting()], limits = DEFAULT_SETTINGS.limits } = settings;
  return { sets: [], tokens: [], servers, limits, defaultServer: servers[0]?.name ?? null, ...settings };
}

/** The limits by default, except how long an unwatched session is kept: so many milliseconds. */
export function idleAfter(sessionIdle: number): Pick<BridgeSettings, 'limits'> {
  return { limits: { ...DEFAULT_SETTINGS.limits, sessionIdle } };
}

/**
 * The bridge behind a bare HTTP server on a free port of 127.0.0.1. Instead of a guard, the header `x-principal` says who a caller is.
 */
export async function hostBridge(
  settings: Partial<BridgeSettings> = {},
  options: Pick<
    BridgeOptions,
    'recorder' | 'times' | 'graces' | 'searchPath' | 'dialer' | 'answers' | 'pins' | 'lists' | 'approvals'
  > = {},
): Promise<BridgeHost> {
  const { log, lines } = rememberingLog();
  const bridge = new Bridge({
    settings: bridgeSettings(settings),
    log,
    text: () => textIn('en'),
    changed: () => undefined,
    ...options,
  });
  const server = createServer((request, response) => {
    const principal = request.headers['x-principal'];
    const caller = { principal: typeof principal === 'string' ? principal : 'local', label: '', isRemote: false };
    if (!bridge.handle(request, response, caller)) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    bridge,
    port,
    url: `http://127.0.0.1:${port}`,
    settings: bridgeSettings(settings),
    log: lines,
    breakConnections: () => server.closeAllConnections(),
    [Symbol.asyncDispose]: async () => {
      await bridge.stop();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
