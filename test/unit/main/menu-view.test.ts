import { describe, expect, it } from 'vitest';
import { appTextIn } from '../../../app/i18n/app.ts';
import type { AppState, UpdateView } from '../../../app/ipc/index.ts';
import { type MenuFacts, type MenuRow, menuView } from '../../../main/tray/menu-view.ts';
import { appState, tunnel } from '../../support/app-state.ts';

const NOW = 60_000;

const NO_UPDATE: UpdateView = {
  running: '0.2.0',
  hasFeed: true,
  hasPage: false,
  state: { kind: 'idle' },
  place: 'replaceable',
  checkedAt: null,
  failure: null,
  isDismissed: false,
};

function rows(state: AppState, facts: Partial<MenuFacts> = {}): readonly MenuRow[] {
  return menuView({
    state,
    text: appTextIn('en'),
    snippets: [],
    loginItem: 'not-registered',
    update: NO_UPDATE,
    now: NOW,
    ...facts,
  });
}

function all(from: readonly MenuRow[]): readonly MenuRow[] {
  return from.flatMap((row) => [row, ...(row.kind === 'submenu' ? all(row.rows) : [])]);
}

function find(from: readonly MenuRow[], id: string): MenuRow | undefined {
  return all(from).find((row) => row.kind !== 'line' && row.id === id);
}

const SERVER = {
  name: 'echo',
  state: 'ready',
  condition: { kind: 'running', since: null, until: null, detail: '' },
  children: [],
  sessions: [],
  spawns: 0,
  exits: { asked: 0, exited: 0, killed: 0, notStarted: 0 },
  traffic: { toChildren: 0, fromChildren: 0 },
  lastEnd: null,
} as const;

