import { authorityOf, type Target } from '../../base/address.ts';
import { hasOldToken, serverVariables } from '../../clients/index.ts';
import { createDialer, DialError, dialFailure } from '../../dial/index.ts';
import { type AppText, said } from '../../i18n/app.ts';
import { inEach, type Said, textIn } from '../../i18n/index.ts';
import { type Log, Redactor, secretsOf } from '../../log/index.ts';
import type { LastRequest } from '../../proxy/index.ts';
import { introduce, type RemoteTrial, tryServer } from '../../servers/index.ts';
import type { RemoteStep } from '../../servers/remote/index.ts';
import { isRemote, isTokenRequired, type ServerSetting, type Settings, ValidTokens } from '../../settings/index.ts';
import { EndpointError, endpointWire } from './endpoint-wire.ts';
import {
  labelsOf,
  newRequest,
  requestState,
  type StageFailure,
  Stages,
  type StepState,
  type VerifyStep,
} from './stages.ts';
import { type Approach, approachTo, clientEnvironment, targetsOf, type VerifySubject } from './subject.ts';

/** Milliseconds. A host on the local network answers in a few; ARP gives up after three seconds. */
const PROBE_PATIENCE = 5000;

const cancelled = (): Said => said(({ verify }) => verify.cancelled);
const greetingHint = (): Said => said(({ verify }) => verify.initialize.hint);
const offSentence = (): Said => said(({ verify }) => verify.start.off);
const offHint = (): Said => said(({ verify }) => verify.start.offHint);

export interface ProbeOptions {
  /** The parent proxy of the settings counts here as it does for every request. */
  readonly settings: Pick<Settings, 'upstream' | 'noProxy'>;
  /** Ports that lead back to us. */
  readonly ownPorts: readonly number[];
  readonly signal: AbortSignal;
}

/** One connection from this very process, the one whose permission every request through us depends on. */
export async function probe(target: Target, { settings, ownPorts, signal }: ProbeOptions): Promise<StepState> {
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  const dialling = createDialer({ ...settings, ownPorts: new Set(ownPorts), timeoutMs: PROBE_PATIENCE }).dial(target);
  const cancel = (): void => dialling.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const socket = await dialling.socket;
    socket.on('error', () => socket.destroy());
    socket.destroy();
    const sentence = said(({ verify }) => verify.probe.passed(authorityOf(target)));
    return { state: 'passed', elapsedMs: elapsed(), sentence };
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    if (error.fault.kind === 'cancelled') return { state: 'skipped', sentence: cancelled() };
    const failure = inEach((language) => dialFailure(error, textIn(language)));
    const { code } = failure.en;
    const sentence = inEach((language) => failure[language].sentence);
    const hint = inEach((language) => failure[language].hint);
    return { state: 'failed', elapsedMs: elapsed(), code, sentence, hint, stderr: [] };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly patience: number;
}

/** Start, greeting and tools, by the way that fits. True when all went well. */
export async function talk(
  approach: Approach,
  subject: VerifySubject,
  context: VerifyContext,
  stages: Stages,
  limits: Limits,
): Promise<boolean> {
  if (limits.signal.aborted) return skipped(cancelled());
  switch (approach.kind) {
    case 'process':
      return asProcess(approach.setting, subject, context, stages, limits);
    case 'endpoint':
      return asEndpoint(approach, subject, context, stages, limits);
    case 'off':
      return failed('OFF', offSentence(), offHint());
    case 'unknown':
      return failed(
        'UNKNOWN_SERVER',
        said(({ verify: { start } }) => start.unknown(approach.server)),
        said(({ verify: { start } }) => start.unknownHint),
      );
    case 'variable':
      return failed(
        'CLIENT_VARIABLE',
        said(({ verify: { start } }) => start.variable(approach.variable)),
        said(({ verify: { start } }) => start.variableHint),
      );
    case 'foreign':
      return skipped(said(({ verify: { start } }) => start.foreign));
    default:
      return approach satisfies never;
  }

  function failed(code: string, sentence: Said, hint: Said): false {
    stages.fail({ code, sentence, hint, stderr: [] });
    return false;
  }

  function skipped(sentence: Said): false {
    stages.skip(sentence);
    return false;
  }
}

