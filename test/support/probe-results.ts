import type { ProbeResults } from '../../app/doctor/index.ts';
import { inEach } from '../../app/i18n/index.ts';

type Connect = ProbeResults['connect'][number];

const NEIGHBOUR: Connect = {
  address: '192.168.1.20',
  way: { kind: 'on-link', interface: 'en0', router: null },
  outcome: 'connected',
  errno: null,
  elapsedMs: 3,
  tries: 1,
};

/** The target answers. */
export const reached = [NEIGHBOUR];

/** The target cannot be reached, with this errno after so many milliseconds. */
export const failing = (errno: string, elapsedMs: number, changes: Partial<Connect> = {}): ProbeResults['connect'] => [
  { ...NEIGHBOUR, outcome: 'failed', errno, elapsedMs, ...changes },
];

/** Nothing comes back. */
export const silent: ProbeResults['connect'] = [{ ...NEIGHBOUR, outcome: 'timed-out', elapsedMs: 4000 }];

/** This machine itself says no. */
export const denied = failing('EHOSTUNREACH', 0.2);

/** A server that Gangway runs. */
export const ours: ProbeResults['server'] = {
  name: 'nas',
  client: null,
  program: 'npx',
  runtime: 'node',
  file: '/bin/npx',
  mode: 'run',
};

/** A server that Claude Desktop starts. */
export const claudes: ProbeResults['server'] = { ...ours, client: 'Claude Desktop', mode: 'off' };

/** Built on this machine, as Homebrew's and uv's are. */
export const unsigned: ProbeResults['interpreter'] = {
  file: '/opt/homebrew/bin/python3.12',
  identifier: 'python3.12',
  team: null,
  signature: 'ad-hoc',
};

export const avast: ProbeResults['extensions'][number] = {
  bundleId: 'com.avast.antivirus.netext',
  name: 'Avast',
  team: '6H4HRTU5E3',
  version: '1.0',
  state: 'activated enabled',
  enabled: true,
};

export const vpn: ProbeResults['vpns'] = { services: [{ name: 'Work', kind: 'VPN', connected: true }], tunnels: [] };

export const terminal: ProbeResults['launch'] = { kind: 'terminal', by: 'com.apple.Terminal', root: false };

export const routerSilent: ProbeResults['router'] = {
  address: '192.168.1.1',
  outcome: 'timed-out',
  errno: null,
  elapsedMs: 2000,
};

export const running = { kind: 'running', port: 28_080, version: '0.0.0', pid: 1 } as const;

export const bundle: ProbeResults['bundle'] = {
  path: '/Applications/MCP Gangway.app',
  identifier: 'io.github.mcp-gangway.app',
  team: 'ABCDE12345',
  signature: 'developer-id',
  uuids: ['0E63A77B-7D0A-8D1E-8A5C-5C8E8A3E7F11'],
  ownUuid: true,
  translocated: false,
};

export const certificate = (
  verdict: NonNullable<ProbeResults['tls']['certificate']>['verdict'],
): ProbeResults['tls'] => ({
  outcome: 'secured',
  errno: null,
  elapsedMs: 9,
  protocol: 'TLSv1.3',
  certificate: {
    subject: 'nas',
    issuer: 'nas',
    names: ['nas.local'],
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2026-06-01T00:00:00.000Z',
    verdict,
  },
});

export const names = (errno: string): ProbeResults['names'] => ({ addresses: [], errno, elapsedMs: 20 });

export const through = (errno: string | null, status = 502): ProbeResults['throughGateway'] => ({
  status: errno === null ? 200 : status,
  error: null,
  errno,
  elapsedMs: 5,
});

export const runtime = (errno: string): ProbeResults['runtime'] => [
  { runtime: 'python', file: '/usr/bin/python3', outcome: 'failed', errno, elapsedMs: 1 },
];

export const worked: ProbeResults['remote'] = {
  outcome: 'works',
  elapsedMs: 40,
  step: null,
  cause: null,
  status: null,
  sentence: null,
  certificate: null,
  isPinned: false,
  revision: '2025-11-25',
  tools: 3,
};

/** A remote server that was not got past so. */
export const trial = (stop: Partial<ProbeResults['remote']>): ProbeResults['remote'] => ({
  ...worked,
  outcome: 'failed',
  sentence: inEach(() => 'The MCP server nas cannot be used: it answered otherwise.'),
  revision: null,
  tools: null,
  ...stop,
});
