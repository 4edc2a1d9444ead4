import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { WebRequest } from './web-request.ts';

type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];

/** One name of the many permissions Electron knows. */
export type Permission = Parameters<NonNullable<RequestHandler>>[1];

export class Session
  extends EventEmitter
  implements
    Like<
      Electron.Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setSpellCheckerEnabled'
      | 'isPersistent'
      | 'webRequest'
    >
{
  readonly webRequest = new WebRequest();
  readonly #partition: string;
  #onRequest: RequestHandler = null;
  #onCheck: CheckHandler = null;

  constructor(partition: string) {
    super();
    this.#partition = partition;
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#onRequest = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#onCheck = handler;
  }

  setSpellCheckerEnabled(_enabled: boolean): void {
    // Headless Chromium has no spell checker to switch.
  }

  isPersistent(): boolean {
    return this.#partition === '' || this.#partition.startsWith('persist:');
  }

  /**
   * For tests: what the app's handlers say when a page asks. Chromium itself denies everything, and Electron grants
   * everything where there is no handler.
   */
  async answerPermission(contents: Electron.WebContents, permission: Permission, origin: string): Promise<boolean> {
    const details = { isMainFrame: true, requestingUrl: `${origin}/` };
    if (this.#onCheck?.(contents, permission, origin, details) === false) return false;
    const onRequest = this.#onRequest;
    return onRequest === null || new Promise((resolve) => onRequest(contents, permission, resolve, details));
  }
}

refuseOtherMembers(Session.prototype, 'Session');

const sessions = new Map<string, Session>();

function fromPartition(partition: string): Session {
  const session = sessions.get(partition) ?? new Session(partition);
  sessions.set(partition, session);
  return session;
}

export const session = {
  fromPartition,
  get defaultSession() {
    return fromPartition('');
  },
};
