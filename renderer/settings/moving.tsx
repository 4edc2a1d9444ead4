import { signal, useSignal } from '@preact/signals';
import { plainly } from '../../app/base/unseen.ts';
import type { AppText } from '../../app/i18n/app.ts';
import type { ExportAnswer, ImportAnswer, ImportedSetting } from '../../app/ipc/index.ts';
import { Sheet } from '../shared/sheet.tsx';
import { announcement, ask, attempt, failure, text, toldWords, type Words } from '../shared/store.ts';
import { Verbatim } from './addition-sheet.tsx';
import { refusalOf } from './store.ts';

type Preview = Extract<ImportAnswer, { readonly kind: 'preview' }>;

const preview = signal<Preview | null>(null);
/** What the last import has left to be given again; null while there was none. */
const imported = signal<readonly string[] | null>(null);

async function choose(): Promise<void> {
  const answer = await ask('previewImport');
  if (answer.kind === 'refused') failure.value = toldWords(answer.sentence);
  if (answer.kind === 'preview') preview.value = answer;
}

/** Takes the settings of another Mac over, after a look at what changes. */
export function ImportButton({ done = () => Promise.resolve() }: { readonly done?: () => Promise<void> }) {
  const words = text.value.settingsWindow.moving;
  return (
    <>
      <button type="button" class="button" onClick={() => attempt(choose)}>
        {words.import}
      </button>
      {preview.value !== null && <ImportSheet shown={preview.value} done={done} />}
    </>
  );
}

/** What has to be given again after an import, until the window is closed. */
export function Imported() {
  const words = text.value.settingsWindow.moving;
  return (
    <div role="status">
      {imported.value !== null && (
        <>
          <p class="hint">{words.imported}</p>
          <Given label={words.given} paths={imported.value} />
        </>
      )}
    </div>
  );
}

/** Export and import, side by side. */
export function Moving({ done }: { readonly done: () => Promise<void> }) {
  const words = text.value.settingsWindow.moving;
  const exported = useSignal<ExportAnswer | null>(null);
  const save = async (): Promise<void> => {
    const answer = await ask('exportSettings');
    if (answer !== null) exported.value = answer;
  };
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        <div class="inline">
          <button type="button" class="button" onClick={() => attempt(save)}>
            {words.export}
          </button>
          <ImportButton done={done} />
        </div>
        <p class="hint">{words.hint}</p>
        <div role="status">
          {exported.value !== null && (
            <>
              <p class="hint">{words.exported(exported.value.file)}</p>
              <Given label={words.givenThere} paths={exported.value.given} />
            </>
          )}
        </div>
        <Imported />
      </div>
    </div>
  );
}

function Given({ label, paths }: { readonly label: string; readonly paths: readonly string[] }) {
  if (paths.length === 0) return null;
  return (
    <>
      <p class="hint">{label}</p>
      <ul class="chips">
        {paths.map((path) => (
          <li key={path}>{plainly(path)}</li>
        ))}
      </ul>
    </>
  );
}

function ImportSheet({ shown, done }: { readonly shown: Preview; readonly done: () => Promise<void> }) {
  const words = text.value.settingsWindow.moving;
  const { changes, given, unknown } = shown;
  const refusal = useSignal<Words | null>(null);
  const close = (): void => {
    preview.value = null;
  };
  const run = async (): Promise<void> => {
    const outcome = await ask('importSettings', shown.id);
    await done();
    if (!outcome.ok) {
      const { path, words: why } = refusalOf(outcome);
      const [key = ''] = path.split('.');
      refusal.value = key === '' ? why : (all) => `${titleOf(key, all)}: ${why(all)}`;
      return;
    }
    imported.value = given;
    announcement.value = ({ settingsWindow }) => settingsWindow.moving.imported;
    close();
  };
  return (
    <Sheet
      title={words.title(shown.file)}
      action={words.apply}
      cancel={close}
      apply={run}
      canApply={changes.length > 0}
      restart={null}
    >
      {(title) => (
        <>
          <p class="hint">{changes.length === 0 ? words.nothing : words.intro}</p>
          {refusal.value !== null && (
            <p class="error" role="alert">
              {refusal.value(text.value)}
            </p>
          )}
          {changes.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
            <section class="diff" tabIndex={0} aria-labelledby={title}>
              {changes.map((one) => (
                <Change key={one.key} change={one} />
              ))}
            </section>
          )}
          <Verbatim written={changes.flatMap(({ after }) => after)} />
          <Given label={words.given} paths={given} />
          {unknown.length > 0 && (
            <p class="hint">{words.unknown(unknown.map(plainly).join(text.value.status.comma))}</p>
          )}
        </>
      )}
    </Sheet>
  );
}

function Change({ change: { key, before, after } }: { readonly change: ImportedSetting }) {
  return (
    <>
      <p class="diff-hunk">{titleOf(key, text.value)}</p>
      {before.map((line) => (
        <del key={line} class="diff-row removed">
          <span class="diff-sign">−</span>
          <code>{plainly(line)}</code>
        </del>
      ))}
      {after.map((line) => (
        <ins key={line} class="diff-row added">
          <span class="diff-sign">+</span>
          <code>{plainly(line)}</code>
        </ins>
      ))}
    </>
  );
}

/** What the window calls a setting; its key where it has no field for it. */
function titleOf(key: string, { settingsWindow: words }: AppText): string {
  const { access, network, parts } = words;
  const titles: Readonly<Record<string, string>> = {
    port: words.port.label,
    host: access.lan.label,
    language: words.language.label,
    logLevel: words.logLevel.label,
    servers: parts.servers,
    defaultServer: words.servers.isDefault.label,
    forwards: parts.forwards,
    upstream: network.upstream.label,
    noProxy: network.noProxy.label,
    deniedPorts: network.deniedPorts.label,
    allowedOrigins: access.origins.label,
    allowedHosts: access.hosts.label,
    requireToken: access.require.label,
    trustReverseProxy: access.reverseProxy.label,
    lanLoopback: access.lan.loopback.label,
    lanForwards: access.lan.forwards.label,
  };
  return titles[key] ?? key;
}
