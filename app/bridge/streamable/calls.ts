import { type JsonRpcId, PendingRequests, type RequestId } from '../frame/index.ts';
import type { PostAnswer } from './post-answer.ts';

/** A request of the client that waits for its response. */
export interface Call extends RequestId {
  readonly answer: PostAnswer;
  readonly progressToken: JsonRpcId | undefined;
  /** When it came in, in milliseconds as performance.now() tells it. */
  readonly since: number;
}

/** The requests of one session that wait for their responses, oldest first. */
export class Calls extends PendingRequests<Call> {
  /** The answer that is to tell of the progress under this token. */
  withProgressToken(token: JsonRpcId): PostAnswer | undefined {
    for (const { progressToken, answer } of this.values()) {
      if (progressToken === token && !answer.isBare) return answer;
    }
    return undefined;
  }

  /** The oldest answer whose client takes messages: the best guess for those that name no request. */
  listening(): PostAnswer | undefined {
    for (const { answer } of this.values()) if (answer.isListening) return answer;
    return undefined;
  }
}
