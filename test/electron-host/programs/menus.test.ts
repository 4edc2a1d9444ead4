import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('menus', 'the menu bar on the stand-in', (run) => {
  it('shows menus as macOS does', () => {
    expect(run().seen).toMatchObject({
      separators: ['a', '-', 'Quit Electron'],
      editMenu: ['Undo', 'Redo', '-', 'Cut', 'Copy', 'Paste', 'Delete', 'Select All'],
      badTemplates: [expect.stringContaining('TypeError'), expect.stringContaining('TypeError')],
    });
  });

  it('lets a person click the icon and pick from its menu', () => {
    expect(run().seen).toMatchObject({
      clicked: ['tray', 'on true', 'deep'],
      radio: [false, true],
      disabled: "Error: Nobody can pick 'Off': visible true, enabled false, normal",
    });
  });

  it('quits by the menu bar', () => {
    expect(run().code).toBe(0);
  });

  it('notes what the real menu bar would swallow', () => {
    expect(run().seen).toMatchObject({
      tray: ['three', 0, [1, 2]],
      noIcon: 'Error: Tray: no image at /nowhere.png',
      violations: [
        expect.stringContaining("'nope' names no key"),
        expect.stringContaining('no image at /nowhere.png'),
        expect.stringContaining('invisible icon'),
      ],
    });
  });
});
