import type { WebContents } from 'electron';
import { type AppController, RunAgain } from '../app/desktop/index.ts';
import { activityHar, activityNdjson } from '../app/inspect/index.ts';
import {
  type Activity,
  type ActivityExport,
  addressOf,
  authority,
  type RunAgainAnswer,
  type RunAgainRequest,
} from '../app/ipc/index.ts';
import { tell } from './feeds.ts';
import { saveAs, today } from './files.ts';

/** What passed, for the windows that follow it, and for files. */
export class ActivityFeed {
  readonly #controller: AppController;
  readonly #again: RunAgain;
  /** Windows that have been asked to confirm something. */
  readonly #watched = new WeakSet<WebContents>();
  readonly #following = new Map<WebContents, () => void>();

  constructor(controller: AppController) {
    this.#controller = controller;
    this.#again = new RunAgain(controller);
  }

  /** Every row that is kept, now; what is new or has changed as it comes. */
  follow(contents: WebContents): Activity {
    this.pause(contents);
    const { recorder } = this.#controller;
    this.#following.set(
      contents,
      recorder.subscribe((batch) => tell(contents, 'activity', batch)),
    );
    return recorder.activity();
  }

  /** Also for a window that is about to go. */
  pause(contents: WebContents): void {
    this.#following.get(contents)?.();
    this.#following.delete(contents);
  }

  /** A window that is closed meanwhile has decided against what waits for its word. */
  async runAgain(request: RunAgainRequest, contents: WebContents): Promise<RunAgainAnswer> {
    const answer = await this.#again.run(request);
    if (answer.kind !== 'confirm') return answer;
    if (contents.isDestroyed()) this.dropRunAgain();
    else if (!this.#watched.has(contents)) contents.once('destroyed', () => this.dropRunAgain());
    this.#watched.add(contents);
    return answer;
  }

  dropRunAgain(): void {
    this.#again.drop();
  }

  /** Asks where to, and writes these rows. The path of the file; null when the person thought better of it. */
  export({ format, rows, withContents }: ActivityExport): Promise<string | null> {
    const { recorder, text } = this.#controller;
    return saveAs(text.activityWindow.exportTitle, `mcp-gangway-activity-${today()}.${format}`, () => {
      const wanted = new Set(rows);
      const { calls, requests, dropped } = recorder.activity();
      const state = this.#controller.state();
      const { host, port } = addressOf(state);
      const exported = {
        calls: calls.filter(({ sequence }) => wanted.has(sequence)),
        requests: requests.filter(({ sequence }) => wanted.has(sequence)),
        dropped,
        contents: withContents ? (sequence: number) => recorder.contents(sequence) : () => null,
        origin: `http://${authority(host, port)}`,
        version: state.version,
      };
      return format === 'har' ? activityHar(exported) : activityNdjson(exported);
    });
  }
}
