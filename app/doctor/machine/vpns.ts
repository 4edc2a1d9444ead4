import type { VpnFacts } from '../facts.ts';
import type { Interfaces } from '../network/way.ts';
import { isTunnel } from '../network/way.ts';
import { NOT_APPLICABLE, seen } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { RunCommand } from '../run-command.ts';

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
