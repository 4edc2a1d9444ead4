import type { TunnelView } from '../../app/engine/index.ts';
import type { AppState } from '../../app/ipc/index.ts';

/** The state of an app that is on and at rest, with changes. */
export function appState(changes: Partial<AppState> = {}): AppState {
  return {
    version: '0.0.0',
    phase: 'on',
    startedAt: 0,
    listening: [{ host: '127.0.0.1', port: 28_080 }],
    defaultServer: null,
    forwards: [],
    totals: { tunnels: 0, requests: 0, failures: 0, up: 0, down: 0 },
    failures: [],
    lastRequests: [],
    tokens: [],
    activity: [],
    recordContents: [],
    bridge: { servers: [], sessionsOpened: 0, latency: { bounds: [], buckets: [], count: 0, sum: 0 } },
    address: { host: '127.0.0.1', port: 28_080, needsToken: false, upstream: false },
    servers: [],
    settingsRevision: 1,
    language: 'en',
    habits: {
      on: true,
      backOnAt: null,
      welcomed: true,
      confirmQuit: true,
      countInBar: false,
      textSize: 100,
      checkUpdates: true,
      notifyProblems: true,
      notifyUpdates: true,
    },
    problem: null,
    rates: [],
    cutOff: null,
    tunnels: [],
    ...changes,
  };
}

export function tunnel(id: number, changes: Partial<TunnelView> = {}): TunnelView {
  return {
    id,
    kind: 'connect',
    target: { host: 'nas.lan', port: 443 },
    label: '',
    openedAt: 0,
    up: 0,
    down: 0,
    ...changes,
  };
}
