import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { authority, type ClientFileView, type ClientPreview, type ForwardChoice } from '../../app/ipc/index.ts';
import { CopyButton } from '../shared/controls.tsx';
import { found, foundServers } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { Check, Sheet } from '../shared/sheet.tsx';
import { ask, attempt, say, text } from '../shared/store.ts';
import { type DiffRow, diffRows } from './model.ts';
import { TroubleNote } from './outcome-note.tsx';
import { apply, type OpenPreview, open, showForward } from './store.ts';

/** Which of several addresses the forward is to stand for. */
function AddressChoice({ shown: { preview, subject, choices } }: { readonly shown: OpenPreview }) {
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
  const more = [protocol ?? '', where].filter((word) => word !== '').join(text.value.status.comma);
  return more === '' ? authority(host, port) : `${authority(host, port)} (${more})`;
}

/** What Gangway opens, what to know about it, and the other way for programs that speak SOCKS5. */
function ForwardNote({ forward }: { readonly forward: NonNullable<ClientPreview['forward']> }) {
  const words = text.value.clientsWindow.preview.forward;
  const { setting, warning, socks } = forward;
  return (
    <>
      <p>{words.opens(authority('127.0.0.1', setting.port), authority(setting.host, setting.targetPort))}</p>
      {warning !== null && (
        <div class="warning trouble">
          <Icon name="warning" />
          <p class="trouble-words">{say(warning)}</p>
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

/** What a change of one server, or of one file, would do. */
export function PreviewSheet({ shown }: { readonly shown: OpenPreview }) {
  const { preview, trouble } = shown;
  const { preview: words, restart } = text.value.clientsWindow;
  const unneeded = [
    ...preview.released.map((name) => words.released.server(name)),
    ...preview.releasedForwards.map(({ port }) => words.released.forward(port)),
  ];
  const takesUpstream = useSignal(false);
  const releases = useSignal(true);
  const cancel = (): void => {
    open.value = null;
  };
  const file = fileOf(shown.subject);
  const run = (restarts: ClientFileView | null): Promise<void> =>
    apply(shown, { upstream: takesUpstream.value, release: releases.value }, restarts);
  return (
    <Sheet
      title={titleOf(preview)}
      cancel={cancel}
      apply={() => run(null)}
      canApply
      restart={
        file?.canRestart === true && preview.diff !== ''
          ? { label: restart.applyAnd(file.title), run: () => run(file) }
          : null
      }
    >
      {() => (
        <>
          {trouble !== null && <TroubleNote trouble={trouble} />}
          <AddressChoice shown={shown} />
          {preview.diff === '' ? (
            <p>{words.same}</p>
          ) : (
            <>
              <p class="hint">{words.file(preview.file)}</p>
              <Diff diff={preview.diff} />
              <p class="hint">{preview.backups === null ? words.backupsGo : words.backup(preview.backups)}</p>
              {preview.access !== null && <p>{say(preview.access)}</p>}
            </>
          )}
          {preview.imported !== null && <p>{words.imported(preview.imported)}</p>}
          {preview.forward !== null && <ForwardNote forward={preview.forward} />}
          {preview.exceptions.length > 0 && <p>{words.exceptions(preview.exceptions.join(text.value.status.comma))}</p>}
          <Upstream upstream={preview.upstream} on={takesUpstream} />
          {unneeded.length > 0 && <Check label={words.release(unneeded.join(text.value.status.comma))} on={releases} />}
        </>
      )}
    </Sheet>
  );
}

/** The file that a preview is about, by its id or that of a server in it. */
function fileOf(subject: string): ClientFileView | undefined {
  const byServer = foundServers().find(({ server }) => server.id === subject)?.file;
  return byServer ?? found.value?.find(({ id }) => id === subject);
}

interface UpstreamProps {
  readonly upstream: ClientPreview['upstream'];
  readonly on: Signal<boolean>;
}

/** A proxy that the server went through would be bypassed: behind a company's firewall nothing would work. */
function Upstream({ upstream, on }: UpstreamProps) {
  const words = text.value.clientsWindow.preview.upstream;
  if (upstream === null) return null;
  if (!upstream.isUsable) return <p>{words.unusable(upstream.proxy)}</p>;
  const { proxy, instead } = upstream;
  const note = instead === null ? words.otherwise : `${words.instead(instead)} ${words.otherwise}`;
  return <Check label={words.use(proxy)} note={note} on={on} />;
}

function titleOf({ server, mode, client }: ClientPreview): string {
  const { title } = text.value.clientsWindow.preview;
  return server === null || mode === null ? title.file(client) : title[mode](server);
}
