import { app } from 'electron';
import { isAppLink } from '../app/servers/index.ts';

/** Links that may wait until the app is ready: one is looked at, and of others it is only said that they came. */
const MOST_WAITING = 2;

/** Links to the app: from macOS by an event, from other systems as an argument of a start. */
export class LinkQueue {
  readonly #waiting: string[] = [];
  #follow: ((link: string) => void) | null = null;

  /** @param argv of this start */
  constructor(argv: readonly string[]) {
    app.on('open-url', (event, link) => {
      event.preventDefault();
      if (isAppLink(link)) this.#take(link);
    });
    this.takeFrom(argv);
  }

  /** Whether there was a link among the arguments of a start. */
  takeFrom(argv: readonly string[]): boolean {
    const link = argv.find(isAppLink);
    if (link !== undefined) this.#take(link);
    return link !== undefined;
  }

  /** Follows the links that wait, and all that come from now on. */
  open(follow: (link: string) => void): void {
    this.#follow = follow;
    for (const link of this.#waiting.splice(0)) follow(link);
  }

  #take(link: string): void {
    if (this.#follow !== null) this.#follow(link);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(link);
  }
}
