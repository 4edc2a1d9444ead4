import manifest from '../../package.json' with { type: 'json' };
import { Child, type ChildEnd, endSentence, GRACES } from '../bridge/child/index.ts';
import type { Log } from '../log/log.ts';
import type { ServerSetting } from '../settings/settings.ts';
import type { Text } from '../text/index.ts';

/** A tool as its server describes it. */
export interface ToolFacts {
  readonly name: string;
  readonly description: string;
}

export type TryResult =
  | {
      readonly kind: 'works';
      readonly server: string;
      readonly version: string;
      readonly revision: string;
      readonly tools: readonly ToolFacts[];
      /** Milliseconds from the spawn to the list of tools. */
      readonly took: number;
    }
  | { readonly kind: 'fails'; readonly sentence: string; readonly stderr: readonly string[] };

export interface TryOptions {
  readonly log: Log;
  readonly text: () => Text;
  readonly searchPath: () => string | null | Promise<string | null>;
  /** Milliseconds, if not the usual minute: `npx` may have to download the server first. */
  readonly patience?: number;
}

const PATIENCE = 60_000;
/** Tools shown; a server may have thousands, a window shows some. */
const MOST_TOOLS = 500;
const LINE_LIMIT = 16 * 1024 * 1024;
const SESSION_REVISION = '2025-11-25';
const STATELESS_REVISION = '2026-07-28';

/** Runs a server once, as a client would: initialize, tools/list, and out. The child is gone when this resolves. */
export async function tryServer(setting: ServerSetting, options: TryOptions): Promise<TryResult> {
  const path = await options.searchPath();
  const inherited = path === null ? process.env : { ...process.env, PATH: path };
  const started = performance.now();
  const ended = Promise.withResolvers<ChildEnd>();
  const child = new Child(
    { ...setting, env: { ...inherited, ...setting.env } },
    {
      log: options.log.from(`server:${setting.name}`),
      text: options.text,
      lineLimit: () => LINE_LIMIT,
      traffic: { toChildren: 0, fromChildren: 0 },
      graces: GRACES,
      ended: ended.resolve,
    },
  );
  const failed = ended.promise.then(
    (end): TryResult => ({
      kind: 'fails',
      sentence: endSentence(setting.name, end, options.text()),
      stderr: end.stderr,
    }),
  );
  const patience = options.patience ?? PATIENCE;
  const deadline = Promise.withResolvers<TryResult>();
  const timer = setTimeout(() => {
    const sentence = options.text().servers.tryTimedOut(setting.name, patience / 1000);
    deadline.resolve({ kind: 'fails', sentence, stderr: [] });
  }, patience);
  try {
    return await Promise.race([failed, deadline.promise, converse(child, setting, started, options)]);
  } finally {
    clearTimeout(timer);
    await child.close();
  }
}

async function converse(
  child: Child,
  setting: ServerSetting,
  started: number,
  { text }: TryOptions,
): Promise<TryResult> {
  const ask = conversation(child);
  const clientInfo = { name: 'mcp-gangway', version: manifest.version };
  const done = (revision: string, info: unknown, list: Answer): TryResult => ({
    kind: 'works',
    server: words(info, 'title') || words(info, 'name'),
    version: words(info, 'version'),
    revision,
    tools: toolsIn(list),
    took: Math.round(performance.now() - started),
  });

  const hello = await ask('initialize', { protocolVersion: SESSION_REVISION, capabilities: {}, clientInfo });
  if (hello.result !== undefined) {
    child.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })));
    const list = await ask('tools/list', {});
    return done(words(hello.result, 'protocolVersion'), member(hello.result, 'serverInfo'), list);
  }
  // A server of 2026-07-28 knows no initialize: every request brings its own context.
  const meta = {
    'io.modelcontextprotocol/protocolVersion': STATELESS_REVISION,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const list = await ask('tools/list', { _meta: meta });
  if (list.result === undefined) {
    const reason = words(hello.error, 'message');
    return { kind: 'fails', sentence: text().servers.tryRefused(setting.name, reason), stderr: [] };
  }
  return done(STATELESS_REVISION, member(member(list.result, '_meta'), 'io.modelcontextprotocol/serverInfo'), list);
}

interface Answer {
  readonly result: unknown;
  readonly error: unknown;
}

/** One question at a time; what the server says on its own is nobody's business here. */
function conversation(child: Child): (method: string, params: object) => Promise<Answer> {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  child.listen({
    frames(frames) {
      for (const frame of frames) {
        if (frame.kind !== 'response' || typeof frame.id !== 'number') continue;
        const message: unknown = JSON.parse(frame.bytes.toString());
        waiting.get(frame.id)?.({ result: member(message, 'result'), error: member(message, 'error') });
      }
    },
    drained: () => undefined,
    ended: () => waiting.clear(),
  });
  return (method, params) => {
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    waiting.set(id, resolve);
    child.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params })));
    return promise;
  };
}

function toolsIn({ result }: Answer): readonly ToolFacts[] {
  const tools = member(result, 'tools');
  if (!Array.isArray(tools)) return [];
  return tools
    .slice(0, MOST_TOOLS)
    .map((tool: unknown) => ({ name: words(tool, 'name'), description: words(tool, 'description').slice(0, 500) }));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function words(value: unknown, name: string): string {
  const found = member(value, name);
  return typeof found === 'string' ? found : '';
}