async function asProcess(
  setting: ServerSetting,
  { client }: VerifySubject,
  { log, text, platform, env, searchPath }: VerifyContext,
  stages: Stages,
  { signal, patience }: Limits,
): Promise<boolean> {
  stages.begin();
  const path = await searchPath();
  const result = await tryServer(setting, {
    log,
    text: () => text,
    searchPath: () => null,
    environment: clientEnvironment(client, env, platform, path),
    patience,
    signal,
    running: () => stages.started(said(({ verify: { start } }) => (isRemote(setting) ? start.remote : start.passed))),
    waiting: ({ lastLine }) => stages.waiting(lastLine),
    greeted: (introduction) => stages.greeted(introduction),
  });
  if (result.kind === 'works') {
    stages.listed(result.tools);
    return true;
  }
  const { stage, sentence, stderr, remote } = result;
  const hint = said(({ verify }) => (stage === 'start' ? verify.start.hint : verify.initialize.hint));
  const fault = remote === null ? { code: `${stage.toUpperCase()}_FAILED`, hint } : remoteFault(remote.step);
  stages.fail({ ...fault, sentence, stderr });
  return false;
}

/** What is said of a server with a URL is how far it came, and what helps there. */
function remoteFault(step: RemoteStep): Pick<StageFailure, 'code' | 'hint'> {
  return {
    code: `${step.toUpperCase().replace('-', '_')}_FAILED`,
    hint: said(({ verify }) => verify.remote[step].hint),
  };
}

async function asEndpoint(
  { url, remote }: Approach & { readonly kind: 'endpoint' },
  { server: { entry } }: VerifySubject,
  { settings, tryRemote }: VerifyContext,
  stages: Stages,
  { signal }: Limits,
): Promise<boolean> {
  stages.begin();
  stages.started(said(({ verify: { start } }) => start.endpoint));
  // Our endpoint greets a client for a server with a URL that is away: only the server itself tells how it is.
  const trial = remote === null ? null : await tryRemote(remote, signal);
  if (signal.aborted) {
    stages.skip(cancelled());
    return false;
  }
  if (trial !== null && trial.sentence !== null && trial.step !== null && trial.step !== 'tools') {
    stages.fail({ ...remoteFault(trial.step), sentence: trial.sentence, stderr: [] });
    return false;
  }
  const wire = endpointWire(url, settings.token, signal);
  const redactor = new Redactor(secretsOf(settings));
  try {
    const introduced = await introduce(wire, redactor, (introduction) => stages.greeted(introduction));
    if (introduced.kind === 'refuses') {
      const sentence = said(({ servers }) => servers.tryRefused(entry.name, introduced.reason));
      stages.fail({ code: 'INITIALIZE_FAILED', sentence, hint: greetingHint(), stderr: [] });
      return false;
    }
    if (introduced.kind === 'withholds-tools') {
      const sentence = said(({ servers }) => servers.tryToolsRefused(entry.name, introduced.reason));
      stages.fail({ code: 'TOOLS_FAILED', sentence, hint: greetingHint(), stderr: [] });
      return false;
    }
    stages.listed(introduced.tools);
    return true;
  } catch (error) {
    if (signal.aborted) stages.skip(cancelled());
    else stages.fail({ ...endpointFault(error, redactor), stderr: [] });
    return false;
  } finally {
    await wire.close();
  }
}

/** What is said of an endpoint of ours that refuses, or breaks off. */
export function endpointFault(error: unknown, redactor: Redactor): Pick<StageFailure, 'code' | 'sentence' | 'hint'> {
  const [status, own] = error instanceof EndpointError ? [error.status, redactor.text(error.message)] : [null, ''];
  const sentence = said(({ verify: { initialize } }) => {
    if (own !== '') return own;
    return status === null ? initialize.brokenOff : initialize.refused(status);
  });
  return { code: 'ENDPOINT_FAILED', sentence, hint: greetingHint() };
}

