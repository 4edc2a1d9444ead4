import type { WebContents } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import { Doctor, type Finding, PROBE_COUNT, type Request, summaryOf } from '../app/doctor/index.ts';
import { type DoctorOpening, type DoctorOutcome, place } from '../app/ipc/index.ts';
import { createPerform, type PerformOptions } from './doctor-actions.ts';
import { type SurroundingsOptions, surroundings } from './doctor-environment.ts';
import { tell } from './feeds.ts';

/** The Doctor of the app, as its window uses it: one run at a time. */
export interface DoctorSession {
  /** The next window that opens begins with this target; null for none. */
  prepare(target: string | null): void;
  opening(): Promise<DoctorOpening>;
  /** Stops what runs already. Resolves when the run is over; the window that asked hears of every probe. */
  run(request: Request, asking: WebContents): Promise<DoctorOutcome>;
  stop(): void;
  /** Does what a finding of the last run offers. */
  act(finding: string): Promise<void>;
}

export interface DoctorSessionOptions extends SurroundingsOptions, PerformOptions {
  readonly operation: AppController;
}

export function createDoctorSession(options: DoctorSessionOptions): DoctorSession {
  const { operation } = options;
  const doctor = new Doctor(surroundings(options));
  const perform = createPerform(options);
  let prepared: string | null = null;
  let current: AbortController | null = null;
  let findings: readonly Finding[] = [];
  let about: string | null = null;

  return {
    prepare(target) {
      prepared = target;
    },
    async opening() {
      const target = prepared;
      prepared = null;
      return { target, servers: await doctor.servers() };
    },
    async run(request, asking) {
      current?.abort();
      const control = new AbortController();
      current = control;
      const stop = (): void => control.abort();
      asking.once('destroyed', stop);
      let done = 0;
      try {
        const { text } = operation;
        const { signal } = control;
        const outcome = await doctor.run(request, {
          text,
          signal,
          progress(row) {
            done += 1;
            // A run that was overtaken has nothing to say any more.
            if (!signal.aborted) tell(asking, 'doctor', { row, done, all: PROBE_COUNT });
          },
        });
        if (outcome.kind === 'refused') return outcome;
        const { report } = outcome;
        findings = report.findings;
        const { target } = report.facts.question;
        about = target === null ? null : place(target.host, target.port);
        return {
          kind: 'report',
          findings,
          rows: report.rows,
          summary: signal.aborted ? text.doctor.report.stopped : summaryOf(findings, text),
          text: report.text,
        };
      } finally {
        asking.off('destroyed', stop);
        if (current === control) current = null;
      }
    },
    stop: () => current?.abort(),
    async act(id) {
      const action = findings.find((finding) => finding.id === id)?.action ?? null;
      if (action !== null) await perform(action, about);
    },
  };
}
