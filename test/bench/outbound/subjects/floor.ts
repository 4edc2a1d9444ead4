import { fileURLToPath } from 'node:url';
import { FLOOR } from '../measures/measure.ts';
import type { ProxySubject } from './subject.ts';

const FILE = fileURLToPath(new URL('../floor.js', import.meta.url));

/** The least that a proxy in Node does, for CONNECT and for a plain GET. */
export function floor(): ProxySubject {
  return { name: FLOOR, command: (port) => ({ command: process.execPath, args: [FILE, String(port)] }) };
}
