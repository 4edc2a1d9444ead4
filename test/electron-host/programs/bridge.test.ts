import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('bridge', 'a preload on the stand-in', (run) => {
  it('exposes functions, promises and data to the page as contextBridge does', () => {
    expect(run().seen).toHaveProperty('bridge', {
      sync: 3,
      thrown: 'Error: thrown in the preload',
      later: { a: [1] },
      rejected: 'rejected in the preload',
      callback: [10, 20],
      callbackInObject: 'in and out',
      prototypeless: '{"own":1}',
      map: true,
      symbol: 'undefined',
      bytes: 3,
      frozen: true,
      overwrite: expect.stringContaining('TypeError'),
      secondTime: 'window.api exists already and cannot be exposed again',
      isolated: ['undefined', 'undefined', 'undefined'],
      process: { sandboxed: true, electron: '45.4.1', platform: 'darwin' },
      noNode: "A sandboxed preload has no module 'node:fs'",
      unsimulated: 'ipcRenderer.sendSync is not simulated in the preload',
    });
  });

  it('sends values through IPC by structured clone', () => {
    expect(run().seen).toHaveProperty('clone', [
      true,
      true,
      'bigint',
      true,
      7,
      '/x/gi',
      true,
      true,
      'too far',
      -2,
      'two',
    ]);
  });

  it('hears why an invocation failed', () => {
    expect(run().seen).toHaveProperty('refusals', [
      "invoke('fail') failed in the main process: TypeError: thrown in the handler",
      "invoke('nobody') failed in the main process: Error: 'nobody' has no handler",
      expect.stringContaining('cannot be cloned'),
      expect.stringContaining('cannot be cloned'),
    ]);
    expect(run().seen).toHaveProperty('secondHandler', "Error: 'echo' has a handler already");
  });

  it('is known to the main process by its frame', () => {
    expect(run().seen).toMatchObject({ who: ['page.html?a=1+2#x', true, null], pong: 2, violations: [] });
  });
});
