import { useEffect, useId, useRef } from 'preact/hooks';
import type { AppText } from '../../app/i18n/app.ts';
import type { DoctorReport } from '../../app/ipc/index.ts';
import { CopyButton, Frame } from '../shared/controls.tsx';
import { Icon, type IconName } from '../shared/icon.tsx';
import { announcement, ask, attempt, language, say, state, text } from '../shared/store.ts';
import { error, follow, look, outcome, progress, run, running, server, servers, target } from './store.ts';

type Finding = DoctorReport['findings'][number];

/** A shape for each severity: colour alone tells nothing to many. */
const ICONS: Readonly<Record<Finding['severity'], IconName>> = { problem: 'warning', note: 'info', ok: 'check' };

/** What was found, the worst first: what, why, what to do, and the button that does it. */
export function Findings({ findings, summary }: { readonly findings: readonly Finding[]; readonly summary: string }) {
  const words = text.value.doctor;
  const section = useRef<HTMLElement>(null);
  // Below the form, where large text leaves it out of view.
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <section ref={section} class="findings" aria-label={words.window.findings}>
      <h1>{summary}</h1>
      <ul>
        {findings.map((finding) => (
          <li key={finding.id} class={`finding ${finding.severity}`}>
            <Icon name={ICONS[finding.severity]} />
            <FindingWords finding={finding} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function FindingWords({ finding }: { readonly finding: Finding }) {
  const { id, severity, confidence, what, why, steps, action } = finding;
  const words = text.value.doctor;
  return (
    <div class="finding-words">
      <h2>
        <span class="voice">{words.severities[severity]}: </span>
        {what}
      </h2>
      <p class="hint">
        {why}
        {severity === 'problem' && confidence !== 'certain' && (
          <span class="badge confidence">{words.confidences[confidence]}</span>
        )}
      </p>
      {steps.length === 1 && <p class="finding-step">{steps[0]}</p>}
      {steps.length > 1 && (
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {action !== null && (
        <button type="button" class="button" onClick={() => attempt(() => ask('actOnFinding', id))}>
          {labelOf(action, text.value)}
        </button>
      )}
    </div>
  );
}

function labelOf(action: NonNullable<Finding['action']>, { doctor: { actions } }: AppText): string {
  switch (action.kind) {
    case 'open-pane':
      return actions[action.pane];
    case 'use-port':
      return actions.usePort(action.port);
    case 'restart-server':
      return actions.restartServer(action.server);
    case 'ask-permission':
    case 'turn-on':
    case 'route-server':
    case 'show-log':
    case 'show-copies':
      return actions[action.kind];
    default:
      return action satisfies never;
  }
}

type Row = DoctorReport['rows'][number];

/** What has been seen so far, while the rest is still looked at. */
export function Progress() {
  const words = text.value.doctor.window;
  const last = progress.value.at(-1);
  const done = last?.done ?? 0;
  const all = last?.all ?? 1;
  return (
    <section class="doctor-progress" aria-label={words.working}>
      <div class="doctor-meter">
        <progress aria-label={words.working} value={done} max={all} />
        <span class="figures">{last === undefined ? words.working : words.progress(done, all)}</span>
      </div>
      <RowList rows={progress.value.map(({ row }) => row[language.value])} />
    </section>
  );
}

/** Everything that was looked at, folded away behind what it means. */
export function Facts({ rows }: { readonly rows: readonly Row[] }) {
  const words = text.value.doctor.window;
  return (
    <details class="doctor-facts">
      <summary>
        <Icon name="chevron" />
        {words.facts}
      </summary>
      <RowList rows={rows} />
    </details>
  );
}

function RowList({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <dl class="fact-rows">
      {rows
        .filter(({ state }) => state !== 'not-applicable')
        .map(({ probe, label, state, lines }) => (
          <div key={probe} class={`fact-row ${state}`}>
            <dt>{label}</dt>
            {lines.map((line) => (
              <dd key={line}>{line}</dd>
            ))}
          </div>
        ))}
    </dl>
  );
}

/** What can be done with the whole. */
export function Foot() {
  const result = outcome.value;
  const report = result?.kind === 'report' ? result.report[language.value].text : '';
  return (
    <footer class="doctor-foot">
      <span class="spring" />
      <CopyButton disabled={report === ''} copy={() => ask('copyText', report)}>
        {text.value.doctor.window.copy}
      </CopyButton>
    </footer>
  );
}

/** Finds out why a machine cannot be reached: the form, the findings, and the facts behind them. */
export function DoctorWindow() {
  const words = text.value.doctor.window;
  useEffect(() => follow(attempt), []);
  // Ours are among the servers a question may be about.
  const own = state.value.servers.map(({ name }) => name).join();
  useEffect(() => {
    void own;
    attempt(look);
  }, [own]);
  const result = outcome.value;
  const report = result?.kind === 'report' ? result.report[language.value] : null;
  useEffect(() => {
    if (result?.kind !== 'report') return;
    announcement.value = ({ language: shown }) => result.report[shown].summary;
  }, [result]);
  return (
    <Frame title={text.value.windows.titles.doctor}>
      <Form />
      <main class="doctor-body">
        {running.value && <Progress />}
        {result?.kind === 'refused' && (
          <p class="doctor-refused" role="alert">
            {say(result.sentence)}
          </p>
        )}
        {report !== null && <Findings findings={report.findings} summary={report.summary} />}
        {report !== null && <Facts rows={report.rows} />}
        {!running.value && result === null && progress.value.length === 0 && (
          <div class="empty">
            <Icon name="search" />
            <p>{words.waiting}</p>
          </div>
        )}
      </main>
      <Foot />
    </Frame>
  );
}

/** What to look at, and the button that begins. */
function Form() {
  const words = text.value.doctor.window;
  const ids = { target: useId(), targetHint: useId(), server: useId(), error: useId(), errorHint: useId() };
  const isWrong = outcome.value?.kind === 'refused';
  return (
    <form
      class="doctor-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!running.value) attempt(run);
      }}
    >
      <label for={ids.target}>{words.target}</label>
      <div class="doctor-target">
        <input
          id={ids.target}
          type="text"
          value={target.value}
          placeholder="nas.lan:8123"
          aria-describedby={ids.targetHint}
          aria-invalid={isWrong}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            target.value = currentTarget.value;
          }}
        />
        {running.value ? (
          <button type="button" class="button" onClick={() => attempt(() => ask('stopDoctor'))}>
            <Icon name="stop" />
            {words.stop}
          </button>
        ) : (
          <button type="submit" class="button primary">
            <Icon name="play" />
            {outcome.value === null ? words.run : words.runAgain}
          </button>
        )}
        <p id={ids.targetHint} class="hint">
          {words.targetHint}
        </p>
      </div>
      <label for={ids.server}>{words.server}</label>
      <select
        id={ids.server}
        value={server.value === null ? '' : `=${server.value}`}
        onChange={({ currentTarget: { value } }) => {
          server.value = value === '' ? null : value.slice(1);
        }}
      >
        <option value="">{words.noServer}</option>
        {servers.value.map((name) => (
          <option key={name} value={`=${name}`}>
            {name}
          </option>
        ))}
      </select>
      <label for={ids.error}>{words.error}</label>
      <div class="doctor-error">
        <input
          id={ids.error}
          type="text"
          value={error.value}
          placeholder="connect EHOSTUNREACH 192.168.1.20:8123"
          aria-describedby={ids.errorHint}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            error.value = currentTarget.value;
          }}
        />
        <p id={ids.errorHint} class="hint">
          {words.errorHint}
        </p>
      </div>
    </form>
  );
}
