const { contextBridge, ipcRenderer } = require('electron');

class Thing {
  own = 1;
  method() {
    return this.own;
  }
}

function failureOf(call) {
  try {
    call();
    return 'nothing';
  } catch (error) {
    return error.message;
  }
}

contextBridge.exposeInMainWorld('api', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  on: (channel, listener) => ipcRenderer.on(channel, (_event, ...args) => listener(...args)) && undefined,
  add: (a, b) => a + b,
  fail: () => {
    throw new TypeError('thrown in the preload');
  },
  later: async (value) => value,
  failLater: async () => {
    throw new Error('rejected in the preload');
  },
  callTwice: (callback) => [callback(1), callback(2)],
  nested: { deep: { call: (given) => given.callback('in') } },
  thing: new Thing(),
  map: new Map([['key', new Date(5)]]),
  symbol: Symbol('lost'),
  bytes: new Uint8Array([1, 2, 3]),
  process: { sandboxed: process.sandboxed, electron: process.versions.electron, platform: process.platform },
  fs: failureOf(() => require('node:fs')),
  unsimulated: failureOf(() => ipcRenderer.sendSync),
});

contextBridge.exposeInMainWorld(
  'secondTime',
  failureOf(() => contextBridge.exposeInMainWorld('api', {})),
);

globalThis.leak = 'only in the isolated world';
