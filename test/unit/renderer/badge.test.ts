import { describe, expect, it } from 'vitest';
import { appTextIn } from '../../../app/i18n/app.ts';
import type { AppState, ClientServerView } from '../../../app/ipc/index.ts';
import { type Badge, badgeOf } from '../../../renderer/shared/server-badge.ts';
import { appState } from '../../support/app-state.ts';

const NOW = 100_000;
const target = { host: 'nas.lan', port: 8123 };

function badge(server: Partial<ClientServerView>, state: Partial<AppState> = {}): Badge | null {
  const known = { mode: 'through', labels: ['claude-desktop.nas'], server: null, blocked: null, ...server } as const;
  return badgeOf({ ...EMPTY, ...known }, 'Claude Desktop', appState(state), NOW, appTextIn('en'));
}

const EMPTY: ClientServerView = {
  id: '0123456789abcdef',
  name: 'nas',
  project: null,
  enabled: true,
  line: 'uvx nas-mcp',
  mode: 'through',
  isOurs: true,
  note: null,
  proposal: null,
  unfit: null,
  isPatched: true,
  stale: null,
  labels: [],
  forwards: [],
  blocked: null,
  server: null,
  forward: null,
};

const OURS = {
  name: 'nas',
  children: [],
  sessions: [],
  spawns: 0,
  exits: { asked: 0, exited: 0, killed: 0, notStarted: 0 },
  traffic: { toChildren: 0, fromChildren: 0 },
  lastEnd: null,
} as const;

describe('What is known of a client’s server', () => {
  it('is its last request, where it went and what became of it', () => {
    const last = { label: 'claude-desktop.nas', lastAt: NOW - 3000, target, requests: 4, failures: 1 };
    expect(badge({}, { lastRequests: [{ ...last, outcome: { kind: 'answered', status: 200 } }] })).toEqual({
      light: 'ready',
      words: 'Last request 3 s ago: nas.lan:8123, 200',
      last: { at: NOW - 3000, when: '3 s ago', target: 'nas.lan:8123', outcome: '200' },
      more: '4 requests so far, 1 failed',
      problem: null,
    });
    expect(badge({}, { lastRequests: [{ ...last, outcome: { kind: 'connected' } }] })?.words).toMatch(/, connected$/);
  });

  it('is that its last request came just now, before there is a second to count', () => {
    const last = {
      label: 'claude-desktop.nas',
      target,
      requests: 1,
      failures: 0,
      outcome: { kind: 'connected' },
    } as const;
    expect(badge({}, { lastRequests: [{ ...last, lastAt: NOW - 999 }] })?.words).toContain('request just now: nas');
    expect(badge({}, { lastRequests: [{ ...last, lastAt: NOW - 1000 }] })?.words).toContain('request 1 s ago: nas');
  });

  it('is that none came yet, whatever others did', () => {
    const others = { label: 'cursor.nas', lastAt: NOW, target, requests: 1, failures: 0 };
    expect(badge({}, { lastRequests: [{ ...others, outcome: { kind: 'connected' } }] })).toMatchObject({
      light: 'stopped',
      words: 'No request seen yet',
    });
  });

  it('is what went wrong and what helps, as long as the last request failed', () => {
    const label = 'claude-desktop.nas';
    const failure = {
      at: NOW,
      target,
      label,
      status: 502 as const,
      code: 'EHOSTUNREACH',
      sentence: 'No way.',
      hint: 'Look.',
    };
    const failures: AppState['failures'] = [{ ...failure, error: 'destination_ip_unroutable' }];
    const last = { label, lastAt: NOW, target, requests: 1, failures: 1 };
    const failed = badge(
      {},
      { failures, lastRequests: [{ ...last, outcome: { kind: 'failed', code: 'EHOSTUNREACH' } }] },
    );
    expect(failed).toMatchObject({
      light: 'failing',
      problem: { sentence: 'No way.', hint: 'Look.', target: 'nas.lan:8123' },
    });
    expect(failed?.words).toContain('failed (EHOSTUNREACH)');
    const mended = badge({}, { failures, lastRequests: [{ ...last, outcome: { kind: 'answered', status: 401 } }] });
    expect(mended).toMatchObject({ light: 'ready', problem: null });
  });

  it('is what its client wrote down, while it does not come through us', () => {
    expect(badge({ mode: 'off', blocked: 'No route to host' })).toMatchObject({
      light: 'failing',
      words: 'Kept from the network: the log of Claude Desktop says “No route to host”',
    });
    expect(badge({ mode: 'off' })).toBeNull();
  });

  it('is the state of the server that runs in Gangway, or that there is none', () => {
    expect(badge({ mode: 'run', server: 'gone' })).toMatchObject({ light: 'failing' });
    const states = [
      ['ready', 'running', 'ready'],
      ['ready', 'starting', 'starting'],
      ['ready', 'not-started', 'stopped'],
      ['failing', 'failed', 'failing'],
    ] as const;
    for (const [state, kind, light] of states) {
      const condition = { kind, since: NOW, until: null, detail: '' };
      const shown = badge(
        { mode: 'run', server: 'nas' },
        { bridge: { ...appState().bridge, servers: [{ ...OURS, state, condition }] } },
      );
      expect(shown).toMatchObject({ light });
    }
  });

  it('is the newest request of all the ways it comes here by', () => {
    const row = { target, requests: 1, failures: 0, outcome: { kind: 'connected' } } as const;
    const lastRequests = [
      { ...row, label: '127.0.0.1:15432', lastAt: NOW - 2000 },
      { ...row, label: 'claude-desktop.nas', lastAt: NOW - 9000 },
    ];
    const forward = { port: 15432, host: 'nas.lan', targetPort: 5432 };
    const labels = ['claude-desktop.nas', '127.0.0.1:15432'];
    expect(badge({ mode: 'forward', forward, labels }, { lastRequests })?.words).toContain('2 s ago');
    expect(badge({ mode: 'forward', forward: null, labels: [] })).toMatchObject({ light: 'failing' });
  });

  it('is nothing for one that was led here without a name', () => {
    expect(badge({ labels: [] })).toBeNull();
  });
});
