import { posix, win32 } from 'node:path';
import type { ReferenceStyle } from '../entry/references.ts';

/** Whose files are looked for, and on which system. */
export interface Home {
  /** Absolute. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** For XDG_CONFIG_HOME, APPDATA and their like, where a person has moved them. */
  readonly env: NodeJS.ProcessEnv;
}

/** Where the client's file can be, the likeliest first. Systems without rules of their own count as Linux. */
export function filesOf(client: Client, home: Home): string[] {
  return client.files[platformOf(home.platform)].map((file) => expanded(file, home));
}

/** The likeliest place, short enough to show. */
export function shownFile(client: Client, platform: NodeJS.Platform): string {
  const file = client.files[platformOf(platform)][0] ?? '';
  const short = file.replace('$XDG_CONFIG_HOME', '~/.config').replace('$XDG_DATA_HOME', '~/.local/share');
  return platform === 'win32' ? short.replace('~', '%USERPROFILE%').replaceAll('/', '\\') : short;
}

function platformOf(platform: NodeJS.Platform): Platform {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}

function expanded(file: string, { folder, platform, env }: Home): string {
  const path = platform === 'win32' ? win32 : posix;
  const [root = '', ...rest] = file.split('/');
  const roots: Readonly<Record<string, string>> = {
    '~': folder,
    $XDG_CONFIG_HOME: env['XDG_CONFIG_HOME'] || path.join(folder, '.config'),
    $XDG_DATA_HOME: env['XDG_DATA_HOME'] || path.join(folder, '.local', 'share'),
    '%APPDATA%': env['APPDATA'] || path.join(folder, 'AppData', 'Roaming'),
    '%LOCALAPPDATA%': env['LOCALAPPDATA'] || path.join(folder, 'AppData', 'Local'),
  };
  return path.join(roots[root] ?? root, ...rest);
}

/** Every client whose servers stand in a file of the person's own. */
export type ClientId =
  | 'claude-desktop'
  | 'claude-code'
  | 'cursor'
  | 'vscode'
  | 'copilot-cli'
  | 'windsurf'
  | 'antigravity'
  | 'zed'
  | 'cline'
  | 'continue'
  | 'gemini-cli'
  | 'codex'
  | 'lm-studio'
  | 'jan'
  | 'goose'
  | 'warp'
  | 'opencode'
  | 'kilo';

/** How a client writes down a program it is to start. */
export interface StdioShape {
  readonly command: string;
  /** Null when `command` is one list: the program and its arguments. */
  readonly args: string | null;
  readonly env: string;
  /** Null when the client has no key for the working directory. */
  readonly cwd: string | null;
  /** What every such entry has to say. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** What a new entry says besides. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Further keys that only a program may have: the parsers of some clients refuse them beside an address. */
  readonly only: readonly string[];
  /** Keys that name values which stand outside the entry. */
  readonly outside: readonly OutsideKey[];
}

/** A key whose values are somewhere else. */
export interface OutsideKey {
  readonly key: string;
  /** `file` and `keychain` hold them, `environment` is the client's own, `client` finds them out itself (a sign-in, a helper). */
  readonly from: 'file' | 'keychain' | 'environment' | 'client';
  /** The value with which it says nothing. */
  readonly unless?: string;
}

/** How a client writes down an address it is to connect to with Streamable HTTP. */
export interface RemoteShape {
  readonly url: string;
  /** The way to the map of headers. */
  readonly headers: readonly [string, ...string[]];
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly extra: Readonly<Record<string, unknown>>;
  /** What has to be there, and is put in where it is missing. */
  readonly required: Readonly<Record<string, unknown>>;
}

/** The systems whose paths are known. */
export type Platform = 'darwin' | 'linux' | 'win32';

export interface Client {
  readonly id: ClientId;
  readonly title: string;
  readonly format: 'json' | 'yaml' | 'toml';
  /**
   * Where the file can be, the likeliest first. `~`, `$XDG_CONFIG_HOME`, `$XDG_DATA_HOME`, `%APPDATA%` and
   * `%LOCALAPPDATA%` at the front are the person's folders.
   */
  readonly files: Readonly<Record<Platform, readonly string[]>>;
  /** The ways to the maps (or lists) of servers. `*` stands for any key. New servers go to the first. */
  readonly servers: readonly (readonly string[])[];
  /** The key that holds an entry's name: in a list of entries (`list`), or besides the key of a map. */
  readonly name: { readonly key: string; readonly list: boolean } | null;
  readonly stdio: StdioShape;
  /** Null when a file cannot name an address. */
  readonly remote: RemoteShape | null;
  /** What an entry says when the person has switched it off, in all the client's versions. */
  readonly disabled: readonly { readonly key: string; readonly value: boolean }[];
  /** Which references in a program's command, arguments and environment the client fills in. */
  readonly references: readonly ReferenceStyle[];
  /** The same for an address and its headers, where that differs. */
  readonly addressReferences?: readonly ReferenceStyle[];
  /** Keys of an address whose values stand outside the entry. */
  readonly addressOutside?: readonly OutsideKey[];
  /** What its parser of JSON takes beyond RFC 8259; by default comments, trailing commas and a byte order mark. */
  readonly strict?: 'no-comments' | 'no-comments-no-mark';
  /** What it takes until a change is seen: a full quit, a restart or a reload of the servers, nothing. */
  readonly applies: 'after-quit' | 'after-restart' | 'after-reload' | 'at-once';
}
