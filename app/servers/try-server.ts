import type { Text } from '../i18n/index.ts';
import { type Log, launchSecrets, Redactor } from '../log/index.ts';
import { type Answer, answerIn, introduce, type ServerIntroduction, type ToolFacts, type Wire } from '../mcp/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import { endSentence } from './peer-end.ts';
import { Child, type ChildEnd, GRACES, type GroupRecord } from './process/index.ts';

/** How far a server came: its process was not there or ended before a greeting, it was greeted, its tools were asked for. */
export type TryStage = 'start' | 'initialize' | 'tools';

export type TryResult =
  | (ServerIntroduction & {
      readonly kind: 'works';
      readonly tools: readonly ToolFacts[];
      /** Milliseconds from the spawn to the list of tools. */
      readonly took: number;
    })
  | {
      readonly kind: 'fails';
      /** What it did not get past. */
      readonly stage: TryStage;
      readonly sentence: string;
      /** The last lines it wrote to stderr, oldest first. */
      readonly stderr: readonly string[];
    };

export interface TryOptions {
  readonly log: Log;
  readonly text: () => Text;
  readonly searchPath: () => string | null | Promise<string | null>;
  /** What the server inherits besides its own variables; ours if left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds, if not the usual minute: `npx` may have to download the server first. */
  readonly patience?: number;
  /** Where its process group is written down; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** Ends the attempt; it fails then. */
  readonly signal?: AbortSignal;
  /** Told when the process runs. */
  readonly running?: () => void;
  /** Told when it has answered the greeting. */
  readonly greeted?: (introduction: ServerIntroduction) => void;
}

const PATIENCE = 60_000;
const LINE_LIMIT = 16 * 1024 * 1024;

interface Attempt {
  readonly started: number;
  readonly redactor: Redactor;
  readonly text: () => Text;
  running(): void;
  greeted(introduction: ServerIntroduction): void;
  failed(sentence: string): TryResult;
}

/** Runs a server once, as a client would: initialize, tools/list, and out. The child is gone when this resolves. */
export async function tryServer(setting: ServerSetting, options: TryOptions): Promise<TryResult> {
  const { text, patience = PATIENCE, environment = process.env, signal } = options;
  const path = await options.searchPath();
  const inherited = path === null ? environment : { ...environment, PATH: path };
  const started = performance.now();
  const ended = Promise.withResolvers<ChildEnd>();
  const plan = { ...setting, env: { ...inherited, ...setting.env } };
  const redactor = new Redactor(launchSecrets(plan));
  const child = new Child(plan, {
    name: setting.name,
    log: options.log.from(`server:${setting.name}`),
    text,
    lineLimit: () => LINE_LIMIT,
    traffic: { toChildren: 0, fromChildren: 0 },
    graces: GRACES,
    groups: options.groups,
    leaving: () => undefined,
    ended: ended.resolve,
  });
  let stage: TryStage = 'start';
  const failed = (sentence: string): TryResult => ({ kind: 'fails', stage, sentence, stderr: [] });
  const stopped = Promise.withResolvers<TryResult>();
  const timer = setTimeout(() => {
    const { tryTimedOut, tryToolsTimedOut } = text().servers;
    const sentence = stage === 'tools' ? tryToolsTimedOut : tryTimedOut;
    stopped.resolve(failed(sentence(setting.name, patience / 1000)));
  }, patience);
  const cancel = (): void => stopped.resolve(failed(text().servers.tryCancelled(setting.name)));
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  let result: TryResult;
  try {
    result = await Promise.race([
      ended.promise.then((end) => failed(endSentence(setting.name, end, text()))),
      stopped.promise,
      converse(child, setting, {
        started,
        redactor,
        text,
        failed,
        running() {
          stage = 'initialize';
          options.running?.();
        },
        greeted(introduction) {
          stage = 'tools';
          options.greeted?.(introduction);
        },
      }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    await child.close();
  }
  // What it said last is known once it is gone.
  return result.kind === 'fails' ? { ...result, stderr: child.end?.stderr ?? [] } : result;
}

async function converse(child: Child, { name }: ServerSetting, attempt: Attempt): Promise<TryResult> {
  if (child.pid !== null) attempt.running();
  const introduced = await introduce(wireTo(child), attempt.redactor, attempt.greeted);
  const { tryRefused, tryToolsRefused } = attempt.text().servers;
  if (introduced.kind === 'refuses') return attempt.failed(tryRefused(name, introduced.reason));
  if (introduced.kind === 'withholds-tools') return attempt.failed(tryToolsRefused(name, introduced.reason));
  return { ...introduced, took: Math.round(performance.now() - attempt.started) };
}

/** One question at a time; what the server says on its own is nobody's business here. */
function wireTo(child: Child): Wire {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  child.listen({
    frames(frames) {
      for (const frame of frames) {
        if (frame.kind !== 'response' || typeof frame.id !== 'number') continue;
        waiting.get(frame.id)?.(answerIn(JSON.parse(frame.bytes.toString())));
      }
    },
    drained: () => undefined,
    ended: () => waiting.clear(),
  });
  const send = (message: object): void => child.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
  return {
    greets: false,
    ask(method, params) {
      const id = ++lastId;
      const { promise, resolve } = Promise.withResolvers<Answer>();
      waiting.set(id, resolve);
      send({ id, method, params });
      return promise;
    },
    notify: (method) => send({ method }),
  };
}
