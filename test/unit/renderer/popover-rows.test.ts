import { describe, expect, it } from 'vitest';
import { appTextIn } from '../../../app/i18n/app.ts';
import { type AppState, type ClientServerView, tunnelGroups } from '../../../app/ipc/index.ts';
import { shownServers } from '../../../renderer/popover/client-rows.ts';
import { appState, tunnel } from '../../support/app-state.ts';

const NOW = 100_000;

const FILE = {
  id: 'f'.repeat(16),
  title: 'Claude Desktop',
  file: '~/claude.json',
  canRestart: true,
  waiting: 0,
} as const;

function view(name: string, changes: Partial<ClientServerView> = {}): ClientServerView {
  return {
    id: name,
    name,
    project: null,
    enabled: true,
    line: '',
    mode: 'through',
    isOurs: true,
    note: null,
    proposal: null,
    unfit: null,
    isPatched: true,
    stale: null,
    labels: [`claude-desktop.${name}`],
    forwards: [],
    blocked: null,
    server: null,
    forward: null,
    ...changes,
  };
}

function shown(servers: readonly ClientServerView[], state: Partial<AppState> = {}) {
  const file = { ...FILE, content: { kind: 'servers', servers } } as const;
  return shownServers(
    servers.map((server) => ({ file, server })),
    appState(state),
    NOW,
    appTextIn('en'),
  );
}

const last = (name: string, lastAt: number, code: string | null = null): AppState['lastRequests'][number] => ({
  label: `claude-desktop.${name}`,
  lastAt,
  target: { host: 'nas.lan', port: 8123 },
  outcome: code === null ? { kind: 'connected' } : { kind: 'failed', code },
  requests: 1,
  failures: code === null ? 0 : 1,
});

describe('The servers of clients in the popover', () => {
  it('begin with what fails, then come by their last request, then what could be better, then the rest', () => {
    const proposal = { mode: 'through', sentence: 'It is in Python.' } as const;
    const servers = [
      view('switched-off', { enabled: false }),
      view('at-rest'),
      view('better', { mode: 'off', proposal, labels: [] }),
      view('old'),
      view('new'),
      view('blocked', { mode: 'off', proposal, labels: [], blocked: 'No route to host' }),
    ];
    const rows = shown(servers, { lastRequests: [last('old', 1000), last('new', 2000)] });
    expect(rows.map(({ server }) => server.name)).toEqual([
      'blocked',
      'new',
      'old',
      'better',
      'at-rest',
      'switched-off',
    ]);
  });

  it('have the button that helps: the mode that works, the reason of a failure, a new start, or the place where it is set', () => {
    const failures: AppState['failures'] = [
      {
        at: NOW,
        target: { host: 'nas.lan', port: 8123 },
        label: 'claude-desktop.nas',
        status: 502,
        code: 'EHOSTUNREACH',
        error: 'destination_ip_unroutable',
        sentence: 'No way.',
        hint: 'Look.',
      },
    ];
    const remedy = (server: ClientServerView, state: Partial<AppState> = {}) => shown([server], state)[0]?.remedy;
    expect(remedy(view('nas', { stale: 'through' }))).toEqual({ kind: 'fix' });
    expect(remedy(view('nas', { mode: 'off', blocked: 'No route to host' }))).toEqual({ kind: 'fix' });
    expect(remedy(view('nas', { mode: 'off', blocked: 'No route to host', isOurs: false }))).toEqual({ kind: 'show' });
    expect(remedy(view('nas'), { failures, lastRequests: [last('nas', 1, 'EHOSTUNREACH')] })).toEqual({
      kind: 'doctor',
      target: 'nas.lan:8123',
    });
    expect(remedy(view('nas', { mode: 'run', server: 'gone' }))).toEqual({ kind: 'show' });
    expect(remedy(view('nas', { mode: 'off', proposal: { mode: 'run', sentence: '' } }))).toEqual({
      kind: 'suggestion',
    });
    expect(remedy(view('nas'))).toEqual({ kind: 'show' });
  });
});

describe('Tunnels by server and target', () => {
  it('are one group for each, with the sums of its tunnels and the age of the oldest, the newest group first', () => {
    const nas = Array.from({ length: 20 }, (_, at) => tunnel(at, { label: 'nas', openedAt: at, up: 1, down: 2 }));
    const other = tunnel(7, { label: 'other', kind: 'socks' });
    const groups = tunnelGroups([other, ...nas, tunnel(99, { target: { host: '::1', port: 80 } })]);
    expect(groups.map(({ name, label, ids }) => [name, label, ids.length])).toEqual([
      ['[::1]:80', '', 1],
      ['nas.lan:443', 'nas', 20],
      ['nas.lan:443', 'other', 1],
    ]);
    expect(groups[1]).toMatchObject({ openedAt: 0, up: 20, down: 40, kinds: ['connect'] });
  });
});
