import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsedJson } from '../bridge/frame/index.ts';
import { isObject } from '../schema/index.ts';

/** Where MCP Gangway can be reached, and what it wants to be shown. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly token: string | null;
}

/** Whose folder is looked in. */
export interface Person {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Name of the app's folder and of the file in it. */
const APP = 'MCP Gangway';
const FILE = 'running.json';
/** It holds the token. */
const OWNER_ONLY = 0o600;

/** Where the app keeps its data, by the rules of Electron's `userData`. */
export function appFolder({ platform, home, env }: Person): string {
  const { APPDATA, XDG_CONFIG_HOME } = env;
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', APP);
    case 'win32':
      return join(APPDATA || join(home, 'AppData', 'Roaming'), APP);
    default:
      return join(XDG_CONFIG_HOME || join(home, '.config'), APP);
  }
}

/** What a running app says of itself. */
export interface Announcement {
  readonly pid: number;
  /** Null while it is switched off. */
  readonly place: Place | null;
}

/** What the running app has written down; null when none runs. */
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
  const { pid, place } = value;
  if (typeof pid !== 'number' || !isRunning(pid)) return null;
  return { pid, place: isPlace(place) ? place : null };
}

/** Writes it down for this user alone, in one step. Throws the system's error. */
export function writeAnnouncement(folder: string, announcement: Announcement): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${FILE}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(announcement)}\n`, { mode: OWNER_ONLY });
  chmodSync(draft, OWNER_ONLY);
  renameSync(draft, join(folder, FILE));
}

function isPlace(value: unknown): value is Place {
  if (!isObject(value)) return false;
  const { host, port, token } = value;
  return typeof host === 'string' && typeof port === 'number' && (token === null || typeof token === 'string');
}

/** A note may outlive its app, when that was killed. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** An address that means every interface is reached through loopback. */
export function reachable(place: Place): Place {
  if (place.host === '0.0.0.0') return { ...place, host: '127.0.0.1' };
  return place.host === '::' ? { ...place, host: '::1' } : place;
}
