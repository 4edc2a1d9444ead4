import type { AppText } from '../../app/i18n/app.ts';
import {
  type AppState,
  age,
  authority,
  bytes,
  conditionTitle,
  type Fix,
  fixLabel,
  type LoginItem,
  type OffPeriod,
  type ServerAction,
  type Snippet,
  serverActions,
  statusLine,
  type UpdateView,
  type WindowDestination,
} from '../../app/ipc/index.ts';

/** What a menu item does. */
export type MenuAction =
  | { readonly kind: 'turn'; readonly on: boolean }
  | { readonly kind: 'turn-off-for'; readonly period: OffPeriod }
  | { readonly kind: 'close-tunnel'; readonly id: number }
  | { readonly kind: 'close-all-tunnels' }
  | { readonly kind: `${Exclude<ServerAction, 'hold'>}-server`; readonly name: string }
  | { readonly kind: 'copy'; readonly snippet: string }
  | { readonly kind: 'apply-fix'; readonly fix: Fix }
  | { readonly kind: 'login-item'; readonly on: boolean }
  | { readonly kind: 'open-login-items' }
  | { readonly kind: 'save-diagnostics' }
  | { readonly kind: 'open'; readonly destination: WindowDestination }
  | { readonly kind: 'show-update' }
  | { readonly kind: 'install-update' }
  | { readonly kind: 'quit' };

export type MenuRow =
  | { readonly kind: 'line' }
  | { readonly kind: 'words'; readonly id: string; readonly label: string }
  | {
      readonly kind: 'action';
      readonly id: string;
      readonly label: string;
      readonly action: MenuAction;
      readonly checked?: boolean;
      readonly accelerator?: string;
    }
  | { readonly kind: 'submenu'; readonly id: string; readonly label: string; readonly rows: readonly MenuRow[] };

