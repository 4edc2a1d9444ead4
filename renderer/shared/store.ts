import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type AppText, appTextIn } from '../../app/i18n/app.ts';
import type { Language, Said } from '../../app/i18n/index.ts';
import {
  type AppDelta,
  type AppState,
  applyDelta,
  type Phase,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  type WindowBridge,
} from '../../app/ipc/index.ts';

const SECOND = 1000;

/** The time, updated once a second while the window is visible. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, SECOND);

declare global {
  interface Window {
    /** Put there by the preload. */
    readonly gangway: WindowBridge;
  }
}

export const bridge = window.gangway;

/** A question that was refused or failed. */
class AskError extends Error {
  override readonly name = 'AskError';
}

type WithoutRequest = { [Name in RequestName]: undefined extends RequestOf<Name> ? Name : never }[RequestName];

/** Asks the main process. Rejects with AskError. */
export async function ask<Name extends WithoutRequest>(name: Name): Promise<ResponseOf<Name>>;
export async function ask<Name extends RequestName>(name: Name, request: RequestOf<Name>): Promise<ResponseOf<Name>>;
export async function ask<Name extends RequestName>(name: Name, request?: RequestOf<Name>): Promise<ResponseOf<Name>> {
  // Every function of the bridge takes the request of its own name: a union of functions cannot say so.
  const send = bridge[name] as (request?: RequestOf<Name>) => ReturnType<WindowBridge[Name]>;
  const answer = await send(request);
  if (!answer.ok) throw new AskError(answer.reason);
  return answer.value as ResponseOf<Name>;
}

const known = signal<AppState | null>(null);

/** The state of the app as this window knows it. Only to be read once `follow` has resolved. */
export const state: ReadonlySignal<AppState> = computed(() => {
  const current = known.value;
  if (current === null) throw new Error('The state is not there yet');
  return current;
});

// The state is another one four times a second while bytes flow; what reads only these is not drawn anew each time.
export const language: ReadonlySignal<Language> = computed(() => state.value.language);
export const phase: ReadonlySignal<Phase> = computed(() => state.value.phase);
export const textSize: ReadonlySignal<number> = computed(() => state.value.habits.textSize);
export const text: ReadonlySignal<AppText> = computed(() => appTextIn(language.value));

/** Gets the state once and keeps it true from then on. */
export async function follow(): Promise<void> {
  let early: AppDelta[] | null = [];
  bridge.onState((delta) => {
    if (early !== null) early.push(delta);
    else if (known.value !== null) known.value = applyDelta(known.value, delta);
  });
  const first = await ask('state');
  known.value = early.reduce(applyDelta, first);
  early = null;
}

/** The part this window was told to show and has not shown yet. */
const destination = signal<string | null>(null);

// At once: a new window is told as soon as its page is loaded, and that is often before anything is drawn.
bridge.onGoTo((part) => {
  destination.value = part;
});

/** Shows each part that the window is told to show, once. */
export function useDestination(show: (part: string) => void): void {
  const part = destination.value;
  useEffect(() => {
    if (part === null) return;
    destination.value = null;
    show(part);
  }, [part]);
}

/** What is said until something else is: kept in no language, so that it follows when another one is chosen. */
export type Words = (text: AppText) => string;

/** The words of the main process, which come in each language. */
export const toldWords =
  (sentence: Said): Words =>
  ({ language: shown }) =>
    sentence[shown];

/** The same, as this window says it now. */
export function say(sentence: Said): string {
  return sentence[language.value];
}

/** What a screen reader should say now; the sighted see it where it happens. Null for nothing. */
export const announcement = signal<Words | null>(null);

/** What could not be done, until it is dismissed. */
export const failure = signal<Words | null>(null);

/** A refusal that says all there is to say. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly words: Words;

  constructor(words: Words) {
    super();
    this.words = words;
  }
}

/** Runs what a click asked for. A failure is shown, never lost. */
export function attempt(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    failure.value = error instanceof Refusal ? error.words : ({ windows }) => windows.notDone(reason);
  });
}

/** The same for a click that must not be answered twice: while its work runs, further ones are ignored. */
export function useOneAtATime(): (work: () => Promise<unknown>) => void {
  const isRunning = useRef(false);
  return (work) => {
    if (isRunning.current) return;
    isRunning.current = true;
    attempt(() =>
      work().finally(() => {
        isRunning.current = false;
      }),
    );
  };
}
