import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Difference, differences, oracleOf } from './compare.ts';
import { type Asked, examine, type Findings, look } from './exam.ts';
import { entryOf } from './install.ts';
import { direct, directModern, Gangway, ROUTES, type RouteName } from './routes.ts';
import type { CompatServer } from './servers.ts';
import type { StdioCommand } from './stdio-client.ts';

export interface RouteResult {
  readonly differences: readonly Difference[];
  /** What the client heard when the process that served it was killed. */
  readonly told: string;
}

export interface Result {
  readonly name: string;
  readonly version: string;
  /** As YYYY-MM-DD. */
  readonly date: string;
  /** How many of each the server lists; null where it has no such list. */
  readonly counts: {
    readonly tools: number | null;
    readonly prompts: number | null;
    readonly resources: number | null;
  };
  /** The revision that it answered, and whether it knows 2026-07-28 too. */
  readonly revision: string;
  readonly modern: boolean;
  /** How it leaves when its input ends. */
  readonly leaves: string;
  /** Aspects of which only the form was compared. */
  readonly volatile: readonly string[];
  readonly routes: Readonly<Record<RouteName, RouteResult>>;
  /** Processes of the server that were there after Gangway had ended. */
  readonly leftBehind: number;
}

/** Examines one server by itself, then by every route through a Gangway of its own. */
export async function examineServer(server: CompatServer, cache: string): Promise<Result> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'gangway-compat-')));
  try {
    for (const [name, text] of Object.entries(server.files ?? {})) writeFileSync(join(work, name), text);
    const here = placed(server, work);
    return await examineIn(here, commandOf(here, cache, work));
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function examineIn(server: CompatServer, command: StdioCommand): Promise<Result> {
  const { call, slow } = server;
  const itself = await examine(direct(command), call, slow);
  const oracle = oracleOf(itself, await look(direct(command), call), await modernOf(command, server));
  const gangway = await Gangway.start(command);
  const routes: Partial<Record<RouteName, RouteResult>> = {};
  let leftBehind: number;
  try {
    for (const name of ROUTES) {
      const found = await examine(gangway.route(name), call, slow);
      routes[name] = { differences: differences(oracle, found, name), told: found.kill.told };
    }
  } finally {
    leftBehind = await gangway.stop();
  }
  return {
    name: server.name,
    version: server.version,
    date: new Date().toISOString().slice(0, 10),
    counts: countsOf(itself),
    revision: String(Object(itself.hello.result).protocolVersion),
    modern: oracle.modern !== null,
    leaves: itself.close.how,
    volatile: [...oracle.volatile],
    routes: complete(routes),
    leftBehind,
  };
}

/** Null where the server does not know the revision: an error, an end or silence (2026-07-28, Versioning). */
async function modernOf(command: StdioCommand, { call }: CompatServer): Promise<Asked | null> {
  try {
    const asked = await look(directModern(command), call);
    return asked.hello.error === undefined ? asked : null;
  } catch {
    return null;
  }
}

/** The server with its folder in every text. */
function placed(server: CompatServer, work: string): CompatServer {
  return JSON.parse(JSON.stringify(server), (_, value) =>
    typeof value === 'string' ? value.replaceAll('{work}', work) : value,
  );
}

function commandOf(server: CompatServer, cache: string, work: string): StdioCommand {
  const args = [entryOf(server, cache), ...(server.args ?? [])];
  const { PATH = '' } = process.env;
  const folders = {
    HOME: work,
    XDG_CONFIG_HOME: work,
    XDG_STATE_HOME: work,
    XDG_DATA_HOME: work,
    XDG_CACHE_HOME: work,
  };
  return { command: process.execPath, args, env: { PATH, ...folders, ...server.env }, cwd: work };
}

function countsOf({ tools, prompts, resources }: Findings): Result['counts'] {
  const count = (list: unknown): number | null => (Array.isArray(list) ? list.length : null);
  return {
    tools: count(Object(tools.result).tools),
    prompts: count(Object(prompts.result).prompts),
    resources: count(Object(resources.result).resources),
  };
}

function complete(routes: Partial<Record<RouteName, RouteResult>>): Record<RouteName, RouteResult> {
  const missing = (name: RouteName): never => {
    throw new Error(`${name} was not examined`);
  };
  return {
    '/mcp': routes['/mcp'] ?? missing('/mcp'),
    '/sse': routes['/sse'] ?? missing('/sse'),
    connect: routes.connect ?? missing('connect'),
    stateless: routes.stateless ?? missing('stateless'),
  };
}
