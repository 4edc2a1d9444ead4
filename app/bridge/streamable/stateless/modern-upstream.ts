import {
  CODE,
  errorText,
  type ModernConversation,
  type ModernRequest,
  type Reply,
  resultIn,
  type ServerFace,
} from '../../eras/index.ts';
import type { Line } from './line.ts';
import { ToolHeaders } from './tool-headers.ts';
import type { Unserved, Upstream } from './upstream.ts';

export type ModernLine = Line<ModernConversation>;

/** Children beside the main one for requests whose log messages could not be told apart in it. */
const LOG_LANES = 4;

/**
 * The modern children of one principal: a main one that all its requests share, and log lanes. A modern server keeps
 * nothing between requests, so any child can serve any of them; a new one is started when a request finds none.
 */
export class ModernUpstream implements Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  readonly #open: () => ModernLine | Unserved;
  #lines: ModernLine[];

  constructor(face: ServerFace, first: ModernLine, open: () => ModernLine | Unserved) {
    this.face = face;
    this.#lines = [first];
    this.#open = open;
    this.toolHeaders = new ToolHeaders(
      (method, params) =>
        new Promise((resolve) => {
          const line = this.#main();
          if ('error' in line) resolve(null);
          else line.talk.ask(method, params, (response) => resolve(resultIn(response)));
        }),
    );
  }

  start(request: ModernRequest, reply: Reply): void {
    const line = request.envelope.logLevel === null ? this.#main() : this.#quietest();
    if ('error' in line) {
      reply.respond(errorText(request.idText, line.error), line.status);
    } else if (!line.whenReady(() => line.talk.start(request, reply))) {
      const error = { code: CODE.internalError, message: 'The server does not keep up with its requests.' };
      reply.respond(errorText(request.idText, error), 503);
    }
  }

  /** Passes on what a client has posted without expecting an answer. */
  tell(notification: Buffer): void {
    const line = this.#main();
    if (!('error' in line)) line.talk.tell(notification);
  }

  #main(): ModernLine | Unserved {
    return this.#alive()[0] ?? this.#another();
  }

  /** A child in which no other request wants log messages; the main one when there are enough. */
  #quietest(): ModernLine | Unserved {
    const alive = this.#alive();
    const quiet = alive.find((line) => !line.talk.logging);
    if (quiet !== undefined) return quiet;
    const lane = alive.length <= LOG_LANES ? this.#another() : undefined;
    return lane === undefined || 'error' in lane ? this.#main() : lane;
  }

  #alive(): ModernLine[] {
    this.#lines = this.#lines.filter((line) => !line.ended);
    return this.#lines;
  }

  #another(): ModernLine | Unserved {
    const line = this.#open();
    if (!('error' in line)) this.#lines.push(line);
    return line;
  }
}
