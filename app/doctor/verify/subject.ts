import type { Target } from '../../base/address.ts';
import {
  allAddressesIn,
  type Client,
  endpointUrl,
  type FoundServer,
  isHere,
  type Launch,
  movedServer,
  serverInUrl,
  startedServer,
} from '../../clients/index.ts';
import { serverNamed } from '../../servers/index.ts';
import { isRemote, type ServerSetting, type Settings } from '../../settings/index.ts';

/** What the official SDKs hand down to a server besides its own `env` (stdio client, default environment). */
const INHERITED = {
  posix: ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'LANG', 'TMPDIR', 'XDG_RUNTIME_DIR'],
  windows: [
    'APPDATA',
    'HOMEDRIVE',
    'HOMEPATH',
    'LOCALAPPDATA',
    'PATH',
    'Path',
    'PATHEXT',
    'PROCESSOR_ARCHITECTURE',
    'PROGRAMFILES',
    'SYSTEMDRIVE',
    'SYSTEMROOT',
    'SystemRoot',
    'TEMP',
    'USERNAME',
    'USERPROFILE',
  ],
} as const;

/** What launchd gives to every app on a Mac. */
const LAUNCHD_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/** What a server's process inherits from its client, as far as that is known. `shellPath` is the login shell's PATH. */
export function clientEnvironment(
  { id }: Pick<Client, 'id'>,
  own: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  shellPath: string | null,
): NodeJS.ProcessEnv {
  const names = platform === 'win32' ? INHERITED.windows : INHERITED.posix;
  const inherited = Object.fromEntries(names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
  // Claude Desktop does not run a login shell: programs of Homebrew are not on its PATH.
  if (platform === 'darwin' && id === 'claude-desktop') return { ...inherited, PATH: LAUNCHD_PATH };
  return shellPath === null ? inherited : { ...inherited, PATH: shellPath };
}

/** A server of a client's file, to be checked. */
export interface VerifySubject {
  readonly client: Client;
  readonly server: FoundServer;
}

/** How a server is put to the test. */
export type Approach =
  /** Started as the client would, or asked by its URL. */
  | { readonly kind: 'process'; readonly setting: ServerSetting }
  /** It runs in us, and is spoken to where its clients speak to it. */
  | {
      readonly kind: 'endpoint';
      readonly url: string;
      /** Its name, where it is a server with a URL itself. */
      readonly remote: string | null;
    }
  | { readonly kind: 'off' }
  | { readonly kind: 'unknown'; readonly server: string }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'variable'; readonly variable: string };

export interface VerifyEnvironment {
  /** The port that is open; null while there is none. */
  readonly port: number | null;
  readonly settings: Pick<Settings, 'servers' | 'forwards' | 'defaultServer'>;
  /** For the variables that a client fills in. */
  readonly env: NodeJS.ProcessEnv;
}

export function approachTo(
  { client, server: { entry, mode, raw = {} } }: VerifySubject,
  environment: VerifyEnvironment,
): Approach {
  const { launch } = entry;
  if (launch.kind === 'foreign') return { kind: 'foreign' };
  if (mode === 'run') return endpointOf(launch, environment);
  const moved =
    launch.kind === 'address'
      ? movedServer(client, { ...entry, launch }, raw, [], environment.env)
      : startedServer(client, { ...entry, launch }, environment.env);
  switch (moved.kind) {
    case 'server':
      return { kind: 'process', setting: moved.server };
    case 'variable':
      return moved;
    case 'outside':
      return { kind: 'variable', variable: moved.outside.key };
    case 'relative':
      return { kind: 'variable', variable: moved.path };
    case 'problem':
    case 'option':
    case 'bridge':
      return { kind: 'foreign' };
    default:
      return moved satisfies never;
  }
}

/** Asked under its own name, whichever of its addresses the entry has: the default may be another one by now. */
function endpointOf(launch: Launch, { port, settings }: VerifyEnvironment): Approach {
  if (port === null) return { kind: 'off' };
  const wanted = serverBehind(launch, settings.defaultServer);
  const own = serverNamed(wanted, settings.servers);
  if (own === undefined) return { kind: 'unknown', server: wanted };
  const url = endpointUrl(port, { name: own.name, isDefault: false });
  return { kind: 'endpoint', url, remote: isRemote(own) ? own.name : null };
}

/** The server of ours that an entry leads to: the last argument of `connect`, or in the path of the address. */
function serverBehind(launch: Launch, defaultServer: string | null): string {
  switch (launch.kind) {
    case 'program':
      return launch.args.at(-1) ?? '';
    case 'address':
      return serverInUrl(launch.url) ?? defaultServer ?? '';
    case 'foreign':
      return '';
    default:
      return launch satisfies never;
  }
}

/** Where the server wants to go, each place once; in place of a TCP forward of ours, what it stands for. */
export function targetsOf({ server: { entry, mode } }: VerifySubject, { settings }: VerifyEnvironment): Target[] {
  const targets = writtenTargets(entry.launch, mode === 'run', settings).flatMap(({ host, port }) => {
    if (!isHere(host)) return [{ host, port }];
    const forward = settings.forwards.find((each) => each.port === port);
    return forward === undefined ? [] : [{ host: forward.host, port: forward.targetPort }];
  });
  return targets.filter((target, index) => index === targets.findIndex((other) => isSame(target, other)));
}

function writtenTargets(launch: Launch, runs: boolean, settings: VerifyEnvironment['settings']): readonly Target[] {
  if (runs) {
    const name = serverBehind(launch, settings.defaultServer);
    const own = serverNamed(name, settings.servers);
    if (own === undefined) return [];
    const program = isRemote(own) ? { command: '', args: [own.url], env: {}, cwd: null } : own;
    return allAddressesIn({ ...program, kind: 'program' });
  }
  if (launch.kind === 'program') return allAddressesIn(launch);
  if (launch.kind === 'foreign') return [];
  return allAddressesIn({ kind: 'program', command: '', args: [launch.url], env: {}, cwd: null });
}

function isSame(left: Target, right: Target): boolean {
  return left.host === right.host && left.port === right.port;
}
