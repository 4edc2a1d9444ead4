import type { Log } from '../log/log.ts';
import { type Address, writeAnnouncement } from './discovery-file.ts';

interface State {
  readonly listening: readonly Address[];
}

/** What is announced, and by whom: the part of the operation that matters here. */
export interface Announced {
  state(): State;
  /** Calls back after every change. Returns the unsubscribe. */
  subscribe(listener: (delta: { readonly rest: State }) => void): () => void;
}

/**
 * Keeps written down where this process can be reached, or that it is switched off, for programs that know no control socket.
 * `control` says whether there is one. Returns the unsubscribe.
 */
export function announce(announced: Announced, folder: string, control: boolean, log: Log): () => void {
  let written = '';
  const update = ({ listening: [first] }: State) => {
    const place = first === undefined ? null : { host: first.host, port: first.port };
    const text = JSON.stringify(place);
    if (text === written) return;
    written = text;
    try {
      writeAnnouncement(folder, { pid: process.pid, place, control });
    } catch (error) {
      log.warn('Where the app can be reached could not be written down; connect looks on the usual port', {
        error: String(error),
      });
    }
  };
  update(announced.state());
  return announced.subscribe(({ rest }) => update(rest));
}