/** What a check works with, as things are when it begins. */
export interface VerifyContext {
  readonly log: Log;
  readonly text: AppText;
  readonly platform: NodeJS.Platform;
  /** Our own environment. */
  readonly env: NodeJS.ProcessEnv;
  /** The port that is open; null while there is none. */
  readonly port: number | null;
  readonly settings: Settings;
  /** The login shell's PATH, null for our own. */
  searchPath(): string | null | Promise<string | null>;
  lastRequests(): readonly LastRequest[];
  /** Asks a server of ours with a URL as its clients are served: with its sign-in and the certificate that is trusted. */
  tryRemote(server: string, signal: AbortSignal): Promise<RemoteTrial | null>;
}

export interface VerifyOptions {
  /** Told of every step when it begins and when it ends. */
  readonly tell: (step: VerifyStep) => void;
  /** Ends the check: what is left is skipped, and nothing is left running. */
  readonly signal?: AbortSignal;
  /** Milliseconds for talking to the server: `npx` and `uvx` may have to download it first. */
  readonly patience?: number;
}

const PATIENCE = 60_000;
/** Addresses that are tried; a server that names more is no ordinary one. */
const MOST_TARGETS = 4;

/**
 * Checks a server from end to end: its target from this process, its start as the client would do it, its greeting, its
 * tools, and whether its requests came through us meanwhile. Resolves when every step is told; the server is gone then.
 * Nothing a server does makes it reject.
 */
export async function verify(subject: VerifySubject, context: VerifyContext, options: VerifyOptions): Promise<void> {
  const { tell, patience = PATIENCE, signal = new AbortController().signal } = options;
  const { port, settings } = context;
  const targets = targetsOf(subject, context).slice(0, MOST_TARGETS);
  await Promise.all(targets.map((target) => tellProbe(target)));
  if (targets.length === 0)
    tell({ step: 'probe', target: null, state: 'skipped', sentence: said(({ verify }) => verify.probe.none) });
  const before = context.lastRequests();
  const since = performance.now();
  const stages = new Stages(tell);
  const isTalking = await talk(approachTo(subject, context), subject, context, stages, { signal, patience });
  const last = newRequest(labelsOf(subject.server, settings), before, context.lastRequests());
  tell({ step: 'requests', last, ...requests(last, isTalking) });

  async function tellProbe(target: Target): Promise<void> {
    tell({ step: 'probe', target, state: 'running' });
    const ownPorts = port === null ? [] : [port];
    tell({ step: 'probe', target, ...(await probe(target, { settings, ownPorts, signal })) });
  }

  function requests(seen: LastRequest | null, wasTalking: boolean): StepState {
    const elapsedMs = Math.round(performance.now() - since);
    const { server } = subject;
    if (seen !== null) return requestState(seen, elapsedMs);
    const { launch } = server.entry;
    const valid = new ValidTokens(settings);
    const refuses = (shown: string): boolean => isTokenRequired(settings) && valid.find(shown) === null;
    if (port !== null && launch.kind === 'program' && hasOldToken(serverVariables(launch), { port, refuses })) {
      return failed(
        'OLD_TOKEN',
        say((words) => words.token),
        say((words) => words.tokenHint),
      );
    }
    if (server.mode === 'run') return { state: 'skipped', sentence: say((words) => words.runs) };
    if (labelsOf(server, settings).length === 0)
      return { state: 'skipped', sentence: say((words) => words.notThrough) };
    if (port === null) return failed('OFF', offSentence(), offHint());
    return { state: 'skipped', sentence: said(({ verify }) => (wasTalking ? verify.requests.none : verify.before)) };

    function say(sentence: (words: AppText['verify']['requests']) => string): Said {
      return said(({ verify: { requests } }) => sentence(requests));
    }

    function failed(code: string, sentence: Said, hint: Said): StepState {
      return { state: 'failed', elapsedMs, code, sentence, hint, stderr: [] };
    }
  }
}
