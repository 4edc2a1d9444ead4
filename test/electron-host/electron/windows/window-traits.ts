import type * as Electron from 'electron';
import { DeclaredEmitter } from '../../contract/declared-emitter.ts';
import type { Like } from '../../contract/like.ts';

/** Traits of a window that are invisible here: kept, so that the app can ask for them again. */
export class WindowTraits
  extends DeclaredEmitter
  implements
    Like<
      Electron.BrowserWindow,
      | 'isAlwaysOnTop'
      | 'setAlwaysOnTop'
      | 'isVisibleOnAllWorkspaces'
      | 'setVisibleOnAllWorkspaces'
      | 'isResizable'
      | 'setResizable'
      | 'isClosable'
      | 'setClosable'
      | 'setBackgroundColor'
      | 'setVibrancy'
    >
{
  #alwaysOnTop: boolean;
  #resizable: boolean;
  #closable: boolean;
  #onAllWorkspaces = false;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super('BrowserWindow');
    this.#alwaysOnTop = options.alwaysOnTop ?? false;
    this.#resizable = options.resizable ?? true;
    this.#closable = options.closable ?? true;
  }

  isAlwaysOnTop(): boolean {
    return this.#alwaysOnTop;
  }

  setAlwaysOnTop(flag: boolean): void {
    this.#alwaysOnTop = flag;
    this.fire('always-on-top-changed', {}, flag);
  }

  isVisibleOnAllWorkspaces(): boolean {
    return this.#onAllWorkspaces;
  }

  setVisibleOnAllWorkspaces(visible: boolean, _options?: Electron.VisibleOnAllWorkspacesOptions): void {
    this.#onAllWorkspaces = visible;
  }

  isResizable(): boolean {
    return this.#resizable;
  }

  setResizable(resizable: boolean): void {
    this.#resizable = resizable;
  }

  isClosable(): boolean {
    return this.#closable;
  }

  setClosable(closable: boolean): void {
    this.#closable = closable;
  }

  setBackgroundColor(_color: string): void {
    // Behind the page, where no screenshot looks.
  }

  setVibrancy(_type: Electron.BrowserWindowConstructorOptions['vibrancy'] | null): void {
    // A material of AppKit.
  }
}
