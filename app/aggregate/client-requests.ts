import { messageText } from '../mcp/index.ts';
import {
  editMembers,
  idIn,
  idText,
  type JsonRpcId,
  meantId,
  memberOf,
  type RequestFrame,
  type ResponseFrame,
} from '../mcp/jsonrpc/index.ts';
import type { Leg } from './leg.ts';

interface Asked {
  readonly leg: Leg;
  /** As the server wrote it, JSON text. */
  readonly id: Buffer | string;
  readonly key: JsonRpcId;
  /** The server's own token for progress, JSON text; undefined when it wants none. */
  readonly progressToken: Buffer | undefined;
}

/** Requests of the servers to the client: ids and tokens of several servers collide, so that each gets one of ours there. */
export class ClientRequests {
  readonly #send: (json: Buffer) => void;
  readonly #open = new Map<JsonRpcId, Asked>();
  readonly #isOpen = (id: JsonRpcId) => this.#open.has(id);
  #lastId = 0;

  constructor(send: (json: Buffer) => void) {
    this.#send = send;
  }

  ask(leg: Leg, { bytes, id: key }: RequestFrame): void {
    const id = ++this.#lastId;
    const params = memberOf(bytes, 'params');
    const meta = params && memberOf(params, '_meta');
    const progressToken = meta && memberOf(meta, 'progressToken');
    this.#open.set(id, { leg, key, id: memberOf(bytes, 'id') ?? idText(key), progressToken });
    const edits = new Map<string, Buffer | string>([['id', String(id)]]);
    if (params !== undefined && meta !== undefined && progressToken !== undefined) {
      edits.set('params', withToken(params, meta, String(id)));
    }
    this.#send(editMembers(bytes, edits));
  }

  /** The client answers; an answer to nothing is dropped. */
  answered(answer: ResponseFrame): void {
    const id = meantId(answer.id, this.#isOpen);
    const asked = id === undefined ? undefined : this.#open.get(id);
    if (id === undefined || asked === undefined) return;
    this.#open.delete(id);
    asked.leg.answer(asked.key, editMembers(answer.bytes, new Map([['id', asked.id]])));
  }

  /** The client reports progress of what a server has asked of it. */
  progressed(notification: Buffer): void {
    const params = memberOf(notification, 'params');
    const token = idIn(params, 'progressToken');
    const asked = token === undefined ? undefined : this.#open.get(token);
    if (params === undefined || asked?.progressToken === undefined) return;
    const own = editMembers(params, new Map([['progressToken', asked.progressToken]]));
    asked.leg.tell(editMembers(notification, new Map([['params', own]])));
  }

  /** A server no longer wants to know what its notification names. */
  withdraw(leg: Leg, notification: Buffer): void {
    const params = memberOf(notification, 'params');
    const key = idIn(params, 'requestId');
    for (const [id, asked] of this.#open) {
      if (params === undefined || asked.leg !== leg || asked.key !== key) continue;
      this.#open.delete(id);
      const edited = editMembers(params, new Map([['requestId', idText(id)]]));
      this.#send(editMembers(notification, new Map([['params', edited]])));
    }
  }

  /** The server is gone. */
  withdrawAll(leg: Leg): void {
    for (const [id, asked] of this.#open) {
      if (asked.leg !== leg) continue;
      this.#open.delete(id);
      this.#send(messageText({ method: 'notifications/cancelled', params: { requestId: Number(id) } }));
    }
  }
}

function withToken(params: Buffer, meta: Buffer, token: string): Buffer {
  return editMembers(params, new Map([['_meta', editMembers(meta, new Map([['progressToken', token]]))]]));
}
