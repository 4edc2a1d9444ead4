import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram(
  'system',
  'the system around an app on the stand-in',
  (run) => {
    it('gets what the app hands over', () => {
      expect(run().seen).toMatchObject({
        clipboard: 'copied',
        opened: [
          { by: 'openExternal', target: 'https://example.test/docs' },
          { by: 'showItemInFolder', target: '/tmp/a.log' },
        ],
        noUrl: expect.stringContaining('Invalid URL'),
        notifications: ['Port lost: 28080'],
      });
    });

    it('tells the app about power and about a second start from Finder', () => {
      expect(run().seen).toMatchObject({ power: ['suspend', 'resume'], activated: [false] });
    });

    it('has the last word about opening at login', () => {
      expect(run().seen).toMatchObject({ login: 'enabled', loginUndecided: false });
    });

    it('asks the app about permissions', () => {
      expect(run().seen).toMatchObject({
        permissionByDefault: true,
        permissionChecked: false,
        permissionGranted: true,
      });
    });

    it('cancels a dialog that no test answers, and notes it', () => {
      expect(run().seen).toMatchObject({
        dialog: { response: 1 },
        violations: [expect.stringContaining('dialog.showMessageBox')],
      });
    });
  },
  { ELECTRON_HOST_PACKAGED: '1' },
);
