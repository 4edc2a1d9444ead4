import { authorityOf } from '../base/address.ts';
import type { Fault } from '../base/schema/index.ts';
import { DOCTOR_LABEL } from '../doctor/index.ts';
import { type EngineState, startFailure } from '../engine/index.ts';
import type { AppText } from '../i18n/app.ts';
import { inARow } from '../i18n/in-a-row.ts';
import type { Fix, Problem } from '../ipc/index.ts';
import { type SettingFault, type Settings, settingForm } from '../settings/index.ts';

type FailureRecord = EngineState['failures'][number];

/** A problem in whichever language it is shown in: one that lasts is said anew when another is chosen. */
export type ToldProblem = (text: AppText) => Problem;

/** Why the port or a TCP forward could not be opened, who holds it, and which port is free instead. */
export async function openingProblem(error: unknown, settings: Settings): Promise<ToldProblem> {
  const failure = await startFailure(error, settings);
  const at = Date.now();
  return (text) => startProblem(failure, at, text);
}

function startProblem(failure: Awaited<ReturnType<typeof startFailure>>, at: number, text: AppText): Problem {
  const words = text.port;
  const { code, port } = failure;
  const base = { id: `opening:${code}:${port}`, weight: 'attention', at, fix: null } as const;
  switch (failure.kind) {
    case 'port-taken': {
      const { isOwnPort, holder, free } = failure;
      const sentence =
        holder.kind === 'gangway'
          ? words.taken.byGangway(port, holder.pid)
          : holder.kind === 'program'
            ? words.taken.byProgram(port, holder.name, holder.pid)
            : words.taken.byUnknown(port);
      const fix = isOwnPort ? ({ kind: 'use-port', port: free } as const) : null;
      return { ...base, sentence, hint: words.taken.hint, fix };
    }
    case 'not-allowed': {
      const { sentence, hint } = words.notAllowed;
      return { ...base, sentence: sentence(port), hint };
    }
    case 'no-such-address': {
      const { sentence, hint } = words.noSuchAddress;
      return { ...base, sentence: sentence(failure.host), hint };
    }
    case 'other': {
      const { sentence, hint } = words.notOpened;
      const fix = { kind: 'show-log', source: '' } as const;
      return { ...base, sentence: sentence(failure.reason), hint, fix };
    }
    default:
      return failure satisfies never;
  }
}

/** The new settings could not be had, nor could those from before be brought back: `why` is the reason of the second. */
export function notRestoredProblem(why: ToldProblem): ToldProblem {
  return (text) => {
    const { id, sentence, ...rest } = why(text);
    return { ...rest, id: `not-restored:${id}`, sentence: text.problems.notRestored.sentence(sentence) };
  };
}

/** What is wrong with a setting; where that is its form, what it takes instead. */
export function settingSentence(fault: Fault | SettingFault, { settingsWindow: { faults } }: AppText): string {
  const what = 'kind' in fault ? fault.kind : fault.reason;
  const form = what === 'type' || what === 'range' || what === 'choice' ? settingForm(fault.path) : null;
  if (form === null) return faults[what];
  if (form.kind === 'whole') return faults.whole(form.min, form.max);
  return form.kind === 'words' ? faults.words(form.words) : faults[form.kind];
}

/** Stored settings that no change would be taken to; each is named, with what is wrong with it. */
export function unfitProblem(faults: readonly SettingFault[]): ToldProblem {
  const at = Date.now();
  return (text) => {
    const { sentence, hint } = text.problems.unfitSettings;
    const told = faults.map((fault) => text.problems.settingAt(fault.path, settingSentence(fault, text)));
    const fix = { kind: 'open-settings' } as const;
    return { id: 'unfit-settings', weight: 'attention', at, sentence: sentence(inARow(...told)), hint, fix };
  };
}

export function notSavedProblem(error: unknown): ToldProblem {
  const reason = error instanceof Error ? error.message : String(error);
  const at = Date.now();
  return (text) => {
    const { sentence, hint } = text.problems.notSaved;
    return { id: 'not-saved', weight: 'attention', at, sentence: sentence(reason), hint, fix: null };
  };
}

/** The newest thing that is wrong with servers or that failed on the wire; what hurts now goes before what is over. */
export function engineProblem(
  { bridge, failures }: EngineState,
  text: AppText,
  platform: NodeJS.Platform,
): Problem | null {
  for (const { name, state, condition } of bridge.servers) {
    if (state !== 'failing') continue;
    const at = condition.since ?? 0;
    return {
      id: `server:${name}:${at}`,
      weight: 'attention',
      at,
      sentence: condition.detail,
      hint: text.problems.serverFailing.hint,
      fix: { kind: 'restart-server', server: name },
    };
  }
  // Doctor's own attempts are expected to fail, and its window reports them.
  const failure = failures.findLast(({ label }) => label !== DOCTOR_LABEL);
  if (failure === undefined) return null;
  const { at, sentence, hint, deniedHere } = failure;
  const id = `failure:${at}`;
  // Every connection to a neighbour will fail until the person does something about it.
  if (deniedHere === true && platform === 'darwin') {
    const fix = { kind: 'allow-local-network' } as const;
    return { id, weight: 'attention', at, sentence, hint: text.permission.stopped, fix };
  }
  return { id, weight: 'note', at, sentence, hint, fix: fixFor(failure) };
}

/** Failures to reach a target, whose causes Doctor can look for. */
const UNREACHED: ReadonlySet<FailureRecord['error']> = new Set([
  'dns_error',
  'dns_timeout',
  'destination_unavailable',
  'destination_ip_unroutable',
  'connection_refused',
  'connection_timeout',
]);

function fixFor({ error, target }: FailureRecord): Fix {
  return target !== null && UNREACHED.has(error)
    ? { kind: 'doctor', target: authorityOf(target) }
    : { kind: 'show-log', source: 'proxy' };
}
