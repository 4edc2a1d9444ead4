import { fileURLToPath } from 'node:url';
import type { ProgramSetting } from '../../app/settings/settings.ts';
import { serverSetting } from './bridge-host.ts';
import type { TestClient } from './mcp-clients.ts';
import { type Posted, type RemoteOrigin, sendJson, startRemote } from './remote-origin.ts';

/** A server that reads and never says anything. */
export function silentServer(name: string): ProgramSetting {
  return serverSetting({ name, args: ['-e', 'process.stdin.resume()'], era: 'auto' });
}

/** A server that cannot be started. */
export function failingServer(name: string): ProgramSetting {
  return serverSetting({ name, args: ['-e', 'console.error("no settings"); process.exit(3)'], era: 'auto' });
}

/** A remote server with so many tools, on pages of `perPage`; the cursor of its second page is empty. */
export async function startPagedRemote(count: number, perPage: number): Promise<RemoteOrigin> {
  const origin = await startRemote();
  const cursors = (page: number) => (page === 1 ? '' : `page-${page}`);
  origin.hook = ({ message }, response) => {
    if (message?.method !== 'tools/list') return false;
    const cursor = message.params?.['cursor'];
    const page = cursor === undefined ? 0 : cursor === '' ? 1 : Number(String(cursor).slice('page-'.length));
    const tools = Array.from({ length: Math.min(perPage, count - page * perPage) }, (_, index) => ({
      name: `tool_${page * perPage + index}`,
      title: `Tool ${page * perPage + index}`,
      inputSchema: { type: 'object' },
    }));
    const isLast = (page + 1) * perPage >= count;
    const result = { tools, ...(isLast ? {} : { nextCursor: cursors(page + 1) }) };
    const { id } = message satisfies Posted;
    return sendJson(response, 200, { jsonrpc: '2.0', id, result });
  };
  return origin;
}

/** A client that knows the tools and prompts of one server behind a shared address by that server's own names. */
export function ofAlias(client: TestClient, alias: string): TestClient {
  const prefix = `${alias}__`;
  return {
    get logs() {
      return client.logs;
    },
    get toolChanges() {
      return client.toolChanges;
    },
    listTools: async () =>
      (await client.listTools()).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])),
    call: (tool, args, options) => client.call(prefix + tool, args, options),
    getPrompt: (name, args) => client.getPrompt(prefix + name, args),
    readResource: (uri) => client.readResource(uri),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

const SHARED_SERVER = fileURLToPath(new URL('../fixtures/shared-server.mjs', import.meta.url));

/** One of several servers that have the same names: test/fixtures/shared-server.mjs. */
export function sharedServer(name: string, changes: Partial<ProgramSetting> = {}, ...flags: string[]): ProgramSetting {
  return serverSetting({ name, args: [SHARED_SERVER, name, ...flags], ...changes });
}

const POINTING_SERVER = fileURLToPath(new URL('../fixtures/pointing-server.mjs', import.meta.url));

/** A server whose answers point to what it does not list: test/fixtures/pointing-server.mjs. */
export function pointingServer(name: string, era: 'legacy' | 'modern'): ProgramSetting {
  return serverSetting({ name, args: [POINTING_SERVER, name, era], era });
}
