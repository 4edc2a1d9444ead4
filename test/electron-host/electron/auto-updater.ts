import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type * as Electron from 'electron';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { preventable } from '../contract/preventable.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';

/** Squirrel.Mac as far as an updater meets it: fetches what the feed names, checks it, and keeps it for the end of the app. */
export class AutoUpdater
  extends DeclaredEmitter
  implements Like<Electron.AutoUpdater, 'setFeedURL' | 'getFeedURL' | 'checkForUpdates' | 'quitAndInstall'>
{
  /** For tests: what Squirrel says of the archive in place of taking it. */
  refusal: string | null = null;
  /** For tests: the archive that was taken. */
  staged: Buffer | null = null;
  readonly #quit: (archive: Buffer) => void;
  #feed: Electron.FeedURLOptions = { url: '' };

  constructor(quit: (archive: Buffer) => void) {
    super('AutoUpdater');
    this.#quit = quit;
  }

  setFeedURL(feed: Electron.FeedURLOptions): void {
    this.#feed = feed;
  }

  getFeedURL(): string {
    return this.#feed.url;
  }

  checkForUpdates(): void {
    this.fire('checking-for-update');
    this.#fetch().catch((error: unknown) =>
      this.fire('error', error instanceof Error ? error : new Error(String(error))),
    );
  }

  quitAndInstall(): void {
    if (this.staged === null) {
      this.fire('error', new Error("No update available, can't quit and install"));
      return;
    }
    this.fire('before-quit-for-update');
    this.#quit(this.staged);
  }

  async #fetch(): Promise<void> {
    const { url, headers } = this.#feed;
    const { url: archive }: { readonly url: string } = JSON.parse(String(await fetched(url, headers)));
    this.fire('update-available');
    const content = await fetched(archive, headers);
    if (this.refusal !== null) throw new Error(this.refusal);
    this.staged = content;
    this.fire('update-downloaded', preventable(), '', '', new Date(), archive);
  }
}

refuseOtherMembers(AutoUpdater.prototype, 'AutoUpdater');

async function fetched(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  const content = await buffer(response);
  if (response.statusCode !== 200) throw new Error(`The feed answers with status ${response.statusCode}`);
  return content;
}
