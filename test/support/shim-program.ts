import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StdioProgram } from './mcp-clients.ts';
import { COMPILED } from './programs.ts';

/** A home in which no app has written down where it is. */
const NOBODY = join(tmpdir(), 'gangway-nobody');

/** The program that a client's config names, in front of one server of the gateway on this port. */
export function shimProgram(cli: string, port: number, server: string): StdioProgram {
  return {
    command: process.execPath,
    args: [cli, 'connect', server, '--port', String(port)],
    env: { HOME: NOBODY, ...COMPILED },
    stderr: 'ignore',
  };
}
