import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AppDriver } from '../e2e/support/driver.ts';

/** The port that people know. */
export const PORT = 28080;

/** Where `*.lan` is in the pictures: on this machine, where nothing listens by chance. */
export const NEIGHBOUR = '127.0.0.9';

/** As on a Mac where the app is installed, so that no picture shows a path of the machine that took it. */
export const INSTALLED = {
  ELECTRON_HOST_PACKAGED: '1',
  ELECTRON_HOST_RESOURCES: '/Applications/MCP Gangway.app/Contents/Resources',
  TERM: 'xterm',
} as const;

const HOUSEHOLD = path.join(import.meta.dirname, '..', 'fixtures', 'household-server.mjs');

/** Puts a command into a folder that looks like a person's MCP server. */
export function writeProgram(folder: string, name: string, kind: 'files' | 'search' | 'printer'): void {
  const script = `#!/bin/sh\nexec '${process.execPath}' '${HOUSEHOLD}' ${kind} "$@"\n`;
  writeFileSync(path.join(folder, name), script, { mode: 0o755 });
}

/** A PATH on which the programs in a folder are found first. */
export function before(folder: string): string {
  return `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`;
}

/** Gives the app a network with names, `nas.lan` and `printer.lan`, and an ordinary person who has started it. */
export async function settleIn(app: AppDriver): Promise<void> {
  await app.app.evaluate(settle, NEIGHBOUR);
}

/** Runs in the main process. */
function settle(_electron: unknown, address: string): void {
  const dns = process.getBuiltinModule('node:dns');
  const ask = dns.lookup;
  Object.assign(dns, {
    lookup: (host: string, ...rest: unknown[]) =>
      Reflect.apply(ask, dns, [host.endsWith('.lan') ? address : host, ...rest]),
  });
  process.getuid = () => 501;
  process.getBuiltinModule('node:module').syncBuiltinESMExports();
}
