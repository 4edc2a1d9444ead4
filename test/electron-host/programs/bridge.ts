// The page, the preload and the main process: what crosses from one to the other, and what does not.
import path from 'node:path';
import { app, BrowserWindow, ipcMain } from 'electron';
import { failureOf, note, runProgram } from './program.ts';

const pages = path.join(import.meta.dirname, 'pages');

ipcMain.handle('echo', (_event, ...args) => args);
ipcMain.handle('function', () => () => 1);
ipcMain.handle('fail', () => {
  throw new TypeError('thrown in the handler');
});
ipcMain.handle('who', ({ senderFrame, sender }) => [
  senderFrame?.url.split('/').at(-1),
  senderFrame === sender.mainFrame,
  senderFrame?.parent,
]);
ipcMain.on('ping', (event, number) => event.reply('pong', number + 1));
note(
  'secondHandler',
  failureOf(() => ipcMain.handle('echo', () => undefined)),
);

runProgram(async () => {
  const window = new BrowserWindow({ show: false, webPreferences: { preload: path.join(pages, 'preload.cjs') } });
  await window.loadFile(path.join(pages, 'page.html'), { query: { a: '1 2' }, hash: 'x' });
  const inPage = (code: string) => window.webContents.executeJavaScript(`(async () => { ${code} })()`);

  note(
    'bridge',
    await inPage(`
      const failureOf = (call) => { try { call(); return 'nothing'; } catch (error) { return error.name + ': ' + error.message; } };
      return {
        sync: api.add(1, 2),
        thrown: failureOf(api.fail),
        later: await api.later({ a: [1] }),
        rejected: await api.failLater().catch((error) => error.message),
        callback: api.callTwice((x) => x * 10),
        callbackInObject: api.nested.deep.call({ callback: (x) => x + ' and out' }),
        prototypeless: JSON.stringify(api.thing),
        map: api.map.get('key') instanceof Date,
        symbol: typeof api.symbol,
        bytes: api.bytes instanceof Uint8Array && api.bytes.length,
        frozen: Object.isFrozen(api.nested.deep),
        overwrite: failureOf(() => { 'use strict'; window.api = 1; }),
        secondTime,
        isolated: [typeof leak, typeof require, typeof process],
        process: api.process,
        noNode: api.fs,
        unsimulated: api.unsimulated,
      };
    `),
  );
  note(
    'clone',
    await inPage(`
      const value = { minusZero: -0, nan: NaN, big: 10n, missing: undefined, date: new Date(7), pattern: /x/gi,
        map: new Map([[1, new Set(['in'])]]), sparse: [1, , 3], error: new RangeError('too far'), floats: new Float64Array([1.5, -2]) };
      const [back, second] = await api.invoke('echo', value, 'two');
      return [Object.is(back.minusZero, -0), Number.isNaN(back.nan), typeof back.big, 'missing' in back, back.date.getTime(),
        String(back.pattern), back.map.get(1).has('in'), 1 in back.sparse, back.error.message, back.floats[1], second];
    `),
  );
  note(
    'refusals',
    await inPage(`
      const failureOf = (promise) => promise.catch((error) => error.message);
      return [await failureOf(api.invoke('fail')), await failureOf(api.invoke('nobody')), await failureOf(api.invoke('function')),
        await failureOf(api.invoke('echo', () => 1))];
    `),
  );
  note('who', await inPage(`return api.invoke('who')`));
  note('pong', await inPage(`return new Promise((resolve) => { api.on('pong', resolve); api.send('ping', 1); })`));
  app.quit();
});
