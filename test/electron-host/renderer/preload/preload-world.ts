import { type SharedDocument, WorldLink } from '../bridge/world-link.ts';
import { encodeClone } from '../clone/encode.ts';
import { PreloadEmitter } from './emitter.ts';
import { IpcRenderer } from './ipc-renderer.ts';
import type { FromPreload, ToPreload } from './messages.ts';

/** What the preload finds as `process`. */
export interface PreloadProcess {
  readonly type: 'renderer';
  readonly platform: string;
  readonly arch: string;
  readonly sandboxed: true;
  readonly contextIsolated: true;
  readonly isMainFrame: true;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** The preload's file as a function, wrapped as CommonJS modules are. */
export type PreloadFunction = (
  require: (name: string) => unknown,
  process: object,
  module: { exports: object },
  exports: object,
) => void;

export interface PreloadSurroundings {
  readonly document: SharedDocument;
  /** Event names of this world's end of the link, and of the page's. */
  readonly mine: string;
  readonly theirs: string;
  readonly process: PreloadProcess;
  send(text: string): void;
}

/**
 * Runs in the isolated world of a page, before the page's own scripts: sets the preload up as Electron's sandbox does
 * and runs it. Returns the function through which the main process talks to this world.
 */
export function runPreload(around: PreloadSurroundings, preload: PreloadFunction): (message: ToPreload) => void {
  const post = (message: FromPreload): void => around.send(JSON.stringify(message));
  const ipcRenderer = new IpcRenderer(post);
  const link = new WorldLink(around.document, around.mine, around.theirs, () => {
    throw new Error('A page exposes nothing to its preload');
  });
  const contextBridge = { exposeInMainWorld: (key: string, api: unknown) => link.expose(key, api) };
  const electron = onlyWhatIsThere('electron', {
    ipcRenderer: onlyWhatIsThere('ipcRenderer', ipcRenderer),
    contextBridge: onlyWhatIsThere('contextBridge', contextBridge),
  });
  const modules: Readonly<Record<string, unknown>> = {
    electron,
    'electron/renderer': electron,
    events: Object.assign(PreloadEmitter, { EventEmitter: PreloadEmitter }),
    timers: { setTimeout, clearTimeout, setInterval, clearInterval },
    url: { URL, URLSearchParams },
  };
  const require = (name: string): unknown => {
    const found = modules[name.replace(/^node:/, '')];
    if (found === undefined) throw new Error(`A sandboxed preload has no module '${name}'`);
    return found;
  };
  const module = { exports: {} };
  try {
    preload(require, around.process, module, module.exports);
  } catch (error) {
    console.error('The preload script failed', error);
    post({ kind: 'failed', error: encodeClone(error instanceof Error ? error : new Error(String(error))) });
  }
  return (message) => ipcRenderer.receive(message);
}

/** What is not simulated says so, instead of being undefined. */
function onlyWhatIsThere<Api extends object>(name: string, api: Api): Api {
  return new Proxy(api, {
    get(target, key) {
      if (typeof key === 'string' && key !== 'then' && !(key in target)) {
        throw new Error(`${name}.${key} is not simulated in the preload`);
      }
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
