import type { LogEntry } from './entry.ts';
import { consoleLine } from './format.ts';

/** A stream that people look at. */
export interface ConsoleStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The variables by which people object to colour. */
export interface ConsoleEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

/**
 * Writes entries for people to `stream`, in colour if it is a terminal and nobody objects (https://no-color.org).
 * When the reader goes away (EPIPE: `mcp-gangway | head`) it falls silent; that ends no proxy.
 */
export function consoleWriter(stream: ConsoleStream, environment: ConsoleEnvironment): (entry: LogEntry) => void {
  const colour = wantsColour(stream, environment);
  let gone = false;
  stream.on('error', () => {
    gone = true;
  });
  return (entry) => {
    if (!gone) stream.write(`${consoleLine(entry, colour)}\n`);
  };
}

/** Whether people see this stream and have nothing against colours. */
export function wantsColour(stream: Pick<ConsoleStream, 'isTTY'>, environment: ConsoleEnvironment): boolean {
  const objects = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return stream.isTTY === true && !objects;
}
