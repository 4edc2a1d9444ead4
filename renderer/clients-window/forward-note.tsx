import { useId } from 'preact/hooks';
import type { ClientPreview, ForwardChoice } from '../../app/ipc/index.ts';
import { place } from '../../app/ipc/index.ts';
import { ask } from '../shared/bridge.ts';
import { CopyButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { type OpenPreview, showForward } from './store.ts';

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
        value={place(setting.host, setting.targetPort)}
        onChange={({ currentTarget }) => {
          const wanted = choices.find(({ host, port }) => place(host, port) === currentTarget.value);
          if (wanted !== undefined) attempt(() => showForward(subject, wanted, choices));
        }}
      >
        {choices.map((choice) => (
          <option key={place(choice.host, choice.port)} value={place(choice.host, choice.port)}>
            {labelOf(choice)}
          </option>
        ))}
      </select>
    </div>
  );
}

function labelOf({ host, port, protocol, where }: ForwardChoice): string {
  const more = [protocol ?? '', where].filter((word) => word !== '').join(', ');
  return more === '' ? place(host, port) : `${place(host, port)} (${more})`;
}

/** What Gangway opens, what to know about it, and the other way for programs that speak SOCKS5. */
export function ForwardNote({ forward }: { readonly forward: NonNullable<ClientPreview['forward']> }) {
  const words = text.value.clientsWindow.preview.forward;
  const { setting, warning, socks } = forward;
  return (
    <>
      <p>{words.opens(place('127.0.0.1', setting.port), place(setting.host, setting.targetPort))}</p>
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
