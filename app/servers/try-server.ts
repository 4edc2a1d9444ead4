import { inEach, type Said, type Text, textIn } from '../i18n/index.ts';
import { type Log, launchSecrets, Redactor, remoteSecrets } from '../log/index.ts';
import { type Answer, answerIn, introduce, type ServerIntroduction, type ToolFacts, type Wire } from '../mcp/index.ts';
import { isRemote, type ProgramSetting, type RemoteSetting, type ServerSetting } from '../settings/settings.ts';
import { endSentence, type Peer, type PeerEnd } from './peer.ts';
import { Child, GRACES, type GroupRecord } from './process/index.ts';
import { Quota } from './quota.ts';
import {
  failureBy,
  type RemoteCause,
  type RemoteFailure,
  type RemotePeer,
  RemoteServer,
  type RemoteServerContext,
  type RemoteStep,
  remoteFailure,
} from './remote/index.ts';

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
      /** How far that is on the way to a server with a URL; null for a program, and where it was not the server's doing. */
      readonly remote: RemoteFailure | null;
      readonly sentence: Said;
      /** The last lines it wrote to stderr, oldest first. */
      readonly stderr: readonly string[];
    };

/** What a server that is still starting has come to. */
export interface TryProgress {
  readonly elapsedMs: number;
  /** The last line it wrote to stderr, without secrets; empty if there is none. */
  readonly lastLine: string;
}

export interface TryOptions {
  readonly log: Log;
  readonly text: () => Text;
  readonly searchPath: () => string | null | Promise<string | null>;
  /** What the server inherits besides its own variables; ours if left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds, if not the usual minute: `npx` may have to download the server first. */
  readonly patience?: number;
  /** The server with this very URL that is served already, with its sign-in; one of its own if left out. */
  readonly served?: RemoteServer | null;
  /** Makes the connections to a server that is reached by a URL; a direct one if left out. */
  readonly dialer?: RemoteServerContext['dialer'];
  /** What such a dialer goes by, where none is given. */
  readonly dialling?: RemoteServerContext['dialling'];
  /** Where its process group is written down; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** Ends the attempt; it fails then. */
  readonly signal?: AbortSignal;
  /** Told when the process runs. */
  readonly running?: () => void;
  /** Told each second that it has not answered the greeting yet. */
  readonly waiting?: (progress: TryProgress) => void;
  /** Told when it has answered the greeting. */
  readonly greeted?: (introduction: ServerIntroduction) => void;
}

const PATIENCE = 60_000;
const SECOND = 1000;
const LINE_LIMIT = 16 * 1024 * 1024;

interface Attempt {
  running(): void;
  greeted(introduction: ServerIntroduction): void;
  failed(say: (text: Text) => string, remote?: RemoteFailure | null): TryResult;
  ended(end: PeerEnd): void;
}

