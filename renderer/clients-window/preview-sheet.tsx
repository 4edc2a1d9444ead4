import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { authority, type ClientFileView, type ClientPreview, type ForwardChoice } from '../../app/ipc/index.ts';
import { CopyButton } from '../shared/controls.tsx';
import { found, foundServers } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, text } from '../shared/store.ts';
import { type DiffRow, diffRows } from './model.ts';
import { TroubleNote } from './outcome-note.tsx';
import { apply, type OpenPreview, open, showForward } from './store.ts';

/** Which of several addresses the forward is to stand for. */
export function AddressChoice({ shown: { preview, subject, choices } }: { readonly shown: OpenPreview }) {
  const words = text.value.clientsWindow.preview.forward;
  const id = useId();
  const setting = preview.forward?.setting;
  if (choices.length < 2 || setting === undefined) return null;
  return (
    <div class="address-choice">
      <label for={id}>{words.choose}</label>
      <select
        id={id}
        value={authority(setting.host, setting.targetPort)}
        onChange={({ currentTarget }) => {
          const wanted = choices.find(({ host, port }) => authority(host, port) === currentTarget.value);
          if (wanted !== undefined) attempt(() => showForward(subject, wanted, choices));
        }}
      >
        {choices.map((choice) => (
          <option key={authority(choice.host, choice.port)} value={authority(choice.host, choice.port)}>
            {labelOf(choice)}
          </option>
        ))}
      </select>
    </div>
  );
}

function labelOf({ host, port, protocol, where }: ForwardChoice): string {
  const more = [protocol ?? '', where].filter((word) => word !== '').join(', ');
  return more === '' ? authority(host, port) : `${authority(host, port)} (${more})`;
}

/** What Gangway opens, what to know about it, and the other way for programs that speak SOCKS5. */
export function ForwardNote({ forward }: { readonly forward: NonNullable<ClientPreview['forward']> }) {
  const words = text.value.clientsWindow.preview.forward;
  const { setting, warning, socks } = forward;
  return (
    <>
      <p>{words.opens(authority('127.0.0.1', setting.port), authority(setting.host, setting.targetPort))}</p>
      {warning !== null && (
        <div class="warning trouble">
          <Icon name="warning" />
          <p class="trouble-words">{warning}</p>
        </div>
      )}
      <p class="socks">
        <span class="hint">{words.socks}</span>
        <code>{socks}</code>
        <CopyButton quiet label={words.copySocks} copy={() => ask('copyText', socks)} />
      </p>
    </>
  );
}

/** What changes in a file. Signs and elements say it too: colour alone says nothing. */
export function Diff({ diff }: { readonly diff: string }) {
  const words = text.value.clientsWindow.preview;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
    <section class="diff" tabIndex={0} aria-label={words.diff}>
      {diffRows(diff).map((row, at) => (
        <Row key={at} row={row} />
      ))}
    </section>
  );
}

function Row({ row }: { readonly row: DiffRow }) {
  const words = text.value.clientsWindow.preview;
  switch (row.kind) {
    case 'hunk':
      return <p class="diff-hunk">{words.line(row.line)}</p>;
    case 'no-end':
      return <p class="diff-hunk">{words.noEnd}</p>;
    case 'added':
      return (
        <ins class="diff-row added">
          <span class="diff-sign">+</span>
          <code>{row.text}</code>
        </ins>
      );
    case 'removed':
      return (
        <del class="diff-row removed">
          <span class="diff-sign">−</span>
          <code>{row.text}</code>
        </del>
      );
    case 'same':
      return (
        <div class="diff-row">
          <span class="diff-sign" />
          <code>{row.text}</code>
        </div>
      );
    default:
      return row satisfies never;
  }
}

