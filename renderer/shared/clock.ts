import { signal } from '@preact/signals';

const SECOND = 1000;

/** The time, once a second; it stands still while nobody can see it. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, SECOND);
