import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('process', 'a main process on the stand-in', (run) => {
  it('finds one electron, by import and by require', () => {
    expect(run().seen).toMatchObject({ sameModule: true });
  });

  it('looks like Electron on a Mac', () => {
    expect(run().code).toBe(0);
    expect(run().seen).toMatchObject({ process: ['browser', 'darwin', '45.4.1', true], chrome: true });
  });

  it('keeps its files under the home it was given', () => {
    expect(run().seen).toMatchObject({
      folders: [`${run().home}/Library/Application Support/Electron`, `${run().home}/Library/Logs/Electron`],
      unknownFolder: "Error: The path of 'userData' is absolute, not relative",
    });
  });

  it('makes no window before the app is ready', () => {
    expect(run().seen).toMatchObject({ windowBeforeReady: 'Error: A window has to wait for app.whenReady()' });
  });

  it('is told by name what is not simulated, be it a module, a method or a property', () => {
    const words = 'is declared by Electron, but the stand-in does not simulate it';
    expect(run().seen).toMatchObject({
      absentModule: `NotSimulatedError: safeStorage.isEncryptionAvailable ${words}`,
      absentMethod: `NotSimulatedError: App.getGPUFeatureStatus() ${words}`,
      absentProperty: `NotSimulatedError: App.accessibilitySupportEnabled ${words}`,
    });
    expect(run().seen).toHaveProperty('violations.length', 4);
  });
});
