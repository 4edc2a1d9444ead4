import { open } from 'node:fs/promises';
import { basename, posix, win32 } from 'node:path';
import type { ClientId, Home } from '../../clients/index.ts';

/** What clients wrote down about the servers they started. */
export interface ClientLogs {
  /** The words of the newest start of a server that tell of a block, such as `No route to host`; null when there are none. */
  blocked(client: ClientId, server: string): Promise<string | null>;
}

/** Bytes at the end of a log that are read: the newest start of a server is what counts. */
const TAIL = 64 * 1024;

/** Where Claude Desktop begins to write about a start (docs of the protocol, "Debugging": one log a server). */
const START = 'Initializing server...';

/** What runtimes say when macOS keeps a program from the local network: errno 65, with its name or its text. */
const BLOCKED = /(?:\[Errno \d+\] )?[Nn]o route to host|EHOSTUNREACH(?: [\w.:[\]-]+)?|\b[Ee]rrno:? ?-?65\b/;

/** The logs of the clients that keep one for each server. */
export function clientLogs(home: Pick<Home, 'folder' | 'platform' | 'env'>): ClientLogs {
  return {
    async blocked(client, server) {
      const file = logOf(client, server, home);
      if (file === null) return null;
      const text = await tailOf(file);
      return BLOCKED.exec(text.slice(text.lastIndexOf(START) + 1))?.[0] ?? null;
    },
  };
}

function logOf(
  client: ClientId,
  server: string,
  { folder, platform, env }: Pick<Home, 'folder' | 'platform' | 'env'>,
): string | null {
  const name = `mcp-server-${server}.log`;
  // The name comes from a file that anybody may have written.
  if (client !== 'claude-desktop' || basename(name) !== name || win32.basename(name) !== name) return null;
  if (platform === 'darwin') return posix.join(folder, 'Library', 'Logs', 'Claude', name);
  if (platform !== 'win32') return null;
  return win32.join(env['APPDATA'] || win32.join(folder, 'AppData', 'Roaming'), 'Claude', 'logs', name);
}

/** Empty when there is no such file, or nobody may read it: a log is a hint, nothing depends on it. */
async function tailOf(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, TAIL);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
