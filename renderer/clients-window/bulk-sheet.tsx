import { useSignal } from '@preact/signals';
import type { BulkPreview, ClientFileView } from '../../app/ipc/index.ts';
import { Breakable } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { Check, Sheet } from '../shared/sheet.tsx';
import { say, text } from '../shared/store.ts';
import { applyBulk, type OpenBulk, openBulk, restartable, serversIn } from './bulk-store.ts';
import { TroubleNote } from './outcome-note.tsx';
import { Diff } from './preview-sheet.tsx';

/** One file: what becomes of each of its servers and why, and on demand every line that changes. */
function FilePart({ file }: { readonly file: BulkPreview['files'][number] }) {
  const { modes, preview } = text.value.clientsWindow;
  return (
    <section class="bulk-file" aria-label={file.client}>
      <h3>{file.client}</h3>
      <ul>
        {file.servers.map(({ name, from, to, reason }) => (
          <li key={name}>
            <p class="bulk-server">
              <strong>{name}</strong>
              <span>
                {modes[from]} → {modes[to]}
              </span>
            </p>
            {reason !== null && <p class="hint">{say(reason)}</p>}
          </li>
        ))}
      </ul>
      {file.access !== null && <p class="hint">{say(file.access)}</p>}
      <details>
        <summary>
          <Icon name="chevron" />
          <span class="hint">
            <Breakable words={preview.file(file.file)} />
          </span>
        </summary>
        <Diff diff={file.diff} />
      </details>
    </section>
  );
}

function LeftPart({ left }: { readonly left: BulkPreview['left'] }) {
  const words = text.value.clientsWindow.bulk;
  if (left.length === 0) return null;
  return (
    <section class="bulk-file" aria-label={words.left}>
      <h3>{words.left}</h3>
      <ul>
        {left.map(({ client, file, name, trouble }) => (
          <li key={`${file} ${name}`}>
            <p class="bulk-server">
              <strong>{name ?? client}</strong>
              <span>{name === null ? '' : client}</span>
            </p>
            <p class="hint">{say(trouble.sentence)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a change of all clients would do. */
export function BulkSheet({ shown }: { readonly shown: OpenBulk }) {
  const { kind, preview, refusal } = shown;
  const { bulk, preview: words, restart } = text.value.clientsWindow;
  const takesUpstream = useSignal(false);
  const releases = useSignal(true);
  const cancel = (): void => {
    openBulk.value = null;
  };
  const run = (restarts: readonly ClientFileView[]): Promise<void> =>
    applyBulk(shown, { upstream: takesUpstream.value, release: releases.value }, restarts);
  const count = serversIn(preview);
  const clients = restartable(preview.files);
  const label = restart.applyAnd(clients.map(({ title }) => title).join(bulk.comma));
  const [upstream, another] = preview.upstreams;
  return (
    <Sheet
      title={bulk.titles[kind](count)}
      cancel={cancel}
      apply={() => run([])}
      canApply={count > 0 && preview.trouble === null}
      restart={clients.length === 0 || preview.trouble !== null ? null : { label, run: () => run(clients) }}
    >
      {(titleId) => (
        <>
          {preview.trouble !== null && <TroubleNote trouble={preview.trouble} />}
          {refusal !== null && <TroubleNote trouble={refusal.trouble} />}
          {refusal !== null && refusal.standing.length > 0 && <p>{bulk.standing(refusal.standing.join(bulk.comma))}</p>}
          <p class="hint">{count === 0 ? bulk.nothing[kind] : bulk.lead}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus. */}
          <section class="bulk-files" tabIndex={0} aria-labelledby={titleId}>
            {preview.files.map((file) => (
              <FilePart key={file.file} file={file} />
            ))}
            <LeftPart left={preview.left} />
          </section>
          {preview.backups !== null && <p class="hint">{words.backup(preview.backups)}</p>}
          {preview.removesBackups && <p class="hint">{words.backupsGo}</p>}
          {preview.imported.length > 0 && <p>{bulk.imported(preview.imported.join(bulk.comma))}</p>}
          {preview.exceptions.length > 0 && <p>{words.exceptions(preview.exceptions.join(bulk.comma))}</p>}
          {another !== undefined && <p>{bulk.several}</p>}
          {upstream !== undefined && another === undefined && (
            <Check label={words.upstream.use(upstream)} on={takesUpstream} />
          )}
          {preview.released.length > 0 && (
            <Check
              label={words.release(preview.released.map((name) => words.released.server(name)).join(bulk.comma))}
              on={releases}
            />
          )}
        </>
      )}
    </Sheet>
  );
}
