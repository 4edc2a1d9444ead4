import type * as Electron from 'electron';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { refuseOtherMembers, refuseOtherStatics } from '../contract/unsimulated.ts';

/** Every notification shown so far, oldest first. A test clicks one with `fire('click')`. */
export const notifications: Notification[] = [];

export class Notification
  extends DeclaredEmitter
  implements Like<Electron.Notification, 'show' | 'close' | 'title' | 'subtitle' | 'body' | 'silent'>
{
  title: string;
  subtitle: string;
  body: string;
  silent: boolean;
  #shown = false;

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super('Notification');
    this.title = options.title ?? '';
    this.subtitle = options.subtitle ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    this.#shown = true;
    notifications.push(this);
    setImmediate(() => this.fire('show', {}));
  }

  close(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.fire('close', {});
  }
}

refuseOtherMembers(Notification.prototype, 'Notification');
refuseOtherStatics(Notification, 'Notification');
