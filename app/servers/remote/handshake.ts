import { isObject } from '../../base/schema/index.ts';
import {
  editMembers,
  type Frame,
  frameFrom,
  type JsonObject,
  memberOf,
  objectIn,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  stringIn,
} from '../../mcp/jsonrpc/index.ts';

/** What a server has taken on in `initialize`. */
export interface Agreed {
  readonly revision: string;
  readonly capabilities: JsonObject;
}

/** From the answer to `initialize`; null when it is a refusal. */
export function agreedIn(answer: ResponseFrame): Agreed | null {
  const result = parsedJson(memberOf(answer.bytes, 'result'));
  if (!isObject(result)) return null;
  return { revision: stringIn(result, 'protocolVersion') ?? '', capabilities: objectIn(result, 'capabilities') };
}

/** Whether a server says that it will speak without being asked: then a stream for that is worth its connection. */
export function isTalkative({ capabilities }: Agreed): boolean {
  const announces = (name: string, key: string): boolean => objectIn(capabilities, name)[key] === true;
  return (
    LISTS.some((name) => announces(name, 'listChanged')) ||
    announces('resources', 'subscribe') ||
    isObject(capabilities['logging'])
  );
}

const LISTS = ['tools', 'prompts', 'resources'] as const;

/** The notifications that make a client read again what a restarted server may have changed, as far as it was told to expect them. */
export function listsChanged({ capabilities }: Agreed): readonly Frame[] {
  return LISTS.filter((name) => objectIn(capabilities, name)['listChanged'] === true).flatMap((name) => {
    const frame = frameFrom(Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${name}/list_changed"}`));
    return frame === null ? [] : [frame];
  });
}

/** Subscriptions of one session that are kept. */
const MOST_SUBSCRIPTIONS = 1000;

/** Bytes of the longest one. */
const LONGEST_SUBSCRIPTION = 16 * 1024;

/**
 * What a client has set up in its session, so that it can be set up again in a new one: the handshake, the level of its log, the
 * resources it watches.
 */
export class Handshake {
  readonly initialize: RequestFrame;
  /** What the client was told; a new session may agree on the same. */
  agreed: Agreed | null = null;
  initialized: Frame | null = null;
  #logLevel: RequestFrame | null = null;
  readonly #subscriptions = new Map<string, RequestFrame>();

  constructor(initialize: RequestFrame) {
    this.initialize = initialize;
  }

  /** Looks at each message of the client. */
  note(message: Frame): void {
    if (message.kind !== 'request') return;
    switch (message.method) {
      case 'logging/setLevel':
        this.#logLevel = message;
        break;
      case 'resources/subscribe':
        if (this.#subscriptions.size < MOST_SUBSCRIPTIONS && message.bytes.length <= LONGEST_SUBSCRIPTION) {
          this.#subscriptions.set(uriIn(message), message);
        }
        break;
      case 'resources/unsubscribe':
        this.#subscriptions.delete(uriIn(message));
        break;
    }
  }

  /** The requests that set a new session up like the old one, under ids that no client has. */
  repeated(newId: () => string): readonly RequestFrame[] {
    const requests = [...(this.#logLevel === null ? [] : [this.#logLevel]), ...this.#subscriptions.values()];
    return requests.map(({ bytes, method }) => {
      const id = newId();
      return { kind: 'request', id, method, bytes: editMembers(bytes, new Map([['id', JSON.stringify(id)]])) };
    });
  }
}

function uriIn({ bytes }: RequestFrame): string {
  const params = memberOf(bytes, 'params');
  const uri = params && parsedJson(memberOf(params, 'uri'));
  return typeof uri === 'string' ? uri : '';
}
