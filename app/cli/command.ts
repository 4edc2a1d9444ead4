import manifest from '../../package.json' with { type: 'json' };
import type { Language } from '../i18n/index.ts';
import type { Settings } from '../settings/settings.ts';

/** The version of this program, as its package says it. */
export const VERSION: string = manifest.version;

/** What the arguments ask for. */
export type Command =
  | {
      readonly kind: 'serve';
      readonly settings: Settings;
      /** Where the log goes besides the console. */
      readonly logFile: string | null;
      /** The `mcpServers` file to follow. */
      readonly configFile: string | null;
      /** The file of named tokens to follow. */
      readonly tokensFile: string | null;
      /** No server keeps a spare process, whatever the file says. */
      readonly noSpare: boolean;
      /** Seconds from SIGTERM to the end in which the port stays open and /readyz says 503. */
      readonly drain: number;
      /** What the log says before anything else, in sentences. */
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'status';
      /** What was not given is found out by the control socket. */
      readonly host: string | null;
      readonly port: number | null;
      readonly token: string | null;
      readonly json: boolean;
      readonly language: Language;
    }
  | {
      readonly kind: 'connect';
      /** Null is the default server. */
      readonly server: string | null;
      /** What was not given is found out from the running app. */
      readonly host: string | null;
      readonly port: number | null;
      readonly token: string | null;
      /** Open the app if it is not running. */
      readonly start: boolean;
      /** Seconds that answers may take after the end of the input; null is as many as usual. */
      readonly drain: number | null;
      readonly language: Language;
    }
  | {
      /** One server of a running instance, which is asked by its control socket only. */
      readonly kind: 'server';
      readonly action: ServerActionName;
      readonly server: string;
      readonly host: null;
      readonly port: number | null;
      readonly token: null;
      readonly language: Language;
    }
  | LoginCommand
  | TrustCommand
  | TapCommand
  | DoctorCommand
  | ClientsCommand
  | SettingsCommand
  | ServersCommand
  | GroupCommand
  | ToolsCommand
  | {
      /** Named tokens of a headless instance. */
      readonly kind: 'token';
      readonly action:
        | { readonly kind: 'list' }
        | { readonly kind: 'revoke'; readonly name: string }
        /** `set` limits its bearer; null for none. */
        | { readonly kind: 'add'; readonly name: string; readonly set: string | null };
      readonly file: string;
      readonly language: Language;
    }
  | { readonly kind: 'help'; readonly language: Language }
  | { readonly kind: 'version' }
  | { readonly kind: 'error'; readonly message: string; readonly exitCode: typeof USAGE_EXIT };

/** What can be done with a server of a running instance. */
const SERVER_ACTIONS = ['start', 'stop', 'restart'] as const;
export type ServerActionName = (typeof SERVER_ACTIONS)[number];

/** The words that a command line may begin with. */
export const COMMANDS = [
  'serve',
  'status',
  'connect',
  ...SERVER_ACTIONS,
  'login',
  'logout',
  'trust',
  'untrust',
  'tap',
  'doctor',
  'clients',
  'list',
  'add',
  'remove',
  'group',
  'tools',
  'on',
  'off',
  'settings',
  'token',
] as const;

/** Signs in to a server of a running instance, or out of it; the instance is asked by its control socket only. */
export interface LoginCommand {
  readonly kind: 'login';
  readonly action: 'login' | 'logout';
  readonly server: string;
  /** Print the address instead of opening a browser. */
  readonly print: boolean;
  /** Go on although the authorization server does not announce PKCE. */
  readonly acceptNoPkce: boolean;
  readonly host: null;
  readonly port: number | null;
  readonly token: null;
  readonly language: Language;
}

/** Has a certificate of a server of a running instance trusted, or takes that back; the instance is asked by its control socket only. */
export interface TrustCommand {
  readonly kind: 'trust';
  readonly action: 'trust' | 'untrust';
  readonly server: string;
  /** Do not ask. */
  readonly yes: boolean;
  readonly host: null;
  readonly port: number | null;
  readonly token: null;
  readonly language: Language;
}

/** Follows what passes through a running instance, which is asked by its control socket only. */
export interface TapCommand {
  readonly kind: 'tap';
  /** Null for all of them. */
  readonly server: string | null;
  /** Requests through the proxy, too. */
  readonly requests: boolean;
  /** Each JSON-RPC message, on both sides of a translation, in place of whole calls. */
  readonly messages: boolean;
  /** What calls say, too, of servers whose contents are recorded. */
  readonly contents: boolean;
  readonly json: boolean;
  /** Only what has taken so many milliseconds or more; null for everything. */
  readonly slow: number | null;
  /** Only what has ended so; `error` stands for every failure. Null for everything. */
  readonly outcome: TapOutcome | null;
  readonly host: null;
  readonly port: number | null;
  readonly token: null;
  readonly language: Language;
}

