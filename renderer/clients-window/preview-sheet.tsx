import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ClientPreview } from '../../app/ipc/index.ts';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { Diff } from './diff.tsx';
import { AddressChoice, ForwardNote } from './forward-note.tsx';
import { apply, type OpenPreview, open } from './store.ts';
import { TroubleNote } from './trouble-note.tsx';

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
  const run = async (): Promise<void> => {
    isWorking.value = true;
    try {
      await apply(shown, { upstream: takesUpstream.value, release: releases.value });
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
      {preview.adopted !== null && <p>{words.adopted(preview.adopted)}</p>}
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
        <button
          ref={button}
          type="button"
          class="button primary"
          disabled={isWorking.value}
          onClick={() => attempt(run)}
        >
          {words.apply}
        </button>
      </div>
    </dialog>
  );
}

interface UpstreamProps {
  readonly upstream: ClientPreview['upstream'];
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

/** A proxy that the server went through so far would be left out: nothing works behind a company's wall then. */
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
