import type { EngineState } from '../engine/index.ts';
import type { Settings } from '../settings/index.ts';

/** What there is to see while no engine runs: the servers there would be, and nothing that moves. */
export function idleState({ servers, defaultServer, tokens }: Settings): EngineState {
  return {
    listening: [],
    defaultServer,
    forwards: [],
    totals: { tunnels: 0, requests: 0, failures: 0, up: 0, down: 0 },
    failures: [],
    lastRequests: [],
    tokens: tokens.map(({ name }) => ({ name, lastAt: null, requests: 0 })),
    bridge: {
      servers: servers.map(({ name }) => ({
        name,
        state: 'stopped',
        condition: { kind: 'stopped', since: null, until: null, detail: '' },
        children: [],
        sessions: [],
        spawns: 0,
        exits: { asked: 0, exited: 0, killed: 0, notStarted: 0 },
        traffic: { toChildren: 0, fromChildren: 0 },
        lastEnd: null,
      })),
      sessionsOpened: 0,
      latency: { bounds: [], buckets: [], count: 0, sum: 0 },
    },
  };
}
