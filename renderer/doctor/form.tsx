import { useId } from 'preact/hooks';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, text } from '../shared/store.ts';
import { error, outcome, run, running, server, servers, target } from './store.ts';

/** What to look at, and the button that begins. */
export function Form() {
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
