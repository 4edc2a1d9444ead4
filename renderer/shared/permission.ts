import { signal } from '@preact/signals';
import type { PermissionView } from '../../app/ipc/index.ts';
import { ask, bridge } from './bridge.ts';

/** The permission for the local network as this window knows it; null until it does. */
export const permission = signal<PermissionView | null>(null);

/** Gets it, and keeps it true until the returned function is called. */
export function followPermission(): { readonly known: Promise<void>; readonly stop: () => void } {
  let told = false;
  const stop = bridge.onPermission((view) => {
    told = true;
    permission.value = view;
  });
  const known = ask('permission').then((view) => {
    // What was told meanwhile is newer.
    if (!told) permission.value = view;
  });
  return { known, stop };
}
