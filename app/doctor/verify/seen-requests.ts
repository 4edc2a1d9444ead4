import { allAddressesIn, type FoundServer, isHere } from '../../clients/index.ts';
import type { AppText } from '../../i18n/app.ts';
import { authorityOf, forwardLabel, type LastRequest } from '../../proxy/index.ts';
import type { Settings } from '../../settings/index.ts';
import type { StepState } from './stages.ts';

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

export function requestState(last: LastRequest, elapsedMs: number, text: AppText): StepState {
  const words = text.verify.requests;
  const target = last.target === null ? words.unnamed : authorityOf(last.target);
  const { outcome } = last;
  switch (outcome.kind) {
    case 'answered':
      return { state: 'passed', elapsedMs, sentence: words.answered(target, outcome.status) };
    case 'connected':
      return { state: 'passed', elapsedMs, sentence: words.connected(target) };
    case 'given-up':
      return failed('GIVEN_UP', words.givenUp(target));
    case 'failed':
      return failed(outcome.code, words.failed(target, outcome.code));
    default:
      return outcome satisfies never;
  }

  function failed(code: string, sentence: string): StepState {
    return { state: 'failed', elapsedMs, code, sentence, hint: words.failedHint, stderr: [] };
  }
}
