import { hasOldToken } from '../clients/index.ts';
import type { Log } from '../log/index.ts';
import type { LastRequest, Target } from '../proxy/index.ts';
import { isTokenRequired, type Settings, ValidTokens } from '../settings/index.ts';
import type { AppText } from '../text/app/index.ts';
import { probe } from './probe.ts';
import { labelsOf, newRequest, requestState } from './seen-requests.ts';
import { Stages } from './stages.ts';
import type { StepState, VerifyStep } from './step.ts';
import { approachTo, targetsOf, type VerifySubject } from './subject.ts';
import { talk } from './talk.ts';

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
  const { port, settings, text } = context;
  const targets = targetsOf(subject, context).slice(0, MOST_TARGETS);
  await Promise.all(targets.map((target) => tellProbe(target)));
  if (targets.length === 0) tell({ step: 'probe', target: null, state: 'skipped', sentence: text.verify.probe.none });
  const before = context.lastRequests();
  const since = performance.now();
  const stages = new Stages(tell, text);
  const isTalking = await talk(approachTo(subject, context), subject, context, stages, { signal, patience });
  const last = newRequest(labelsOf(subject.server, settings), before, context.lastRequests());
  tell({ step: 'requests', last, ...requests(last, isTalking) });

  async function tellProbe(target: Target): Promise<void> {
    tell({ step: 'probe', target, state: 'running' });
    const ownPorts = port === null ? [] : [port];
    tell({ step: 'probe', target, ...(await probe(target, { settings, ownPorts, text, signal })) });
  }

  function requests(seen: LastRequest | null, wasTalking: boolean): StepState {
    const words = text.verify.requests;
    const elapsedMs = Math.round(performance.now() - since);
    const { server } = subject;
    if (seen !== null) return requestState(seen, elapsedMs, text);
    const { launch } = server.entry;
    const valid = new ValidTokens(settings);
    const refuses = (shown: string): boolean => isTokenRequired(settings) && valid.find(shown) === null;
    if (port !== null && launch.kind === 'program' && hasOldToken(launch.env, { port, refuses })) {
      return failed('OLD_TOKEN', words.token, words.tokenHint);
    }
    if (server.mode === 'run') return { state: 'skipped', sentence: words.runs };
    if (labelsOf(server, settings).length === 0) return { state: 'skipped', sentence: words.notThrough };
    if (port === null) return failed('OFF', text.verify.start.off, text.verify.start.offHint);
    return { state: 'skipped', sentence: wasTalking ? words.none : text.verify.before };

    function failed(code: string, sentence: string, hint: string): StepState {
      return { state: 'failed', elapsedMs, code, sentence, hint, stderr: [] };
    }
  }
}