/** What a change would do, before it is made. Escape and Cancel leave everything as it is. */
export function PreviewSheet({ shown }: { readonly shown: OpenPreview }) {
  const { preview, trouble } = shown;
  const words = text.value.clientsWindow.preview;
  const unneeded = [
    ...preview.released.map((name) => words.released.server(name)),
    ...preview.releasedForwards.map(({ port }) => words.released.forward(port)),
  ];
  const sheet = useRef<HTMLDialogElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const takesUpstream = useSignal(false);
  const releases = useSignal(true);
  const isWorking = useSignal(false);
  useEffect(() => {
    const before = document.activeElement;
    sheet.current?.showModal();
    button.current?.focus();
    // A dialog that is taken away, rather than closed, does not give the focus back.
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (): void => {
    open.value = null;
  };
  const file = fileOf(shown.subject);
  const run = async (restarts: ClientFileView | null): Promise<void> => {
    isWorking.value = true;
    try {
      await apply(shown, { upstream: takesUpstream.value, release: releases.value }, restarts);
    } finally {
      isWorking.value = false;
    }
  };
  return (
    <dialog
      ref={sheet}
      class="sheet"
      aria-labelledby="sheet-title"
      onCancel={(event) => {
        event.preventDefault();
        if (!isWorking.value) cancel();
      }}
    >
      <h2 id="sheet-title">{titleOf(preview)}</h2>
      {trouble !== null && <TroubleNote trouble={trouble} />}
      <AddressChoice shown={shown} />
      {preview.diff === '' ? (
        <p>{words.same}</p>
      ) : (
        <>
          <p class="hint">{words.file(preview.file)}</p>
          <Diff diff={preview.diff} />
          <p class="hint">{words.backup(preview.backups)}</p>
          {preview.access !== null && <p>{preview.access}</p>}
        </>
      )}
      {preview.imported !== null && <p>{words.imported(preview.imported)}</p>}
      {preview.forward !== null && <ForwardNote forward={preview.forward} />}
      {preview.exceptions.length > 0 && <p>{words.exceptions(preview.exceptions.join(', '))}</p>}
      <Upstream
        upstream={preview.upstream}
        on={takesUpstream.value}
        set={(on) => {
          takesUpstream.value = on;
        }}
      />
      {unneeded.length > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={releases.value}
            onChange={({ currentTarget }) => {
              releases.value = currentTarget.checked;
            }}
          />
          <span>{words.release(unneeded.join(', '))}</span>
        </label>
      )}
      <div class="form-end">
        <button type="button" class="button" disabled={isWorking.value} onClick={cancel}>
          {text.value.windows.cancel}
        </button>
        {file?.canRestart === true && preview.diff !== '' && (
          <button type="button" class="button" disabled={isWorking.value} onClick={() => attempt(() => run(file))}>
            {text.value.clientsWindow.restart.applyAnd(file.title)}
          </button>
        )}
        <button
          ref={button}
          type="button"
          class="button primary"
          disabled={isWorking.value}
          onClick={() => attempt(() => run(null))}
        >
          {words.apply}
        </button>
      </div>
    </dialog>
  );
}

/** The file that a preview is about, by its id or that of a server in it. */
function fileOf(subject: string): ClientFileView | undefined {
  const byServer = foundServers().find(({ server }) => server.id === subject)?.file;
  return byServer ?? found.value?.find(({ id }) => id === subject);
}

interface UpstreamProps {
  readonly upstream: ClientPreview['upstream'];
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

/** A proxy that the server went through would be bypassed: behind a company's firewall nothing would work. */
function Upstream({ upstream, on, set }: UpstreamProps) {
  const words = text.value.clientsWindow.preview.upstream;
  if (upstream === null) return null;
  if (!upstream.isUsable) return <p>{words.unusable(upstream.proxy)}</p>;
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={({ currentTarget }) => set(currentTarget.checked)} />
      <span>
        {words.use(upstream.proxy)}
        <small class="hint">
          {upstream.instead === null ? words.otherwise : `${words.instead(upstream.instead)} ${words.otherwise}`}
        </small>
      </span>
    </label>
  );
}

function titleOf({ server, mode, client }: ClientPreview): string {
  const { title } = text.value.clientsWindow.preview;
  return server === null || mode === null ? title.file(client) : title[mode](server);
}
