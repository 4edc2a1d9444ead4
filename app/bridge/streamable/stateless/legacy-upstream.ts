import {
  CODE,
  isInteractive,
  type LegacyConversation,
  type ModernRequest,
  type Parking,
  type Reply,
  refuse,
  resultIn,
  type ServerFace,
  type Subscriptions,
  type Waiting,
} from '../../eras/index.ts';
import type { Line } from './line.ts';
import { ToolHeaders } from './tool-headers.ts';
import type { Upstream } from './upstream.ts';

export type LegacyLine = Line<LegacyConversation>;

/** One legacy child behind one modern client, after the handshake. */
export class LegacyUpstream implements Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  readonly line: LegacyLine;
  readonly #subscriptions: Subscriptions;
  readonly #parking: Parking<Waiting>;

  constructor(face: ServerFace, line: LegacyLine, subscriptions: Subscriptions, parking: Parking<Waiting>) {
    this.face = face;
    this.line = line;
    this.#subscriptions = subscriptions;
    this.#parking = parking;
    this.toolHeaders = new ToolHeaders(
      (method, params) =>
        new Promise((resolve) => line.talk.ask(method, params, (response) => resolve(resultIn(response)))),
    );
  }

  start(request: ModernRequest, reply: Reply): void {
    if (isInteractive(request.method) && request.params['requestState'] !== undefined) {
      this.#retry(request, reply);
    } else if (request.method === 'subscriptions/listen') {
      void this.#subscriptions.open(request, reply, this.face);
    } else {
      this.line.start(request, reply);
    }
  }

  /** A call that goes on, in whichever child it waits. */
  #retry(request: ModernRequest, reply: Reply): void {
    const waiting = this.#parking.fetch(request);
    if (waiting !== null) {
      waiting.resume(request, reply);
      return;
    }
    const message = 'Invalid params: requestState is not valid for this request, or not any more.';
    refuse(reply, request.idText, { code: CODE.invalidParams, message });
  }
}
