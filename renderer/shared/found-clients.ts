import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ClientFileView, ClientServerView } from '../../app/ipc/index.ts';
import { ask, attempt, state } from './store.ts';

/** The clients' files on this machine and their servers; null until the first reading is there. */
export const found = signal<readonly ClientFileView[] | null>(null);

/** The first list does not wait for slow programs: the window would stay empty until they answer. */
export async function load(): Promise<void> {
  found.value ??= await ask('clients', 'at-once');
  found.value = await ask('clients', 'whole');
}

/** Reads the files anew when the window gets the focus, and when what of ours the entries lead to has changed; not while `isIdle`. */
export function useFoundClients(isIdle = false): void {
  const { phase, listening, address, servers, defaultServer, language } = state.value;
  const facts = JSON.stringify([phase, listening, address, servers, defaultServer, language]);
  useEffect(() => {
    void facts;
    if (!isIdle) attempt(load);
  }, [facts, isIdle]);
  // Other programs write these files too.
  useEffect(() => {
    const look = (): void => attempt(load);
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, []);
}

/** A server in the file of a client. */
export interface FoundServer {
  readonly file: ClientFileView;
  readonly server: ClientServerView;
}

/** Every server of every file, in the order of the files. */
export function foundServers(): readonly FoundServer[] {
  return (found.value ?? []).flatMap((file) =>
    file.content.kind === 'servers' ? file.content.servers.map((server) => ({ file, server })) : [],
  );
}

/** What tells a server apart from those of the same name in other clients. */
export function fullName({ server, file }: FoundServer): string {
  return `${server.name} (${file.title})`;
}

/** What people call the one that shows itself to us by this name: its own name and its client's. */
export function nameOfLabel(label: string): string {
  const known = foundServers().find(({ server }) => server.labels.includes(label));
  return known === undefined ? label : fullName(known);
}
