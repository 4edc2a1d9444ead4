import manifest from '../../../package.json' with { type: 'json' };
import { faceFromDiscover, META, MODERN_REVISION, messageText, type ServerFace } from '../../mcp/index.ts';
import { type RequestFrame, type ResponseFrame, resultIn } from '../../mcp/jsonrpc/index.ts';
import { type Channel, isModernError, type RemoteTransport } from './channel.ts';
import type { RemoteFault } from './end.ts';
import type { NoStream } from './http-sse.ts';

/** Milliseconds an `initialize` or a question may go without an answer: a server that sleeps needs some. */
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
export function isUnknown(status: number): boolean {
  return status === 400 || status === 404 || status === 405;
}

/** What a server is that was asked; the fault where it is not modern, or did not say. */
export type ModernAnswer = { readonly face: ServerFace } | { readonly fault: RemoteFault };

/**
 * `server/discover` in our own name, to a server that may know the modern revision only (2026-07-28 basic/versioning). A server with
 * a URL takes no harm from a question that it does not know.
 */
export class ModernQuestion {
  readonly request: RequestFrame;
  readonly #refusal: RemoteFault;
  readonly #timer: NodeJS.Timeout;
  #told: ((answer: ModernAnswer) => void) | null;

  /** `refusal` is why it is asked at all, and what is told where it refuses this as well. `told` is called once. */
  constructor(id: string, channel: Channel, refusal: RemoteFault, told: (answer: ModernAnswer) => void) {
    const method = 'server/discover';
    const _meta = {
      [META.protocolVersion]: MODERN_REVISION,
      [META.clientInfo]: { name: 'mcp-gangway', version: manifest.version },
      [META.clientCapabilities]: {},
    };
    this.request = { kind: 'request', id, method, bytes: messageText({ id, method, params: { _meta } }) };
    this.#refusal = refusal;
    this.#told = told;
    this.#timer = setTimeout(() => this.#tell({ fault: { kind: 'silent', seconds: ANSWER / 1000 } }), ANSWER);
    channel.send(this.request);
  }

  answered(answer: ResponseFrame): void {
    const face = faceFromDiscover(resultIn(answer.bytes));
    this.#tell(face === null ? { fault: this.#refusal } : { face });
  }

  /** `isAnswer` says that the server itself has refused the question. */
  failed(fault: RemoteFault, isAnswer = false): void {
    this.#tell({ fault: isAnswer ? this.#refusal : fault });
  }

  /** Nothing is waited for any more. */
  over(): void {
    clearTimeout(this.#timer);
    this.#told = null;
  }

  #tell(answer: ModernAnswer): void {
    const told = this.#told;
    this.over();
    told?.(answer);
  }
}
