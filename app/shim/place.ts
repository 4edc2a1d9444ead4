import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, parsedJson } from '../bridge/frame/index.ts';

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

/** What the running app has written down; null when it does not run, or never did. */
export function readPlace(folder: string): Place | null {
  let text: Buffer;
  try {
    text = readFileSync(join(folder, FILE));
  } catch {
    // Not there, or not for us: then there is nothing to go by, which is the answer.
    return null;
  }
  const value = parsedJson(text);
  if (!isJsonObject(value)) return null;
  const { host, port, token } = value;
  if (typeof host !== 'string' || typeof port !== 'number' || (token !== null && typeof token !== 'string'))
    return null;
  return { host, port, token };
}

/** Writes it down for this user alone, in one step. Throws the system's error. */
export function writePlace(folder: string, place: Place): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${FILE}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(place)}\n`, { mode: OWNER_ONLY });
  chmodSync(draft, OWNER_ONLY);
  renameSync(draft, join(folder, FILE));
}

/** Nobody is to be sent there any more. */
export function forgetPlace(folder: string): void {
  rmSync(join(folder, FILE), { force: true });
}

/** An address that means every interface is reached through loopback. */
export function reachable(place: Place): Place {
  if (place.host === '0.0.0.0') return { ...place, host: '127.0.0.1' };
  return place.host === '::' ? { ...place, host: '::1' } : place;
}
