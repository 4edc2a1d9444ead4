import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Interfaces } from '../base/interfaces.ts';
import { leadsTo } from '../clients/index.ts';
import { uuidOfApp, uuidPlaces, uuidText } from '../platform/mach-o/index.ts';
import { findCommand, searchPath } from '../platform/shell/index.ts';
import {
  type BundleFacts,
  type ExtensionFacts,
  type FilterFacts,
  type InterpreterFacts,
  type LaunchFacts,
  NOT_APPLICABLE,
  type Observed,
  type PathFacts,
  type Probe,
  type ProbeResults,
  type ProxyVariable,
  seen,
  unknown,
  type VpnFacts,
} from './facts.ts';
import { isTunnel } from './network/connect.ts';
import type { CommandOutput, RunCommand } from './run-command.ts';

const NAMES = /^(?:https?|all|no)_proxy$|^NODE_USE_ENV_PROXY$|^JAVA_TOOL_OPTIONS$/i;

/** The proxy variables that are set in an environment, by name. What they hold stays here. */
export function proxyVariables(env: NodeJS.ProcessEnv, port: number): readonly ProxyVariable[] {
  return Object.entries(env)
    .filter(([name, value]) => NAMES.test(name) && value !== undefined && value !== '')
    .map(([name, value = '']) => ({ name, leadsHere: leadsTo(value, port) }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

/** What MCP servers are started with. */
const LAUNCHERS = ['node', 'npx', 'python3', 'uvx', 'bun', 'deno', 'docker'] as const;

/** The folders that commands of servers are searched in, and which of the usual ones are there. */
export function pathFacts(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, fromShell: boolean): PathFacts {
  return {
    folders: searchPath(env, platform),
    fromShell,
    commands: LAUNCHERS.map((name) => {
      const found = findCommand({ command: name, cwd: null, env, platform });
      return { name, file: 'file' in found ? found.file : null };
    }),
  };
}

interface LaunchClues {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly executable: string;
  /** -1 where there are no users. */
  readonly uid: number;
}

/**
 * Who is responsible for this process. macOS lets in what Terminal and SSH start; what an app or a launchd agent starts needs
 * that app's permission, and an agent's is never asked for (TN3179). The environment is inherited, so it tells.
 */
export function launchFacts({ env, platform, executable, uid }: LaunchClues): LaunchFacts {
  const root = uid === 0;
  const { TERM_PROGRAM: terminal = '', SSH_CONNECTION: ssh = '', XPC_SERVICE_NAME: service = '' } = env;
  const { __CFBundleIdentifier: bundle = '', INVOCATION_ID: unit = '' } = env;
  const known = (kind: LaunchFacts['kind'], by: string | null): LaunchFacts => ({ kind, by, root });
  if (ssh !== '') return known('ssh', null);
  if (platform !== 'darwin') return unit === '' ? known('unknown', null) : known('service', 'systemd');
  if (terminal === 'Apple_Terminal') return known('terminal', 'com.apple.Terminal');
  if (terminal !== '' && terminal !== 'tmux') return known('other-app', bundle === '' ? terminal : bundle);
  if (bundleOf(executable) !== null && (service === '' || service.startsWith('application.'))) {
    return known('app', bundle === '' ? null : bundle);
  }
  if (service !== '' && service !== '0' && !service.startsWith('application.')) return known('service', service);
  if (bundle !== '') return known(bundle === 'com.apple.Terminal' ? 'terminal' : 'other-app', bundle);
  return known('unknown', null);
}

/** As in electron-builder.yml: the name macOS knows the app by. */
export const BUNDLE_ID = 'io.github.mcp-gangway.app';

/** The bundle a program of it runs from; null when it runs from none, as Node itself does. */
function bundleOf(executable: string): string | null {
  return /^(.*?\.app)\/Contents\//.exec(executable)?.[1] ?? null;
}

/**
 * What macOS tells our app by: its signature and its LC_UUID (TN3179, TN3178). The command line that the
 * bundle brings along has a program of its own; it is the app's that counts.
 */
export function lookAtBundle(platform: NodeJS.Platform, run: RunCommand, executable: string): Probe<BundleFacts> {
  return async ({ signal }) => {
    const path = bundleOf(executable);
    if (platform !== 'darwin' || path === null) return NOT_APPLICABLE;
    const [output, file] = await Promise.all([
      run('/usr/bin/codesign', ['--display', '--verbose=2', path], signal),
      readFile(join(path, 'Contents', 'MacOS', basename(path, '.app')), { signal }),
    ]);
    const signature = readSignature(output);
    const uuids = uuidPlaces(file).map(uuidText);
    const own = uuidText(uuidOfApp(BUNDLE_ID));
    return seen({
      path,
      ...signature,
      uuids,
      ownUuid: uuids.every((uuid) => uuid === own),
      translocated: path.includes('/AppTranslocation/'),
    });
  };
}

/** The signature of the program that a server runs as; `find` names it, null where it is not known. */
export function lookAtInterpreter(
  platform: NodeJS.Platform,
  run: RunCommand,
  find: () => Promise<string | null>,
): Probe<InterpreterFacts> {
  return async ({ signal }) => {
    if (platform !== 'darwin') return NOT_APPLICABLE;
    const found = await find();
    if (found === null) return NOT_APPLICABLE;
    // `python3` is mostly a link; macOS names the program after the file that it leads to.
    const file = await realpath(found).catch(() => found);
    const output = await run('/usr/bin/codesign', ['--display', '--verbose=2', file], signal);
    return output.fault === null || output.stderr !== ''
      ? seen({ file, ...readSignature(output) })
      : unknown(output.fault);
  };
}

/** What `codesign --display` says, on stderr: lines of `Name=value`. Code that is not signed makes it fail. */
export function readSignature({ stderr }: CommandOutput): Pick<BundleFacts, 'identifier' | 'team' | 'signature'> {
  const field = (name: string): string | null => new RegExp(`^${name}=(.+)$`, 'm').exec(stderr)?.[1] ?? null;
  const team = field('TeamIdentifier');
  return { identifier: field('Identifier'), team: team === 'not set' ? null : team, signature: kindOf(stderr) };
}

function kindOf(output: string): BundleFacts['signature'] {
  if (/not signed at all/.test(output)) return 'none';
  if (/^Signature=adhoc$/m.test(output)) return 'ad-hoc';
  return /^Authority=Developer ID Application:/m.test(output) ? 'developer-id' : 'other';
}

/** Where `mdfind` has found apps with our identifier: a path on each line. */
export function readCopies({ stdout, fault }: CommandOutput): readonly string[] | null {
  if (fault !== null) return null;
  return stdout.split('\n').filter((line) => line.startsWith('/'));
}

/** A probe that asks one of macOS's own programs, and is not run anywhere else. */
export function macTool<Value>(
  platform: NodeJS.Platform,
  run: RunCommand,
  file: string,
  args: readonly string[],
  read: (output: CommandOutput) => Value | null,
): Probe<Value> {
  return async ({ signal }): Promise<Observed<Value>> => {
    if (platform !== 'darwin') return NOT_APPLICABLE;
    const output = await run(file, args, signal);
    const value = read(output);
    return value === null ? unknown(output.fault ?? 'unreadable') : seen(value);
  };
}

/** `sw_vers`: three lines of `Name:<tab>value`. */
export function readSwVers({ stdout }: CommandOutput): ProbeResults['macos'] | null {
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\S+)\\s*$`, 'm').exec(stdout)?.[1];
  const version = field('ProductVersion');
  const build = field('BuildVersion');
  return version === undefined || build === undefined ? null : { version, build };
}

/** VPNs of the system's settings, and tunnel interfaces, which VPNs with programs of their own have as well. */
export function lookAtVpns(platform: NodeJS.Platform, run: RunCommand, interfaces: () => Interfaces): Probe<VpnFacts> {
  return async ({ signal }) => {
    const tunnels = tunnelsIn(interfaces());
    if (platform !== 'darwin') return tunnels.length === 0 ? NOT_APPLICABLE : seen({ services: [], tunnels });
    const output = await run('/usr/sbin/scutil', ['--nc', 'list'], signal);
    return seen({ services: readServices(output.stdout), tunnels });
  };
}

/** Rows of `scutil --nc list`: `* (Connected)  UUID KIND "Name"  [VPN:bundle]`. */
export function readServices(output: string): VpnFacts['services'] {
  return output.split('\n').flatMap((line) => {
    const row = /^\*?\s*\((\w[\w ]*)\)\s+\S+.*?"(.*)"\s+\[([^\]]*)\]/.exec(line);
    if (row === null) return [];
    const [, state = '', name = '', kind = ''] = row;
    return [{ name, kind, connected: state === 'Connected' }];
  });
}

/** macOS keeps some tunnels of its own, which carry nothing but link-local addresses. */
function tunnelsIn(interfaces: Interfaces): VpnFacts['tunnels'] {
  return Object.entries(interfaces).flatMap(([name, infos = []]) => {
    if (!isTunnel(name)) return [];
    const addresses = infos.map(({ address }) => address).filter((address) => !/^fe80:/i.test(address));
    return addresses.length === 0 ? [] : [{ interface: name, addresses }];
  });
}

export const FILTER_COUNTERS = ['net.cfil.active_count', 'net.cfil.sock_attached_count'] as const;

/** `sysctl` of the content filters' counters (XNU, content_filter.c): lines of `name: number`. */
export function readFilters({ stdout }: CommandOutput): FilterFacts | null {
  const [filters, sockets] = FILTER_COUNTERS.map((name) => {
    const line = stdout.split('\n').find((one) => one.startsWith(`${name}:`));
    const count = Number(line?.slice(name.length + 1));
    return line === undefined || !Number.isInteger(count) ? null : count;
  });
  return filters === null || filters === undefined ? null : { filters, sockets: sockets ?? null };
}

const NETWORK = 'com.apple.system_extension.network_extension';

/**
 * The network extensions in `systemextensionsctl list`: sections that begin with `---` and the category, then rows of six
 * columns between tabs: enabled, active, team, `bundle (version)`, name, `[state]`.
 */
export function readExtensions({ stdout, fault }: CommandOutput): readonly ExtensionFacts[] | null {
  if (fault !== null) return null;
  const found: ExtensionFacts[] = [];
  let section = '';
  for (const line of stdout.split('\n')) {
    if (line.startsWith('---')) section = line;
    if (!section.includes(NETWORK) || line.startsWith('enabled\t')) continue;
    const [enabled = '', , team = '', bundle = '', name = '', state = ''] = line.split('\t').map((cell) => cell.trim());
    const parts = /^(\S+) \((.*)\)$/.exec(bundle);
    if (parts === null) continue;
    const [, bundleId = '', version = ''] = parts;
    found.push({
      bundleId,
      name,
      team,
      version: version.split('/')[0] ?? '',
      state: state.replace(/^\[|\]$/g, ''),
      enabled: enabled === '*',
    });
  }
  return found;
}