export interface MenuFacts {
  readonly state: AppState;
  readonly text: AppText;
  readonly snippets: readonly Snippet[];
  readonly loginItem: LoginItem;
  readonly update: UpdateView;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A menu longer than the screen cannot be used: the popover lists the rest. */
const MOST_TUNNELS = 12;

const LINE: MenuRow = { kind: 'line' };

/** The whole menu of the icon: everything that can be done, without opening a window. */
export function menuView(facts: MenuFacts): readonly MenuRow[] {
  const { state, text } = facts;
  const words = text.menu;
  const isOff = state.phase === 'off';
  return [
    { kind: 'words', id: 'status', label: statusLine(state, text, facts.now) },
    {
      kind: 'action',
      id: 'toggle',
      label: isOff ? words.turnOn : words.turnOff,
      action: { kind: 'turn', on: isOff },
    },
    ...periodRows(facts),
    ...problemRows(facts),
    ...updateRows(facts),
    LINE,
    tunnelRows(facts),
    serverRows(facts),
    open('clients', words.clients, { window: 'clients', part: null }),
    LINE,
    copyRows(facts),
    open('port', words.port(state.address.port), { window: 'settings', part: 'general' }),
    ...loginRows(facts),
    LINE,
    open('doctor', words.doctor, { window: 'doctor', part: null }),
    open('activity', words.activity, { window: 'activity', part: null }),
    open('logs', words.logs, { window: 'logs', part: null }),
    { ...open('settings', words.settings, { window: 'settings', part: null }), accelerator: 'Command+,' },
    action('diagnostics', text.diagnostics.save, { kind: 'save-diagnostics' }),
    open('welcome', words.welcome, { window: 'welcome', part: null }),
    LINE,
    { kind: 'action', id: 'quit', label: words.quit, action: { kind: 'quit' }, accelerator: 'Command+Q' },
  ];
}

function open(id: string, label: string, destination: WindowDestination): Extract<MenuRow, { kind: 'action' }> {
  return { kind: 'action', id, label, action: { kind: 'open', destination } };
}

const PERIODS = ['hour', 'tomorrow'] as const satisfies readonly OffPeriod[];

/** How long it is to be off; while it is off for a while, the way to leave it so. */
function periodRows({ state: { phase, habits }, text: { menu } }: MenuFacts): readonly MenuRow[] {
  if (phase === 'off' && habits.backOnAt !== null) {
    return [action('stay-off', menu.stayOff, { kind: 'turn', on: false })];
  }
  const words = phase === 'off' ? menu.stayOffFor : menu.turnOffFor;
  return PERIODS.map((period) => action(`off:${period}`, words[period], { kind: 'turn-off-for', period }));
}

function problemRows({ state: { problem }, text }: MenuFacts): readonly MenuRow[] {
  if (problem === null) return [];
  const said: MenuRow = { kind: 'words', id: 'problem', label: shortened(problem.sentence, 100) };
  const fix = problem.fix;
  if (fix === null) return [LINE, said];
  const label = fixLabel(fix, text);
  return [LINE, said, { kind: 'action', id: 'fix', label, action: { kind: 'apply-fix', fix } }];
}

/** What there is to know of a newer version, and nothing while there is none. */
function updateRows({ update: { state, isDismissed }, text: { updates } }: MenuFacts): readonly MenuRow[] {
  const words = updates.menu;
  switch (state.kind) {
    case 'idle':
    case 'checking':
      return [];
    case 'available':
      // It would lead to a window that does not show it.
      if (isDismissed) return [];
      return [LINE, action('update', words.available(state.release.version), { kind: 'show-update' })];
    case 'downloading':
    case 'installing':
      return [LINE, { kind: 'words', id: 'update', label: words.downloading(state.release.version) }];
    case 'ready':
      return [LINE, action('update', words.ready(state.release.version), { kind: 'install-update' })];
    case 'replaced':
      return [LINE, action('update', words.replaced(state.version), { kind: 'install-update' })];
    default:
      return state satisfies never;
  }
}

function tunnelRows({ state: { tunnels }, text, now }: MenuFacts): MenuRow {
  const { menu } = text;
  if (tunnels.length === 0) return { kind: 'words', id: 'tunnels', label: menu.noTunnels };
  const newest = tunnels.slice(-MOST_TUNNELS).reverse();
  const hidden = tunnels.length - newest.length;
  return {
    kind: 'submenu',
    id: 'tunnels',
    label: menu.tunnels(tunnels.length),
    rows: [
      ...newest.map(
        ({ id, target, openedAt, up, down }): MenuRow => ({
          kind: 'submenu',
          id: `tunnel:${id}`,
          label: `${authority(target.host, target.port)}  ↑ ${bytes(up)}  ↓ ${bytes(down)}`,
          rows: [
            { kind: 'words', id: `tunnel:${id}:age`, label: menu.opened(age(now - openedAt, text)) },
            { kind: 'words', id: `tunnel:${id}:traffic`, label: menu.traffic(bytes(up), bytes(down)) },
            LINE,
            {
              kind: 'action',
              id: `tunnel:${id}:close`,
              label: menu.closeTunnel,
              action: { kind: 'close-tunnel', id },
            },
          ],
        }),
      ),
      ...(hidden > 0 ? [{ kind: 'words', id: 'tunnels:more', label: menu.more(hidden) } as const] : []),
      LINE,
      { kind: 'action', id: 'tunnels:close', label: menu.closeAllTunnels, action: { kind: 'close-all-tunnels' } },
    ],
  };
}

function serverRows(facts: MenuFacts): MenuRow {
  const { state, text } = facts;
  const add = open('servers:add', text.menu.addServer, { window: 'settings', part: 'new-server' });
  const { servers } = state.bridge;
  const label = servers.length === 0 ? text.menu.noServers : text.menu.servers(servers.length);
  return {
    kind: 'submenu',
    id: 'servers',
    label,
    rows: [...servers.map((server) => serverRow(server, facts)), LINE, add],
  };
}

type ServerState = AppState['bridge']['servers'][number];

function serverRow(server: ServerState, { state, text, now }: MenuFacts): MenuRow {
  const { menu, status } = text;
  const { name, sessions, exits, condition } = server;
  const id = `server:${name}`;
  const setting = state.servers.find((one) => one.name === name);
  const ends = exits.exited + exits.killed + exits.notStarted;
  return {
    kind: 'submenu',
    id,
    label: `${name} — ${state.phase === 'on' ? conditionTitle(condition, now, text) : status.server.stopped}`,
    rows: [
      ...(setting === undefined
        ? []
        : [{ kind: 'words', id: `${id}:command`, label: menu.running(shortened(setting.line)) } as const]),
      ...(condition.detail === ''
        ? []
        : [{ kind: 'words', id: `${id}:detail`, label: shortened(condition.detail) } as const]),
      { kind: 'words', id: `${id}:sessions`, label: status.sessions(sessions.length) },
      ...(ends > 0 ? [{ kind: 'words', id: `${id}:ends`, label: status.restarts(ends) } as const] : []),
      ...server.children.map(
        ({ pid, use, startedAt }): MenuRow => ({
          kind: 'words',
          id: `${id}:child:${pid ?? 0}`,
          label: menu.child(pid ?? 0, status.uses[use], age(now - startedAt, text)),
        }),
      ),
      LINE,
      ...serverActions(server, state.phase).map((what) =>
        action(`${id}:${what}`, menu[what], { kind: what === 'hold' ? 'stop-server' : `${what}-server`, name }),
      ),
      open(`${id}:activity`, menu.showActivity, { window: 'activity', part: `server:${name}` }),
      open(`${id}:log`, menu.showLog, { window: 'logs', part: `server:${name}` }),
    ],
  };
}

function copyRows({ snippets, text }: MenuFacts): MenuRow {
  const kinds = (['endpoint', 'proxy'] as const).filter((kind) => snippets.some((snippet) => snippet.kind === kind));
  return {
    kind: 'submenu',
    id: 'copy',
    label: text.menu.copyConfig,
    rows: kinds.map((kind) => ({
      kind: 'submenu',
      id: `copy:${kind}`,
      label: text.snippets.kinds[kind],
      rows: snippets
        .filter((snippet) => snippet.kind === kind)
        .map(({ id, title }) => action(`copy:${id}`, title, { kind: 'copy', snippet: id })),
    })),
  };
}

/** Checked if the system lists the login item. Absent while the app runs from its sources. */
function loginRows({ loginItem, text: { menu } }: MenuFacts): readonly MenuRow[] {
  if (loginItem === 'unavailable') return [];
  if (loginItem === 'requires-approval') {
    return [action('login', menu.needsApproval, { kind: 'open-login-items' })];
  }
  const checked = loginItem === 'enabled';
  return [{ ...action('login', menu.launchAtLogin, { kind: 'login-item', on: !checked }), checked }];
}

function action(id: string, label: string, what: MenuAction): Extract<MenuRow, { kind: 'action' }> {
  return { kind: 'action', id, label, action: what };
}

/** A menu is as wide as its longest label; `most` counts code points. */
function shortened(line: string, most = 60): string {
  const letters = [...line];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : line;
}
