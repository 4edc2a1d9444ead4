import { createServer, type Server } from 'node:net';
import { codeOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import {
  type FolderFault,
  newSocket,
  publishSocket,
  removeDeadSockets,
  removeSocket,
  type SocketFile,
  type SocketHome,
} from './folder.ts';
import { type Controlled, METHODS } from './methods.ts';
import { CODES, ControlFault, type Hello, PROTOCOL } from './protocol.ts';
import { ControlSession, SESSION_TIMES, type SessionTimes } from './session.ts';

export interface ControlOptions {
  readonly home: SocketHome;
  readonly controlled: Controlled;
  readonly version: string;
  readonly log: Log;
  readonly times?: SessionTimes;
  /** Connections at a time, those not counted that carry something else by now; 64 unless given. */
  readonly connections?: number;
}

/** The control socket of this process, open. */
export interface Control {
  /** What net.connect takes. */
  readonly path: string;
  /** Removes the socket and ends its connections; those that were handed over go on. */
  close(): void;
}

const CONNECTIONS = 64;
/** Attempts under another name, where another server of this process began in the same millisecond. */
const ATTEMPTS = 8;

/**
 * Opens the control socket of this process. Null, with a warning in the log, when there is no place for it: everything else
 * works without. Dead sockets of others are removed on the way.
 */
export async function openControl(options: ControlOptions): Promise<Control | null> {
  const { home, log } = options;
  const passedOver: string[] = [];
  const refused = (folder: string, fault: FolderFault): void => {
    // A long path is no fault: the next folder is for that.
    if (fault !== 'path-too-long') passedOver.push(`${folder} (${fault})`);
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = newSocket(home, refused, attempt);
    if (file === null) break;
    try {
      const control = await listen(file, options);
      if (passedOver.length > 0) log.warn(passedOverSentence(passedOver, options), { path: file.path });
      // Not awaited: a process that hangs would delay the start.
      void removeDeadSockets(home);
      return control;
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE') continue;
      passedOver.push(`${file.path} (${String(error)})`);
      break;
    }
  }
  const { control, status } = options.controlled.text();
  log.warn(control.notOpened(passedOver.join(status.comma)));
  return null;
}

function passedOverSentence(folders: readonly string[], { controlled }: ControlOptions): string {
  const { control, status } = controlled.text();
  return control.passedOver(folders.join(status.comma));
}

async function listen(file: SocketFile, options: ControlOptions): Promise<Control> {
  const { controlled, version, log, times = SESSION_TIMES, connections = CONNECTIONS } = options;
  const sessions = new Set<ControlSession>();
  const { instance } = instanceOf(file);
  const hello = (): Omit<Hello, 'protocol'> => {
    const { host, port } = controlled.settings();
    return {
      product: 'mcp-gangway',
      version,
      protocols: PROTOCOL,
      pid: process.pid,
      instance,
      role: controlled.role,
      listening: controlled.listening().map((place) => ({ host: place.host, port: place.port })),
      address: { host, port },
      methods: ['hello', ...Object.keys(METHODS)],
    };
  };
  // A client may end its half behind its last request and read on.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const session = new ControlSession(socket, {
      controlled,
      hello,
      log,
      times,
      left: (gone) => void sessions.delete(gone),
    });
    if (sessions.size >= connections) {
      const message = controlled.text().control.tooManyConnections(connections);
      session.turnAway(new ControlFault(CODES.refused, 'too-many-connections', message));
    }
    sessions.add(session);
  });
  await opened(server, file.path);
  const removed = () => removeSocket(file);
  try {
    publishSocket(file);
  } catch (error) {
    server.close();
    throw error;
  }
  server.on('error', (error) => log.warn(`The control socket: ${String(error)}`));
  // The control socket alone does not keep the process alive.
  server.unref();
  process.once('exit', removed);
  return {
    path: file.path,
    close() {
      process.off('exit', removed);
      server.close();
      removed();
      for (const session of sessions) session.end();
    },
  };
}

function instanceOf({ file }: SocketFile): { readonly instance: string } {
  return { instance: file.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '') };
}

function opened(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
