import { describe, expect, it } from 'vitest';
import { shownServers } from '../../../app/desktop/state-publisher.ts';
import { type AppState, applyDelta } from '../../../app/ipc/index.ts';
import { DEFAULT_SETTINGS } from '../../../app/settings/index.ts';
import { appState, tunnel } from '../../support/app-state.ts';

describe('A delta', () => {
  const before: AppState = appState({ tunnels: [tunnel(1), tunnel(2)] });
  const { tunnels: _tunnels, ...rest } = before;

  it('opens, closes and counts', () => {
    const after = applyDelta(before, {
      opened: [tunnel(3)],
      closed: [1],
      moved: [{ id: 2, up: 5, down: 6 }],
      rest,
    });
    expect(after.tunnels).toEqual([{ ...tunnel(2), up: 5, down: 6 }, tunnel(3)]);
  });

  it('leaves tunnels alone that nothing happened to', () => {
    const after = applyDelta(before, { opened: [], closed: [2], moved: [], rest });
    expect(after.tunnels[0]).toBe(before.tunnels[0]);
  });

  it('that tells of a tunnel twice shows it once', () => {
    const after = applyDelta(before, { opened: [tunnel(2)], closed: [], moved: [], rest });
    expect(after.tunnels.map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe('The servers in lists', () => {
  it('are shown as one line, without the passwords of options and addresses, and without the query of a URL', () => {
    const program = { era: 'auto', spare: false, cwd: null, env: {} } as const;
    const args = ['-y', 'db-mcp', 'postgres://app:hunter22@db.lan/x', '--api-token', 'f3b1c2d4e5a6978812345678'];
    const servers = shownServers({
      ...DEFAULT_SETTINGS,
      servers: [{ ...program, name: 'db', command: 'npx', args }],
    });
    expect(servers).toHaveLength(1);
    expect(servers[0]?.line).toMatch(/^npx -y db-mcp postgres:\/\/.*@db\.lan\/x --api-token/);
    expect(servers[0]?.line).not.toMatch(/hunter22|f3b1c2d4/);
  });
});
