// The process and the module `electron` as a program finds them.
import { createRequire } from 'node:module';
import electron, { app, BrowserWindow, safeStorage } from 'electron';
import { failureOf, note, runProgram } from './program.ts';

const required: unknown = createRequire(import.meta.url)('electron');

note('sameModule', required === electron && electron.app === app);
note(
  'windowBeforeReady',
  failureOf(() => new BrowserWindow()),
);
note('process', [process.type, process.platform, process.versions.electron, process.defaultApp]);
note('app', [app.name, app.getVersion(), app.isPackaged]);
note('folders', [app.getPath('userData'), app.getPath('logs')]);
note(
  'unknownFolder',
  failureOf(() => app.setPath('userData', 'relative')),
);

runProgram(async () => {
  note('chrome', /^\d+\./.test(process.versions.chrome));
  note(
    'absentModule',
    failureOf(() => safeStorage.isEncryptionAvailable()),
  );
  note(
    'absentMethod',
    failureOf(() => app.getGPUFeatureStatus()),
  );
  note(
    'absentProperty',
    failureOf(() => app.accessibilitySupportEnabled),
  );
  note(
    'unpackagedLogin',
    failureOf(() => app.setLoginItemSettings({ openAtLogin: true })),
  );
  app.quit();
});