export const TAP_OUTCOMES = [
  'ok',
  'error',
  'tool-error',
  'cancelled',
  'timed-out',
  'cut',
  'listening',
  'done',
  'failed',
  'given-up',
  'open',
] as const;
export type TapOutcome = (typeof TAP_OUTCOMES)[number];

/** Looks at the network and the machine once. */
export interface DoctorCommand {
  readonly kind: 'doctor';
  /** As written; empty for this machine only. */
  readonly target: string;
  readonly server: string | null;
  readonly error: string;
  /** Where the gateway is, or should be; null for where the app says it is, else the usual place. */
  readonly host: string | null;
  readonly port: number | null;
  readonly token: string | null;
  readonly configFile: string | null;
  readonly json: boolean;
  readonly language: Language;
}

/** The servers in the files of MCP clients. */
export interface ClientsCommand {
  readonly kind: 'clients';
  readonly action: ClientsAction;
  /** Name of the copy that `backups` is to print; null for a list of them. */
  readonly backup: string | null;
  /** By its id, as written; null for all. */
  readonly client: string | null;
  /** By its name in the file; null for all. */
  readonly server: string | null;
  /** The folder of a project, as written, in place of everywhere; null when it is not given. */
  readonly folder: string | null;
  /** One file, as written, in place of everywhere. */
  readonly file: string | null;
  /** Null for what fits each. */
  readonly mode: 'off' | 'through' | 'run' | null;
  readonly json: boolean;
  /** Write, and do not only show. */
  readonly yes: boolean;
  /** Where Gangway listens while the app does not run; null for where its settings say. */
  readonly port: number | null;
  readonly language: Language;
}

export const CLIENTS_ACTIONS = ['list', 'plan', 'apply', 'undo', 'backups'] as const;
export type ClientsAction = (typeof CLIENTS_ACTIONS)[number];

/** The settings of the app. */
export interface SettingsCommand {
  readonly kind: 'settings';
  readonly action: SettingsAction;
  /** A key, a key and its value, or a file. */
  readonly words: readonly string[];
  readonly json: boolean;
  /** Import, and do not only show what would change. */
  readonly yes: boolean;
  readonly language: Language;
}

export const SETTINGS_ACTIONS = ['get', 'set', 'export', 'import'] as const;
export type SettingsAction = (typeof SETTINGS_ACTIONS)[number];

/** The servers of the app, and its switch. */
export interface ServersCommand {
  readonly kind: 'servers';
  readonly action:
    | { readonly kind: 'list' }
    | { readonly kind: 'on' }
    /** Null until it is turned on again. */
    | { readonly kind: 'off'; readonly seconds: number | null }
    | { readonly kind: 'remove'; readonly name: string }
    | {
        readonly kind: 'add';
        readonly title: string;
        /** A command and its arguments, or one URL. */
        readonly line: readonly string[];
        readonly env: Readonly<Record<string, string>>;
        readonly headers: Readonly<Record<string, string>>;
      };
  readonly json: boolean;
  readonly language: Language;
}

/** Groups of the app's servers. */
export interface GroupCommand {
  readonly kind: 'group';
  readonly action:
    | { readonly kind: 'list' }
    | { readonly kind: 'add'; readonly name: string; readonly servers: readonly string[] }
    | { readonly kind: 'remove'; readonly name: string };
  readonly json: boolean;
  readonly language: Language;
}

export const GROUP_ACTIONS = ['list', 'add', 'remove'] as const;

/** The tools of one server, and which of them clients get: in a running instance, else in the app's file. */
export interface ToolsCommand {
  readonly kind: 'tools';
  readonly server: string;
  readonly action:
    | { readonly kind: 'list' }
    | { readonly kind: 'changes' }
    /** Names of tools that have changed; null for all of them. */
    | { readonly kind: 'approve'; readonly names: readonly string[] | null }
    /** Names of tools, or patterns with `*` and `?`; at least one. */
    | { readonly kind: ToolsActionName; readonly names: readonly string[] };
  readonly json: boolean;
  readonly host: null;
  readonly port: number | null;
  readonly token: null;
  readonly language: Language;
}

export const TOOLS_ACTIONS = ['allow', 'deny', 'changes', 'approve'] as const;
export type ToolsActionName = Exclude<(typeof TOOLS_ACTIONS)[number], 'changes' | 'approve'>;

/** Exit status of a change that was shown, and waits for `--yes`. */
export const PENDING_EXIT = 3;
/** Exit status of a change of which a part could not be made. */
export const PARTLY_EXIT = 4;

/** Exit status for arguments that cannot be followed, as most Unix programs have it. */
export const USAGE_EXIT = 2;
