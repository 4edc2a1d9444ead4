import type { Log } from '../log/log.ts';
import { type Place, writeAnnouncement } from './place.ts';

interface State {
  readonly listening: readonly Pick<Place, 'host' | 'port'>[];
}

/** What is announced, and by whom: the part of the operation that matters here. */
export interface Announced {
  readonly settings: Pick<Place, 'token'>;
  state(): State;
  /** Calls back after every change. Returns the unsubscribe. */
  subscribe(listener: (delta: { readonly rest: State }) => void): () => void;
}

/**
 * Keeps written down where this process can be reached, or that it is switched off, so that `connect` finds it on whatever port,
 * needs no token in anybody's config, and can say what is wrong. Returns the unsubscribe.
 */
export function announce(announced: Announced, folder: string, log: Log): () => void {
  let written = '';
  const update = ({ listening: [first] }: State) => {
    const place = first === undefined ? null : { ...first, token: announced.settings.token };
    const text = JSON.stringify(place);
    if (text === written) return;
    written = text;
    try {
      writeAnnouncement(folder, { pid: process.pid, place });
    } catch (error) {
      log.warn('Where the app can be reached could not be written down; connect looks on the usual port', {
        error: String(error),
      });
    }
  };
  update(announced.state());
  return announced.subscribe(({ rest }) => update(rest));
}
