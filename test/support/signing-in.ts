import { onTestFinished } from 'vitest';
import { Engine, type EngineOptions, type SignInStore } from '../../app/engine/index.ts';
import { memorySignIns } from '../../app/servers/index.ts';
import { DEFAULT_SETTINGS, type RemoteSetting } from '../../app/settings/settings.ts';
import { browse } from './authorization-server.ts';
import { remoteSetting } from './bridge-host.ts';
import { type LoggedLine, rememberingLog } from './quiet-log.ts';
import { openSession } from './raw-mcp.ts';

/** A running Gangway with servers that are signed in to. */
export interface SigningIn {
  readonly engine: Engine;
  readonly url: string;
  readonly store: SignInStore;
  readonly log: readonly LoggedLine[];
  /** Signs in; `visit` is what the person does with the address, a browser unless given. Rejects as the engine does. */
  signIn(
    name?: string,
    options?: { acceptNoPkce?: boolean; visit?: (url: string) => Promise<unknown> },
  ): Promise<object>;
  /** One call of a tool in a session of its own: the text of its answer, or the message of the error that came instead. */
  call(name?: string): Promise<string>;
  /** What `status` says of a server. */
  facts(name?: string): ReturnType<Engine['snapshot']>['bridge']['servers'][number] | undefined;
}

export async function signingIn(
  servers: readonly (Partial<RemoteSetting> & Pick<RemoteSetting, 'url'>)[],
  options: Partial<EngineOptions> = {},
): Promise<SigningIn> {
  const { log, lines } = rememberingLog();
  const store = options.signIns ?? memorySignIns();
  const settings = { ...DEFAULT_SETTINGS, port: 0, servers: servers.map((server) => remoteSetting(server)) };
  const engine = new Engine({ settings, log, searchPath: () => null, ...options, signIns: store });
  onTestFinished(() => engine.stop());
  const [{ port } = { port: 0 }] = await engine.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    engine,
    url,
    store,
    log: lines,
    async signIn(name = 'remote', { acceptNoPkce = false, visit = browse } = {}) {
      const abort = new AbortController();
      let visited: Promise<unknown> = Promise.resolve();
      const led = async (address: string): Promise<void> => {
        const page: unknown = await visit(address);
        // Where the browser ends at an error, a person gives up; the sign-in would wait.
        if (Object(page).status >= 400) abort.abort();
      };
      const told = (step: { readonly url: string }): void => {
        visited = led(step.url);
      };
      try {
        return await engine.signIn(name, { acceptNoPkce, signal: abort.signal, told });
      } finally {
        await visited;
      }
    },
    async call(name = 'remote') {
      try {
        const session = await openSession(`${url}/servers/${name}`);
        await session.post({ method: 'notifications/initialized' });
        const text = await session.tool('echo', { n: 1 });
        await session.end();
        return text;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    facts: (name = 'remote') => engine.snapshot().bridge.servers.find((server) => server.name === name),
  };
}
