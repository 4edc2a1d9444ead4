import TransportStream from 'winston-transport';
import { LogEntry } from './entry.ts';

/**
 * A winston transport that hands each entry to `take` at once. Nothing waits inside winston: when `log()` returns,
 * every destination has the entry, so a crash right behind it loses nothing.
 */
export function entryTransport(take: (entry: LogEntry) => void): TransportStream {
  return new TransportStream({
    log(info: { readonly entry?: unknown }, done: () => void) {
      if (info.entry instanceof LogEntry) take(info.entry);
      done();
    },
  });
}
