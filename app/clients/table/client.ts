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
  return client.files[platformOf(home.platform)].flatMap((file) => expanded(file, home) ?? []);
}

/** The places besides, as patterns: `*` is any one folder. */
export function furtherFilesOf({ further }: Client, home: Home): string[] {
  return (further?.[platformOf(home.platform)] ?? []).flatMap((file) => expanded(file, home) ?? []);
}

/** A client's rule for the files of one project. */
export function inProject(client: Client, folder: string): Client {
  // What a client keeps for all projects together stands in the person's own file.
  return { ...client, folder, servers: client.servers.filter((way) => !way.includes('*')) };
}

/** The likeliest place, short enough to show. */
export function shownFile(client: Client, platform: NodeJS.Platform): string {
  const file = client.files[platformOf(platform)][0] ?? '';
  const [root = '', ...rest] = file.split('/');
  const short = [SHOWN[root] ?? root, ...rest].join('/');
  return platform === 'win32' ? short.replace('~', '%USERPROFILE%').replaceAll('/', '\\') : short;
}

function platformOf(platform: NodeJS.Platform): Platform {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}

/** What a root means where its variable is not set; null when there is no such place then. */
const HOME_ROOTS: Readonly<Record<string, readonly string[] | null>> = {
  '~': [],
  $XDG_CONFIG_HOME: ['.config'],
  $XDG_DATA_HOME: ['.local', 'share'],
  '%APPDATA%': ['AppData', 'Roaming'],
  '%LOCALAPPDATA%': ['AppData', 'Local'],
  $CLAUDE_CONFIG_DIR: [],
  $CODEX_HOME: ['.codex'],
  $COPILOT_HOME: ['.copilot'],
  $HERMES_HOME: ['.hermes'],
  $OPENCLAW_STATE_DIR: ['.openclaw'],
  $VIBE_HOME: ['.vibe'],
  $CLINE_MCP_SETTINGS_PATH: null,
};

const SHOWN: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(HOME_ROOTS).flatMap(([root, below]) =>
    root.startsWith('$') && below !== null ? [[root, ['~', ...below].join('/')]] : [],
  ),
);

/** Null for a place that only a variable names which is not set, or that is no whole path. */
function expanded(file: string, { folder, platform, env }: Home): string | null {
  const path = platform === 'win32' ? win32 : posix;
  const [root = '', ...rest] = file.split('/');
  const below = HOME_ROOTS[root];
  if (below === undefined) return path.join(root, ...rest);
  const set = env[root.replace(/^[$%]|%$/g, '')];
  if (root !== '~' && set !== undefined && path.isAbsolute(set)) return path.join(set, ...rest);
  return below === null ? null : path.join(folder, ...below, ...rest);
}

/** Every client whose servers stand in a file of the person's own. */
export type ClientId =
  | 'claude-desktop'
  | 'claude-code'
  | 'cursor'
  | 'vscode'
  | 'visual-studio'
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
  | 'kilo'
  | 'kiro'
  | 'devin'
  | 'openclaw'
  | 'hermes'
  | 'crush'
  | 'roo'
  | 'mistral-vibe'
  | 'amp'
  | 'factory'
  | 'copilot-jetbrains'
  | 'copilot-xcode'
  | 'qwen-code';

/** How a client writes down a program it is to start. */
export interface StdioShape {
  readonly command: string;
  /** Null when `command` is one list: the program and its arguments. */
  readonly args: string | null;
  readonly env: string;
  /** Null when the client has no key for the working directory. */
  readonly cwd: string | null;
  /** Another key for it, which counts where that one is missing. */
  readonly otherCwd?: string;
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
   * Where the file can be, the likeliest first. `~`, `%APPDATA%` and the like at the front are the person's folders, or
   * what an environment variable of the client says in their place. Empty for a system that the client does not run on.
   */
  readonly files: Readonly<Record<Platform, readonly string[]>>;
  /** Other places, which are listed only while servers stand in them. `*` is any one folder, `*.yaml` any file of one. */
  readonly further?: Readonly<Record<Platform, readonly string[]>>;
  /** Where the servers of one project stand, below its folder; `*` as above. */
  readonly project?: readonly string[];
  /** The folder of the project that this rule was narrowed to; left out for the person's own files. */
  readonly folder?: string;
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
  /** Further keys that only an address may have. */
  readonly addressOnly?: readonly string[];
  /** What its parser of JSON takes beyond RFC 8259; by default comments, trailing commas and a byte order mark. */
  readonly strict?: 'no-comments' | 'no-comments-no-mark';
  /** What it takes until a change is seen: a full quit, a restart or a reload of the servers, nothing. */
  readonly applies: 'after-quit' | 'after-restart' | 'after-reload' | 'at-once';
}

/** Claude Desktop's notation, which most others took over. */
export const STDIO: StdioShape = {
  command: 'command',
  args: 'args',
  env: 'env',
  cwd: 'cwd',
  fixed: {},
  extra: {},
  only: [],
  outside: [],
};
export const STDIO_WITHOUT_CWD: StdioShape = { ...STDIO, cwd: null };
export const ENV_FILE = { only: ['envFile'], outside: [{ key: 'envFile', from: 'file' }] } as const;
export const URL: RemoteShape = { url: 'url', headers: ['headers'], fixed: {}, extra: {}, required: {} };
export const TYPED_URL: RemoteShape = { ...URL, fixed: { type: 'http' } };
export const SERVER_URL: RemoteShape = { ...URL, url: 'serverUrl' };
export const DISABLED = { key: 'disabled', value: true } as const;
export const NOT_ENABLED = { key: 'enabled', value: false } as const;
/** Who signs in; Google's own credentials are the client's. */
export const PROVIDER = { key: 'authProviderType', from: 'client', unless: 'dynamic_discovery' } as const;

export function everywhere(...files: readonly string[]): Readonly<Record<Platform, readonly string[]>> {
  return { darwin: files, linux: files, win32: files };
}

/** A file below VS Code's folder of the person's settings, and others that do not depend on the system. */
export function inVsCode(file: string, ...others: readonly string[]): Readonly<Record<Platform, readonly string[]>> {
  return {
    darwin: [`~/Library/Application Support/Code/User/${file}`, ...others],
    linux: [`$XDG_CONFIG_HOME/Code/User/${file}`, ...others],
    win32: [`%APPDATA%/Code/User/${file}`, ...others],
  };
}