/** Runs a server once, as a client would: initialize, tools/list, and out. The child is gone, or the session over, when this resolves. */
export async function tryServer(setting: ServerSetting, options: TryOptions): Promise<TryResult> {
  const tried = isRemote(setting) ? reach(setting, options) : await run(setting, options);
  const { peer, close, started } = tried;
  const { patience = PATIENCE, signal } = options;
  let stage: TryStage = 'start';
  const failed: Attempt['failed'] = (say, remote = null) => ({
    kind: 'fails',
    stage,
    remote,
    sentence: inEach((language) => say(textIn(language))),
    stderr: [],
  });
  const stopped = Promise.withResolvers<TryResult>();
  const ended = (end: PeerEnd): void => {
    const asked = stage === 'tools' ? stage : 'initialize';
    const isRemoteEnd = end.kind === 'unreachable' || end.kind === 'signed-out' || end.kind === 'refused';
    const failure = isRemoteEnd ? remoteFailure(end, asked) : null;
    stopped.resolve(failed((text) => endSentence(setting.name, end, text), failure));
  };
  const timer = setTimeout(() => {
    const words = stage === 'tools' ? 'tryToolsTimedOut' : 'tryTimedOut';
    stopped.resolve(failed(({ servers }) => servers[words](setting.name, patience / 1000), tried.failure(stage)));
  }, patience);
  const waiting = setInterval(() => {
    if (stage === 'tools') clearInterval(waiting);
    else
      options.waiting?.({
        elapsedMs: Math.round(performance.now() - started),
        lastLine: peer instanceof Child ? peer.lastLine : '',
      });
  }, SECOND);
  const cancel = (): void => stopped.resolve(failed(({ servers }) => servers.tryCancelled(setting.name)));
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  let result: TryResult;
  try {
    result = await Promise.race([
      stopped.promise,
      converse(tried, setting, {
        failed,
        ended,
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
    clearInterval(waiting);
    signal?.removeEventListener('abort', cancel);
    await close();
  }
  // What it said last is known once it is gone.
  return result.kind === 'fails' ? { ...result, stderr: peer.end?.stderr ?? [] } : result;
}

/** A server on its way to being tried. */
interface Tried {
  readonly peer: Peer;
  /** Ends it, and all that was started for it. */
  readonly close: () => Promise<void>;
  readonly redactor: Redactor;
  /** On the monotonic clock. */
  readonly started: number;
  /** How far it came, where it was asked something and has not answered as it should; null for a program. */
  readonly failure: (stage: TryStage) => RemoteFailure | null;
}

async function run(setting: ProgramSetting, options: TryOptions): Promise<Tried> {
  const { text, environment = process.env } = options;
  const path = await options.searchPath();
  const inherited = path === null ? environment : { ...environment, PATH: path };
  const started = performance.now();
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
    ended: () => undefined,
  });
  return { peer: child, close: () => child.close(), redactor, started, failure: () => null };
}

function reach(setting: RemoteSetting, options: TryOptions): Tried {
  const { log, text, dialer, dialling, served } = options;
  const started = performance.now();
  const redactor = new Redactor(remoteSecrets(setting));
  const known = served?.openTrial() ?? null;
  if (known !== null) {
    return { peer: known, close: () => known.close(), redactor, started, failure: (stage) => refusedAt(stage, known) };
  }
  const server = new RemoteServer(setting, {
    log,
    text,
    dialer,
    dialling,
    children: new Quota(() => 2, false),
    lineLimit: () => LINE_LIMIT,
    patience: 0,
    changed: () => undefined,
  });
  const peer = server.openTrial();
  if (peer === null) throw new Error('a server that was just made has no room for a session');
  const close = async (): Promise<void> => {
    await server.stop();
    server.discard();
  };
  return { peer, close, redactor, started, failure: (stage) => refusedAt(stage, peer) };
}

/** Where a remote server does not answer as it should. What it was not even asked, for want of a sign-in or a way, is known here. */
function refusedAt(at: TryStage, { failure }: RemotePeer): RemoteFailure {
  const step = at === 'tools' ? 'tools' : 'initialize';
  return failure === null
    ? { step, certificate: null, isChanged: false, cause: null, status: null }
    : failureBy(failure, step);
}

async function converse(tried: Tried, { name }: ServerSetting, attempt: Attempt): Promise<TryResult> {
  const { peer, redactor, started, failure } = tried;
  if (!('pid' in peer) || peer.pid !== null) attempt.running();
  const introduced = await introduce(wireTo(peer, attempt.ended), redactor, attempt.greeted);
  if (introduced.kind === 'refuses') {
    return attempt.failed(({ servers }) => servers.tryRefused(name, introduced.reason), failure('initialize'));
  }
  if (introduced.kind === 'withholds-tools') {
    return attempt.failed(({ servers }) => servers.tryToolsRefused(name, introduced.reason), failure('tools'));
  }
  return { ...introduced, took: Math.round(performance.now() - started) };
}

/** One request at a time; what the server says on its own is ignored here. */
function wireTo(peer: Peer, ended: (end: PeerEnd) => void): Wire {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  peer.listen({
    frames(frames) {
      for (const frame of frames) {
        if (frame.kind !== 'response' || typeof frame.id !== 'number') continue;
        waiting.get(frame.id)?.(answerIn(JSON.parse(frame.bytes.toString())));
      }
    },
    drained: () => undefined,
    ended(end) {
      waiting.clear();
      ended(end);
    },
  });
  const send = (message: object): void => peer.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
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

/** How an attempt at a server with a URL went. Plain data without secrets, which the control socket passes on in one language. */
export interface RemoteTrial {
  readonly outcome: 'works' | 'failed';
  /** Milliseconds of the whole attempt. */
  readonly elapsedMs: number;
  /** What it did not get past; null where it works, and where it was not the server's doing. */
  readonly step: RemoteStep | null;
  /** What stood there; null where the step says all that is known. */
  readonly cause: RemoteCause | null;
  /** The HTTP status that it was stopped by. */
  readonly status: number | null;
  /** What happened and what helps; null where it works. */
  readonly sentence: Said | null;
  /** SHA-256 of a certificate that a person may trust, as `AA:BB:…`. */
  readonly certificate: string | null;
  /** Whether a person trusts one certificate by its fingerprint, and no other. */
  readonly isPinned: boolean;
  /** The MCP revision that was agreed on; null where it did not come to that. */
  readonly revision: string | null;
  /** How many tools it lists. */
  readonly tools: number | null;
}

/** Milliseconds: a report that waits for it is made within twelve seconds. */
const TRIAL_PATIENCE = 8000;

/**
 * Asks a server with a URL as Try does, with the sign-in and the trusted certificate that it is served with; null for one that is run.
 * Never rejects for what the server does.
 */
export async function tryRemote(
  setting: ServerSetting,
  served: RemoteServer | null,
  options: Pick<TryOptions, 'log' | 'text' | 'dialer' | 'signal'>,
): Promise<RemoteTrial | null> {
  if (!isRemote(setting)) return null;
  const started = performance.now();
  const result = await tryServer(setting, { ...options, served, searchPath: () => null, patience: TRIAL_PATIENCE });
  const isPinned = served?.isPinned ?? setting.tls?.fingerprint !== undefined;
  const elapsedMs = Math.round(performance.now() - started);
  const nothing = {
    step: null,
    cause: null,
    status: null,
    sentence: null,
    certificate: null,
    revision: null,
    tools: null,
  };
  if (result.kind === 'works') {
    const { revision, tools } = result;
    return { ...nothing, outcome: 'works', elapsedMs, isPinned, revision, tools: tools.length };
  }
  const { sentence, remote } = result;
  const { step = null, cause = null, status = null, certificate = null } = remote ?? {};
  return { ...nothing, outcome: 'failed', elapsedMs, isPinned, step, cause, status, sentence, certificate };
}
