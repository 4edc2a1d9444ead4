import { useSignal } from '@preact/signals';
import type { FoundRemote } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, text } from '../shared/store.ts';

/** Looks for servers in the local network, at a click; each that is found can be added. */
export function FoundRemotes({ add }: { readonly add: (found: FoundRemote) => void }) {
  const words = text.value.settingsWindow.servers.found;
  const found = useSignal<readonly FoundRemote[] | null>(null);
  const isLooking = useSignal(false);
  const look = async (): Promise<void> => {
    isLooking.value = true;
    found.value = null;
    try {
      found.value = await ask('findRemotes');
    } finally {
      isLooking.value = false;
    }
  };
  return (
    <div class="found-remotes">
      <button type="button" class="button" disabled={isLooking.value} onClick={() => attempt(look)}>
        <Icon name="search" />
        {isLooking.value ? words.looking : words.look}
      </button>
      <p class="hint">{words.hint}</p>
      <div role="status">
        {found.value?.length === 0 && <p class="hint">{words.none}</p>}
        {found.value !== null && found.value.length > 0 && (
          <ul class="rows">
            {found.value.map((one) => (
              <li class="row" key={one.url}>
                <div class="row-words">
                  <p class="row-title">{one.name}</p>
                  <p class="row-detail mono">{one.url}</p>
                </div>
                <button type="button" class="button" aria-label={words.addOne(one.name)} onClick={() => add(one)}>
                  {words.add}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
