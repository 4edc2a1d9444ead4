import type { JsonRpcId } from '../frame/index.ts';
import type { PostAnswer } from './post-answer.ts';

/** A request of the client that waits for its response. */
export interface Call {
  readonly id: JsonRpcId;
  readonly answer: PostAnswer;
  readonly progressToken: JsonRpcId | undefined;
  /** When it came in, in milliseconds as performance.now() tells it. */
  readonly since: number;
}

/** The requests of one session that wait for their responses, oldest first. */
export class Calls {
  readonly #byId = new Map<JsonRpcId, Call>();

  get size(): number {
    return this.#byId.size;
  }

  has(id: JsonRpcId): boolean {
    return this.#byId.has(id);
  }

  add(call: Call): void {
    this.#byId.set(call.id, call);
  }

  /** The call a response answers, which then waits no more. */
  take(id: JsonRpcId): Call | undefined {
    const call = this.#byId.get(id);
    if (call !== undefined) this.#byId.delete(id);
    return call;
  }

  /** The answer that is to tell of the progress under this token. */
  withProgressToken(token: JsonRpcId): PostAnswer | undefined {
    for (const { progressToken, answer } of this.#byId.values()) {
      if (progressToken === token && !answer.isBare) return answer;
    }
    return undefined;
  }

  /** The oldest answer whose client takes messages: the best guess for those that name no request. */
  listening(): PostAnswer | undefined {
    for (const { answer } of this.#byId.values()) if (answer.isListening) return answer;
    return undefined;
  }

  takeAll(): readonly Call[] {
    const calls = [...this.#byId.values()];
    this.#byId.clear();
    return calls;
  }
}
