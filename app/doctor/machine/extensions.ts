import type { ExtensionFacts, FilterFacts, VpnFacts } from '../facts.ts';
import { type Interfaces, isTunnel } from '../network/way.ts';
import { NOT_APPLICABLE, seen } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { CommandOutput, RunCommand } from '../run-command.ts';

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
