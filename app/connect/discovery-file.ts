import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import { makeFolder } from '../base/make-folder.ts';
import { isObject } from '../base/schema/index.ts';
import { parsedJson } from '../mcp/jsonrpc/index.ts';

/** An address of MCP Gangway, and the token to show there. */
export interface Place extends Address {
  readonly token: string | null;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Name of the file in the app's folder. */
const FILE = 'running.json';
const OWNER_ONLY = 0o600;

/**
 * What a running app says of itself, for programs that know no control socket. It never holds a token: nothing tells who listens
 * at an address that was found.
 */
export interface Announcement {
  readonly pid: number;
  /** Null while it is switched off. */
  readonly place: Address | null;
  /** Whether the app has a control socket: then what that says counts, and this may be of an app that was killed. */
  readonly control: boolean;
}

/** What the running app has written down; null when none runs. A token that an earlier version has left there is not read. */
export function readAnnouncement(folder: string): Announcement | null {
  let text: Buffer;
  try {
    text = readFileSync(join(folder, FILE));
  } catch {
    // Not there, or not for us: then there is nothing to go by, which is the answer.
    return null;
  }
  const value = parsedJson(text);
  if (!isObject(value)) return null;
  const { pid, place, control } = value;
  if (typeof pid !== 'number' || !isRunning(pid)) return null;
  return { pid, place: addressIn(place), control: control === true };
}

/** Writes it down for this user alone, in one step. Throws the system's error. */
export function writeAnnouncement(folder: string, { pid, place, control }: Announcement): void {
  // Earlier versions of `connect` expect the member, and take null for none.
  const written = { pid, place: place === null ? null : { host: place.host, port: place.port, token: null }, control };
  makeFolder(folder);
  const draft = join(folder, `.${FILE}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(written)}\n`, { mode: OWNER_ONLY });
  chmodSync(draft, OWNER_ONLY);
  renameSync(draft, join(folder, FILE));
}

function addressIn(value: unknown): Address | null {
  if (!isObject(value)) return null;
  const { host, port } = value;
  return typeof host === 'string' && typeof port === 'number' ? { host, port } : null;
}

/** A note may outlive its app, when that was killed. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return codeOf(error) === 'EPERM';
  }
}

/** An address that means every interface is reached through loopback. */
export function reachable({ host, port }: Address): Address {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port };
  return { host: host === '::' ? '::1' : host, port };
}

interface State {
  readonly listening: readonly Address[];
}

/** What is announced, and by whom: the part of the operation that matters here. */
export interface Announced {
  state(): State;
  /** Calls back after every change. Returns the unsubscribe. */
  subscribe(listener: (delta: { readonly rest: State }) => void): () => void;
}

/**
 * Keeps written down where this process can be reached, or that it is switched off, for programs that know no control socket.
 * `control` says whether there is one. Returns the unsubscribe.
 */
export function announce(announced: Announced, folder: string, control: boolean, log: Log): () => void {
  let written = '';
  const update = ({ listening: [first] }: State) => {
    const place = first === undefined ? null : { host: first.host, port: first.port };
    const text = JSON.stringify(place);
    if (text === written) return;
    written = text;
    try {
      writeAnnouncement(folder, { pid: process.pid, place, control });
    } catch (error) {
      log.warn('Where the app can be reached could not be written down; connect looks on the usual port', {
        error: String(error),
      });
    }
  };
  update(announced.state());
  return announced.subscribe(({ rest }) => update(rest));
}
