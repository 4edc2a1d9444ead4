import { describe, expect, it } from 'vitest';
import { changeTo, clientSetup, fileOf, NO_CHOICES, TWO_SERVERS } from '../../support/client-setup.ts';

/** A client that can be restarted, and was not since its file has changed. */
const NEVER_STARTED = {
  canRestart: () => true,
  restart: () => Promise.reject(new Error('not asked for')),
  isStartedSince: async () => false,
};

describe('Undoing everything in a file', () => {
  it('brings it back to the byte, and can be looked at first', async () => {
    const { setup, home, controller } = clientSetup(TWO_SERVERS, { apps: NEVER_STARTED });
    await changeTo(setup, 'nas', 'through');
    await changeTo(setup, 'db', 'run');
    const answer = await setup.planUndo((await fileOf(setup)).id);
    if (answer.kind === 'refused') throw new Error(answer.trouble.sentence.en);
    expect(answer.preview).toMatchObject({ server: null, mode: null, released: ['db'], backups: null });
    const applied = await setup.apply(answer.preview.plan, { upstream: false, release: true });
    expect(applied).toMatchObject({ kind: 'applied', change: null, backup: null });
    expect(home.bytes().toString()).toBe(TWO_SERVERS);
    expect(await setup.backups()).toEqual([]);
    expect((await fileOf(setup)).waiting).toBe(3);
    expect(controller.settings.servers).toEqual([]);
  });

  it('knows nothing of ids it has not given out', async () => {
    const { setup } = clientSetup(TWO_SERVERS);
    await setup.list();
    const trouble = { code: 'not-there' };
    expect(await setup.plan('0123456789abcdef', 'through')).toMatchObject({ kind: 'refused', trouble });
    expect(await setup.planUndo('0123456789abcdef')).toMatchObject({ kind: 'refused', trouble });
    expect(await setup.restart('0123456789abcdef')).toMatchObject({ kind: 'failed', trouble });
    expect(await setup.apply(7, NO_CHOICES)).toMatchObject({ kind: 'refused', trouble });
    expect(setup.pathOf('0123456789abcdef')).toBeNull();
  });
});
