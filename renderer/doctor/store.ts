import { signal } from '@preact/signals';
import type { DoctorOutcome, DoctorProgress } from '../../app/ipc/index.ts';
import { ask, bridge } from '../shared/store.ts';

/** What the person has written. */
export const target = signal('');
export const server = signal<string | null>(null);
export const error = signal('');

export const servers = signal<readonly string[]>([]);
export const running = signal(false);
/** What the run has seen so far, in the order in which it came. */
export const progress = signal<readonly DoctorProgress[]>([]);
/** What came of the last run; null before the first and while one is under way. */
export const outcome = signal<DoctorOutcome | null>(null);

/** Listens for what runs see, and for targets that other windows send here. Returns the unsubscribe. */
export function follow(failed: (work: () => Promise<unknown>) => void): () => void {
  const heard = [
    bridge.onDoctor((step) => {
      if (running.value) progress.value = [...progress.value, step];
    }),
    // The window is open already: what was prepared is fetched in the same way as by a new one.
    bridge.onGoTo(() => failed(look)),
    // Other programs write the files that the servers stand in.
    onFocus(() => failed(look)),
  ];
  failed(look);
  return () => {
    for (const stop of heard) stop();
  };
}

function onFocus(look: () => void): () => void {
  window.addEventListener('focus', look);
  return () => window.removeEventListener('focus', look);
}

/** Fetches the servers anew, and what the window was opened for, once. */
export async function look(): Promise<void> {
  const opening = await ask('doctorOpening');
  servers.value = opening.servers;
  if (opening.target === null && opening.server === null) return;
  target.value = opening.target ?? '';
  server.value = opening.server;
  error.value = '';
  await run();
}

export async function run(): Promise<void> {
  running.value = true;
  progress.value = [];
  outcome.value = null;
  const request = { target: target.value.trim(), server: server.value, error: error.value.trim() };
  try {
    outcome.value = await ask('runDoctor', request);
  } finally {
    running.value = false;
  }
}