describe('The menu', () => {
  it('offers to keep a server from starting that has no process, and nothing to stop or restart', () => {
    const { bridge } = appState();
    const condition = { ...SERVER.condition, kind: 'not-started' } as const;
    const menu = rows(appState({ bridge: { ...bridge, servers: [{ ...SERVER, condition }] } }));
    expect(find(menu, 'server:echo:hold')).toMatchObject({ action: { kind: 'stop-server', name: 'echo' } });
    for (const other of ['start', 'restart', 'stop']) expect(find(menu, `server:echo:${other}`)).toBeUndefined();
  });

  it('begins with the state, then the item that changes it', () => {
    expect(rows(appState()).slice(0, 2)).toEqual([
      { kind: 'words', id: 'status', label: 'On at 127.0.0.1:28080 — 0 tunnels, 0 MCP sessions' },
      { kind: 'action', id: 'toggle', label: 'Turn Off', action: { kind: 'turn', on: false } },
    ]);
    expect(find(rows(appState({ phase: 'off' })), 'toggle')).toMatchObject({ action: { kind: 'turn', on: true } });
  });

  it('turns off for a while in one click, and says how long it stays off', () => {
    const on = rows(appState());
    expect(find(on, 'off:hour')).toMatchObject({ label: 'Turn Off for 1 Hour', action: { kind: 'turn-off-for' } });
    expect(find(on, 'off:tomorrow')).toMatchObject({ label: 'Turn Off Until Tomorrow' });
    const habits = { ...appState().habits, on: false, backOnAt: NOW + 42 * 60_000 };
    const off = rows(appState({ phase: 'off', habits }));
    expect(find(off, 'status')).toMatchObject({ label: 'MCP Gangway is off, on again in 42 min' });
    expect(find(off, 'stay-off')).toMatchObject({ action: { kind: 'turn', on: false } });
    expect(find(off, 'off:hour')).toBeUndefined();
  });

  it('shows where a tunnel leads, what went through it, and how to close it', () => {
    const menu = rows(appState({ tunnels: [tunnel(7, { up: 1500, down: 2_500_000 })] }));
    expect(find(menu, 'tunnel:7')).toMatchObject({ label: 'nas.lan:443  ↑ 1.50 KB  ↓ 2.50 MB' });
    expect(find(menu, 'tunnel:7:age')).toMatchObject({ label: 'Open for 1 min' });
    expect(find(menu, 'tunnel:7:close')).toMatchObject({ action: { kind: 'close-tunnel', id: 7 } });
  });

  it('lists the newest of very many tunnels, and how many more there are', () => {
    const tunnels = Array.from({ length: 40 }, (_, at) => tunnel(at));
    const menu = rows(appState({ tunnels }));
    expect(find(menu, 'tunnel:39')).toBeDefined();
    expect(find(menu, 'tunnel:0')).toBeUndefined();
    expect(find(menu, 'tunnels:more')).toMatchObject({ label: 'and 28 more' });
  });

  it('says nothing of updates while there is none, and offers what can be done about one', () => {
    const release = { version: '0.3.0', notes: [] };
    const item = (state: UpdateView['state']) => find(rows(appState(), { update: { ...NO_UPDATE, state } }), 'update');
    expect(item({ kind: 'idle' })).toBeUndefined();
    expect(item({ kind: 'checking' })).toBeUndefined();
    expect(item({ kind: 'available', release })).toMatchObject({
      label: 'Version 0.3.0 Is Available…',
      action: { kind: 'show-update' },
    });
    const dismissed = { ...NO_UPDATE, state: { kind: 'available', release }, isDismissed: true } as const;
    expect(find(rows(appState(), { update: dismissed }), 'update')).toBeUndefined();
    expect(item({ kind: 'downloading', release, percent: 7 })).toMatchObject({ kind: 'words' });
    expect(item({ kind: 'ready', release })).toMatchObject({ action: { kind: 'install-update' } });
    expect(item({ kind: 'replaced', version: '0.4.0' })).toMatchObject({
      label: 'Restart to Use 0.4.0',
      action: { kind: 'install-update' },
    });
  });

  it('offers the way out of a problem', () => {
    const problem = {
      id: 'p',
      weight: 'attention',
      at: 0,
      sentence: 'Port 28080 is taken by nginx (process 7).',
      hint: '',
      fix: { kind: 'use-port', port: 28_081 },
    } as const;
    const menu = rows(appState({ phase: 'off', problem }));
    expect(find(menu, 'problem')).toMatchObject({ label: problem.sentence });
    expect(find(menu, 'fix')).toMatchObject({
      label: 'Use Port 28081 Instead',
      action: { kind: 'apply-fix', fix: problem.fix },
    });
    // A menu is as wide as its longest label, and no letter is cut in two.
    const long = rows(appState({ problem: { ...problem, sentence: '🐈'.repeat(300) } }));
    expect(find(long, 'problem')).toMatchObject({ label: `${'🐈'.repeat(99)}…` });
  });

  it('leads to the form of a new server at once', () => {
    expect(find(rows(appState()), 'servers:add')).toMatchObject({
      action: { kind: 'open', destination: { window: 'settings', part: 'new-server' } },
    });
  });

  it.each([
    ['enabled', true],
    ['not-registered', false],
    ['not-found', false],
  ] as const)('checks launch at login as the system has it: %s', (loginItem, checked) => {
    expect(find(rows(appState(), { loginItem }), 'login')).toMatchObject({ checked, action: { on: !checked } });
  });

  it('leads to the approval that macOS waits for, and has no login item where there can be none', () => {
    expect(find(rows(appState(), { loginItem: 'requires-approval' }), 'login')).toMatchObject({
      action: { kind: 'open-login-items' },
    });
    expect(find(rows(appState(), { loginItem: 'unavailable' }), 'login')).toBeUndefined();
  });

  it.each([
    ['stopped', 0, ['start']],
    ['ready', 1, ['restart', 'stop']],
    ['failing', 0, ['restart', 'stop']],
  ] as const)('offers what can be done with a server that is %s and has %i processes', (state, count, offered) => {
    const children = Array.from({ length: count }, () => ({ pid: 7, use: 'session', startedAt: 0 }) as const);
    const { bridge } = appState();
    const menu = rows(appState({ bridge: { ...bridge, servers: [{ ...SERVER, state, children }] } }));
    const actions = ['start', 'restart', 'stop'].filter((action) => find(menu, `server:echo:${action}`) !== undefined);
    expect(actions).toEqual(offered);
    const first = find(menu, `server:echo:${offered[0]}`);
    expect(first).toMatchObject({ action: { kind: `${offered[0]}-server`, name: 'echo' } });
    const off = rows(appState({ phase: 'off', bridge: { ...bridge, servers: [{ ...SERVER, state, children }] } }));
    expect(find(off, `server:echo:${offered[0]}`)).toBeUndefined();
  });

  it('names every item only once', () => {
    const menu = all(rows(appState({ tunnels: [tunnel(1), tunnel(2)] })));
    const ids = menu.flatMap((row) => (row.kind === 'line' ? [] : [row.id]));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
