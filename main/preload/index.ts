import { contextBridge, ipcRenderer } from 'electron';
import { type EventName, eventChannel, REQUESTS, type RequestName, requestChannel } from '../../app/ipc/index.ts';

const EVENTS = [
  'state',
  'permission',
  'update',
  'log',
  'activity',
  'verify',
  'trying',
  'signingIn',
  'goTo',
  'shown',
  'doctor',
] as const satisfies readonly EventName[];

/** A page gets one function per question and one per event, never ipcRenderer itself. */
const asks = Object.fromEntries(
  Object.keys(REQUESTS).map((name) => [
    name,
    (request: unknown) => ipcRenderer.invoke(requestChannel(name as RequestName), request),
  ]),
);

const listens = Object.fromEntries(
  EVENTS.map((name) => [
    `on${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    (listener: (event: unknown) => void) => {
      const pass = (_event: unknown, value: unknown): void => listener(value);
      ipcRenderer.on(eventChannel(name), pass);
      return () => void ipcRenderer.off(eventChannel(name), pass);
    },
  ]),
);

contextBridge.exposeInMainWorld('gangway', { ...asks, ...listens });
