import type { Log } from '../log/log.ts';
import { forgetPlace, type Place, writePlace } from './place.ts';

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
 * Keeps written down where the app can be reached, for as long as it can be, so that `connect` finds it on whatever port and needs
 * no token in anybody's config. Returns the unsubscribe.
 */
export function announcePlace(announced: Announced, folder: string, log: Log): () => void {
  let written: string | null = null;
  const update = ({ listening: [first] }: State) => {
    const place: Place | null = first === undefined ? null : { ...first, token: announced.settings.token };
    const text = JSON.stringify(place);
    if (text === written) return;
    written = text;
    try {
      if (place === null) forgetPlace(folder);
      else writePlace(folder, place);
    } catch (error) {
      log.warn('Where the app can be reached could not be written down; connect looks on the usual port', {
        error: String(error),
      });
    }
  };
  update(announced.state());
  return announced.subscribe(({ rest }) => update(rest));
}
