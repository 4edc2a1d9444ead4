import { describe, expect, it } from 'vitest';
import { type AppState, applyDelta } from '../../../app/ipc/index.ts';
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
