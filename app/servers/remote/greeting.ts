import type { RequestFrame, ResponseFrame } from '../../mcp/jsonrpc/index.ts';
import { type Channel, isModernError, type RemoteTransport } from './channel.ts';
import type { RemoteFault } from './end.ts';
import type { NoStream } from './http-sse.ts';

/** Milliseconds an `initialize` may go without an answer: a server that sleeps needs some. */
const ANSWER = 30_000;

export type GreetingFailed = (fault: RemoteFault, answer: ResponseFrame | null) => void;

export interface GreetingContext {
  /** Makes a channel; of 2024-11-05, `opened` is called when messages can be sent. */
  connect(transport: RemoteTransport, opened: (failed: NoStream | null) => void): Channel;
  /** The channel that is tried from now on; null when the last one was of no use, and is closed. */
  tries(channel: Channel | null, transport: RemoteTransport): void;
}

/**
 * Sends `initialize` by the likeliest transport, and by the next where the server does not know the first (2025-11-25 transports,
 * Backwards Compatibility). 401, 403, 5xx and faults of the network say nothing of transports. The answer to it is its owner's.
 */
export class Greeting {
  readonly #context: GreetingContext;
  readonly #initialize: RequestFrame;
  #channel: Channel | null = null;
  #timer: NodeJS.Timeout | undefined;
  #next: ((fault: RemoteFault, answer: ResponseFrame | null, isOther: boolean) => void) | null = null;

  constructor(
    initialize: RequestFrame,
    transports: readonly RemoteTransport[],
    failed: GreetingFailed,
    context: GreetingContext,
  ) {
    this.#initialize = initialize;
    this.#context = context;
    this.#try(transports, failed);
  }

  /** Whether an answer is waited for. */
  get isUnderWay(): boolean {
    return this.#next !== null;
  }

  /** The channel could not bring it to the server; `answer` is the server's own word, where that is JSON-RPC. */
  failed(fault: RemoteFault, answer: ResponseFrame | null): void {
    this.#next?.(fault, answer, fault.kind === 'status' && isUnknown(fault.status) && !isModernError(answer));
  }

  /** It was answered, or nothing is waited for any more. */
  over(): void {
    clearTimeout(this.#timer);
    this.#next = null;
  }

  #try([transport, ...others]: readonly RemoteTransport[], failed: GreetingFailed): void {
    if (transport === undefined) return;
    const { connect, tries } = this.#context;
    this.#next = (fault, answer, isOther) => {
      this.over();
      void this.#channel?.close();
      this.#channel = null;
      tries(null, transport);
      if (!isOther || others.length === 0) return failed(fault, answer);
      // Where the other one is unknown as well, what the likeliest said tells more.
      this.#try(others, (last, word) =>
        last.kind === 'status' || last.kind === 'not-mcp' ? failed(fault, answer) : failed(last, word),
      );
    };
    this.#timer = setTimeout(() => this.#next?.({ kind: 'silent', seconds: ANSWER / 1000 }, null, false), ANSWER);
    const channel: Channel = connect(transport, (none) => {
      if (this.#channel !== channel) return;
      if (none === null) channel.send(this.#initialize);
      else this.#next?.(none.fault, null, none.canBeOther);
    });
    this.#channel = channel;
    tries(channel, transport);
    if (transport === 'streamable') channel.send(this.#initialize);
  }
}

/** What a server says that does not know a transport at that URL. */
function isUnknown(status: number): boolean {
  return status === 400 || status === 404 || status === 405;
}
