import { Engine } from '../../app/engine/index.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../app/settings/settings.ts';
import { serverSetting } from './bridge-host.ts';
import { type LoggedLine, rememberingLog } from './quiet-log.ts';

/** The product, running in this process on a port of its own. */
export interface Gangway {
  readonly engine: Engine;
  readonly port: number;
  readonly url: string;
  readonly settings: Settings;
  readonly lines: readonly LoggedLine[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the engine on a free port; `await using` stops it. */
export async function startGangway(changes: Partial<Settings> = {}): Promise<Gangway> {
  const { log, lines } = rememberingLog();
  const wanted = { ...DEFAULT_SETTINGS, port: 0, ...changes };
  const engine = new Engine({ settings: wanted, log });
  const [first] = await engine.start();
  const port = first?.port ?? 0;
  return {
    engine,
    port,
    settings: { ...wanted, port },
    url: `http://127.0.0.1:${port}`,
    lines,
    [Symbol.asyncDispose]: () => engine.stop(),
  };
}

/** The product with the echo server as its default. */
export function startEchoGateway(changes: Partial<Settings> = {}): Promise<Gangway> {
  return startGangway({ servers: [serverSetting()], defaultServer: 'echo', ...changes });
}
