const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('sample', {
  ask: (question) => ipcRenderer.invoke('ask', question),
  onEnabled: (listener) => {
    ipcRenderer.on('enabled', (_event, enabled) => listener(enabled));
  },
});
