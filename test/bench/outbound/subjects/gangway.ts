import { existsSync } from 'node:fs';
import { CLI, GANGWAY } from '../../common/gangway.ts';
import type { ProxySubject } from './subject.ts';

/** Ours, built, with everything left at its default. */
export function gangway(): ProxySubject {
  if (!existsSync(CLI)) return { name: GANGWAY, command: null };
  return {
    name: GANGWAY,
    command: (port) => ({ command: process.execPath, args: [CLI, 'serve', '-p', String(port)] }),
  };
}
