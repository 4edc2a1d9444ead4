import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { plainly } from '../../app/base/unseen.ts';
import { type AddedServer, type Addition, addressOf, authority, type NamedValue } from '../../app/ipc/index.ts';
import { loadersIn } from '../../app/settings/loaders.ts';
import { Icon } from '../shared/icon.tsx';
import { Sheet } from '../shared/sheet.tsx';
import { announcement, ask, attempt, language, state, text, type Words } from '../shared/store.ts';
import { connecting } from './connect-panel.tsx';
import { load, refusalOf } from './store.ts';

/** What waits to be looked at, and the sheet to paste into. */
const addition = signal<Addition | null>(null);
const isPasting = signal(false);

/** Fetches what waits in the main process: after a link was opened, or a language was chosen. */
export async function showAddition(): Promise<void> {
  const waiting = await ask('addition');
  if (waiting !== null) isPasting.value = false;
  addition.value = waiting;
}

export function startPasting(): void {
  isPasting.value = true;
}

/** Whether pasted text is configuration rather than a command or a name. */
export function looksLikeConfiguration(pasted: string): boolean {
  return (
    /^\s*(?:\{|\[\s*\{)/.test(pasted) &&
    /["']?(?:command|url|mcpServers|servers|serverUrl|httpUrl)["']?\s*:/.test(pasted)
  );
}

/** Shows what pasted text would add. */
export async function previewText(pasted: string): Promise<void> {
  addition.value = await ask('previewServers', pasted);
  isPasting.value = false;
}

/** The sheets about servers that come from outside. */
export function AdditionSheets() {
  const tag = language.value;
  useEffect(() => {
    void tag;
    attempt(showAddition);
  }, [tag]);
  if (addition.value !== null) return <AdditionSheet key={addition.value.id} shown={addition.value} />;
  return isPasting.value ? <PasteSheet /> : null;
}

function PasteSheet() {
  const words = text.value.settingsWindow.adding;
  const pasted = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Sheet
      title={words.pasteTitle}
      action={words.preview}
      cancel={() => {
        isPasting.value = false;
      }}
      apply={() => previewText(pasted.value)}
      canApply={pasted.value.trim() !== ''}
      restart={{
        label: words.choose,
        run: async () => {
          const chosen = await ask('chooseServersFile');
          if (chosen === null) return;
          addition.value = chosen;
          isPasting.value = false;
        },
      }}
    >
      {() => (
        <>
          <p class="hint">{words.pasteHint}</p>
          <textarea
            ref={field}
            class="mono paste"
            rows={12}
            aria-label={words.pasteLabel}
            spellcheck={false}
            value={pasted.value}
            onInput={({ currentTarget }) => {
              pasted.value = currentTarget.value;
            }}
          />
        </>
      )}
    </Sheet>
  );
}

/** Everything that would be stored, in full, before it is. */
function AdditionSheet({ shown }: { readonly shown: Addition }) {
  const words = text.value.settingsWindow.adding;
  const { servers, problems, from } = shown;
  const chosen = useSignal<readonly number[]>(servers.flatMap(({ sameAs }, at) => (sameAs === null ? [at] : [])));
  const refusal = useSignal<Words | null>(null);
  // A link may have opened the next one meanwhile.
  const close = (): void => {
    if (addition.value?.id === shown.id) addition.value = null;
  };
  // The next link is taken once this one waits no more: the sheet stays until then.
  const cancel = async (): Promise<void> => {
    await ask('cancelAddition', shown.id);
    close();
  };
  const add = async (): Promise<void> => {
    const names = chosen.value.map((at) => servers[at]?.name ?? '');
    const outcome = await ask('addServers', { addition: shown.id, chosen: chosen.value });
    await load();
    if (!outcome.ok) {
      refusal.value = refusalOf(outcome).words;
      return;
    }
    const [first] = names;
    if (names.length === 1 && first !== undefined) connecting.value = first;
    announcement.value = ({ settingsWindow: { adding, removal } }) => adding.added(names.join(removal.comma));
    close();
  };
  const toggle = (at: number): void => {
    const rest = chosen.value.filter((one) => one !== at);
    chosen.value = rest.length === chosen.value.length ? [...rest, at].toSorted((a, b) => a - b) : rest;
  };
  return (
    <Sheet
      title={servers.length === 0 ? words.nothing[from] : words.title[from]}
      action={words.add(chosen.value.length)}
      isUnasked={from === 'link'}
      cancel={() => attempt(cancel)}
      apply={add}
      canApply={chosen.value.length > 0}
      restart={null}
    >
      {(title) => (
        <>
          {from === 'link' && servers.length > 0 && <Warning>{words.warning}</Warning>}
          {shown.droppedLink && <p class="hint">{words.droppedLink}</p>}
          {problems.map((problem) => (
            <Warning key={problem}>{problem}</Warning>
          ))}
          {refusal.value !== null && (
            <p class="error" role="alert">
              {refusal.value(text.value)}
            </p>
          )}
          {servers.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
            <ul class="additions" tabIndex={0} aria-labelledby={title}>
              {servers.map((server, at) => (
                <li key={server.name}>
                  <Server
                    server={server}
                    becomesDefault={shown.becomesDefault}
                    choice={
                      servers.length > 1 ? { isChosen: chosen.value.includes(at), toggle: () => toggle(at) } : null
                    }
                  />
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Sheet>
  );
}

function Warning({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="warning">
      <Icon name="warning" />
      <p>{children}</p>
    </div>
  );
}

interface ServerProps {
  readonly server: AddedServer;
  readonly becomesDefault: boolean;
  /** Null for the only one. */
  readonly choice: { readonly isChosen: boolean; readonly toggle: () => void } | null;
}

function Server({ server, becomesDefault, choice }: ServerProps) {
  const words = text.value.settingsWindow.adding;
  const { title, name, sameAs, command, args, env, cwd, url, transport, headers, more } = server;
  const { host, port } = addressOf(state.value);
  const loaders = loadersIn(env.map((one) => one.name));
  const written = [command, url, cwd ?? '', ...args, ...[...env, ...headers, ...more].map(({ value }) => value)];
  return (
    <>
      <h3>
        {choice === null ? (
          plainly(title)
        ) : (
          <label class="check">
            <input type="checkbox" checked={choice.isChosen} onChange={choice.toggle} />
            <span>{plainly(title)}</span>
          </label>
        )}
      </h3>
      {sameAs !== null && <p class="hint">{words.same(sameAs)}</p>}
      <dl>
        {url === '' ? (
          <>
            <Part label={words.command} values={[command]} />
            <Part label={words.args} values={args} isList />
            <Part label={words.env} values={env.map(pair)} />
            {cwd !== null && <Part label={words.cwd} values={[cwd]} />}
          </>
        ) : (
          <>
            <Part label={words.url} values={[url]} />
            <Part
              label={words.transport}
              values={[text.value.settingsWindow.servers.transport.words[transport]]}
              isProse
            />
            <Part label={words.headers} values={headers.map(pair)} />
            {more.length > 0 && <Part label={words.more} values={more.map(pair)} />}
          </>
        )}
        <Part
          label={words.address}
          values={[`http://${authority(host, port)}/servers/${encodeURIComponent(name)}/mcp`]}
        />
      </dl>
      {name !== title && <p class="hint">{words.renamed(name, plainly(title))}</p>}
      {becomesDefault && <p class="hint">{words.becomesDefault}</p>}
      {loaders.length > 0 && <Warning>{words.loaders(loaders)}</Warning>}
      <Verbatim written={written} />
    </>
  );
}

/** Says of text from outside that looks as if it were filled in that it is not. */
export function Verbatim({ written }: { readonly written: readonly string[] }) {
  const { verbatim } = text.value.settingsWindow.adding;
  return written.some((one) => /\$\{|\$[A-Z_]|%[A-Z_]+%/i.test(one)) ? <p class="hint">{verbatim}</p> : null;
}

interface PartProps {
  readonly label: string;
  readonly values: readonly string[];
  /** Each is numbered: where one ends and the next begins must not be a guess. */
  readonly isList?: boolean;
  /** Words of ours. */
  readonly isProse?: boolean;
}

function Part({ label, values, isList = false, isProse = false }: PartProps) {
  const words = text.value.settingsWindow.adding;
  return (
    <div class="part">
      <dt>{label}</dt>
      <dd>
        {values.length === 0 && <span class="hint">{words.none}</span>}
        {values.map((value, at) => (
          <div key={at} class={isProse ? '' : 'verbatim'}>
            {isList && values.length > 1 && (
              <span class="ordinal" aria-hidden="true">
                {at + 1}
              </span>
            )}
            {isProse ? value : value === '' ? <span class="hint">{words.empty}</span> : <code>{plainly(value)}</code>}
          </div>
        ))}
      </dd>
    </div>
  );
}

function pair({ name, value }: NamedValue): string {
  return `${name}=${value}`;
}
