import { authorityOf, type Target } from '../../base/address.ts';
import { allAddressesIn, type FoundServer, isHere } from '../../clients/index.ts';
import { type AppText, said } from '../../i18n/app.ts';
import type { Said } from '../../i18n/index.ts';
import { forwardLabel, type LastRequest } from '../../proxy/index.ts';
import type { ServerIntroduction, ToolFacts, TryStage } from '../../servers/index.ts';
import type { Settings } from '../../settings/index.ts';

/** The labels under which requests of a server come to us: its own, and those of the TCP forwards it uses. */
export function labelsOf(
  { entry: { launch }, label }: FoundServer,
  { forwards }: Pick<Settings, 'forwards'>,
): string[] {
  const addresses = launch.kind === 'program' ? allAddressesIn(launch) : [];
  const ports = addresses.filter(({ host }) => isHere(host)).map(({ port }) => port);
  const used = forwards.filter(({ port }) => ports.includes(port)).map(({ port }) => forwardLabel(port));
  return label === null ? used : [label, ...used];
}

/** The newest request under one of the labels that was not there before; `now` has the newest last. */
export function newRequest(
  labels: readonly string[],
  before: readonly LastRequest[],
  now: readonly LastRequest[],
): LastRequest | null {
  const isNew = ({ label, requests }: LastRequest): boolean => {
    const known = before.find((row) => row.label === label);
    return labels.includes(label) && (known === undefined || known.requests !== requests);
  };
  return now.findLast(isNew) ?? null;
}

export function requestState(last: LastRequest, elapsedMs: number): StepState {
  const { outcome } = last;
  const say = (sentence: (words: AppText['verify']['requests'], target: string) => string): Said =>
    said(({ verify: { requests } }) =>
      sentence(requests, last.target === null ? requests.unnamed : authorityOf(last.target)),
    );
  switch (outcome.kind) {
    case 'answered':
      return { state: 'passed', elapsedMs, sentence: say((words, target) => words.answered(target, outcome.status)) };
    case 'connected':
      return { state: 'passed', elapsedMs, sentence: say((words, target) => words.connected(target)) };
    case 'given-up':
      return failed(
        'GIVEN_UP',
        say((words, target) => words.givenUp(target)),
      );
    case 'failed':
      return failed(
        outcome.code,
        say((words, target) => words.failed(target, outcome.code)),
      );
    default:
      return outcome satisfies never;
  }

  function failed(code: string, sentence: Said): StepState {
    const hint = say((words) => words.failedHint);
    return { state: 'failed', elapsedMs, code, sentence, hint, stderr: [] };
  }
}

/** How far one step is. Times are milliseconds. */
export type StepState =
  /** Told again each second of a slow start, with its time so far and the server's last line, which may be empty. */
  | { readonly state: 'running'; readonly elapsedMs?: number; readonly lastLine?: string }
  | { readonly state: 'passed'; readonly elapsedMs: number; readonly sentence: Said }
  | {
      readonly state: 'failed';
      readonly elapsedMs: number;
      /** An errno, or a name of ours in the same spelling. */
      readonly code: string;
      readonly sentence: Said;
      readonly hint: Said;
      /** The server's last words, oldest first, without secrets; empty where no server of this check ran. */
      readonly stderr: readonly string[];
    }
  /** There was nothing to do, or a step before it failed; the sentence says which. */
  | { readonly state: 'skipped'; readonly sentence: Said };

/** One step of the check. Each is reported as running, and again with its result; skipped ones are reported once. */
export type VerifyStep =
  /** A connection from our own process to where the server wants to go; one for each address. Null when it names none. */
  | (StepState & { readonly step: 'probe'; readonly target: Target | null })
  /** The server's process, started as its client would. For servers that we run: our endpoint. */
  | (StepState & { readonly step: 'start' })
  | (StepState & { readonly step: 'initialize' })
  | (StepState & { readonly step: 'tools'; readonly tools: readonly ToolFacts[] })
  /** Whether something came through the proxy under the server's name while it ran. */
  | (StepState & { readonly step: 'requests'; readonly last: LastRequest | null });

/** What a failed stage says besides its time. */
export type StageFailure = Pick<StepState & { readonly state: 'failed' }, 'code' | 'sentence' | 'hint' | 'stderr'>;

const ORDER: readonly TryStage[] = ['start', 'initialize', 'tools'];

/** The three stages of talking to a server, reported in their order, each with its own time. */
export class Stages {
  readonly #tell: (step: VerifyStep) => void;
  #at = 0;
  #since = 0;

  constructor(tell: (step: VerifyStep) => void) {
    this.#tell = tell;
  }

  begin(): void {
    this.#since = performance.now();
    this.#say({ state: 'running' });
  }

  started(sentence: Said): void {
    this.#pass(sentence);
    this.begin();
  }

  greeted({ server, version, revision }: ServerIntroduction): void {
    this.#pass(said(({ verify }) => verify.initialize.passed(server, version, revision)));
    this.begin();
  }

  listed(tools: readonly ToolFacts[]): void {
    this.#pass(
      said(({ verify }) => verify.tools.passed(tools.length)),
      tools,
    );
  }

  /** The present stage takes its time. */
  waiting(lastLine: string): void {
    this.#say({ state: 'running', elapsedMs: this.#elapsed(), lastLine });
  }

  /** The present stage has failed; those behind it are left out. */
  fail(failure: StageFailure): void {
    this.#say({ state: 'failed', elapsedMs: this.#elapsed(), ...failure });
    this.#skipFrom(
      this.#at + 1,
      said(({ verify }) => verify.before),
    );
  }

  /** From the present stage on, nothing is done. */
  skip(sentence: Said): void {
    this.#skipFrom(this.#at, sentence);
  }

  #pass(sentence: Said, tools: readonly ToolFacts[] = []): void {
    this.#say({ state: 'passed', elapsedMs: this.#elapsed(), sentence }, tools);
    this.#at += 1;
  }

  #skipFrom(first: number, sentence: Said): void {
    for (this.#at = first; this.#at < ORDER.length; this.#at += 1) this.#say({ state: 'skipped', sentence });
  }

  #say(state: StepState, tools: readonly ToolFacts[] = []): void {
    const step = ORDER[this.#at];
    if (step === undefined) return;
    this.#tell(step === 'tools' ? { step, ...state, tools } : { step, ...state });
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#since);
  }
}
