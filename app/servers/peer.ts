import { inARow } from '../i18n/in-a-row.ts';
import type { Text } from '../i18n/index.ts';
import type { ServerFace } from '../mcp/index.ts';
import { CODE, type Frame, type JsonRpcError, type JsonRpcId, type RequestFrame } from '../mcp/jsonrpc/index.ts';
import type { ChildEnd } from './process/failure.ts';
import { childEndSentence, lastWords } from './process/index.ts';
import { type RemoteEnd, remoteEndSentence } from './remote/end.ts';

/** How the server's side of a session came to its end: a process, or a session with a server that is reached by a URL. */
export type PeerEnd = ChildEnd | RemoteEnd;

/** What the writer of a request has read of it already. */
export interface KnownRequest {
  readonly id: JsonRpcId;
  readonly method: string;
  /** The tool, prompt or resource that it is about, as Activity shows it: a long name is cut off. Empty where there is none. */
  readonly target: string;
  /** Under which its sender wants to hear of progress; undefined when it does not. */
  readonly progressToken: JsonRpcId | undefined;
}

/**
 * The server's side of one session, seen from the transport: a child process or a session with a remote server, its bytes
 * relayed as they are, or a translator in front of one of another revision. One session, one peer.
 */
export interface Peer {
  /**
   * Sends one JSON-RPC message, without line breaks. Frames written after the end are dropped: the listener hears of the
   * end anyway. The writer looks at `congested` afterwards. `method` is that of a request or notification, and `known` a request,
   * where the writer knows it.
   */
  write(json: Buffer, method?: string | null, known?: KnownRequest): void;
  /** The server is slow to read. Take no further message from the client until `drained` is called. */
  readonly congested: boolean;
  /** Starts the flow towards the listener; called once. What the server said before is delivered first. */
  listen(listener: PeerListener): void;
  /** Stops the flow towards the listener, and with it the server as soon as its pipe or its connections are full. Memory stays where it is. */
  pause(): void;
  resume(): void;
  /** Ends it for good. Idempotent; resolves when the whole process group is gone, or the remote session is given up. */
  close(): Promise<void>;
  /** Null while the server lives. */
  readonly end: PeerEnd | null;
  /**
   * Whether the last request that it gave up was one of which the server may never have heard, so that the error says nothing of
   * what it speaks. Missing where servers are started.
   */
  readonly isUnheard?: boolean;
  /** A translator is in front of it, because its server knows the modern revision only. Missing where that makes no difference. */
  translated?(): void;
  /**
   * Answers the `initialize` of a client that is translated for in the place of a server that is not there, and goes on looking for
   * it. False when the server has answered by itself. Missing where servers are started.
   */
  standIn?(initialize: RequestFrame): boolean;
}

/** A session whose server was stood in for, and turned out to know the modern revision only. */
export interface ModernTurn {
  /** What the server says of itself. */
  readonly face: ServerFace;
  /** The client's handshake and what it has set up since, in order: `initialize` first. All of it is answered. */
  readonly handshake: readonly Buffer[];
  /** What the client is told by now, in order. */
  readonly news: readonly Frame[];
  /** The client's messages that nothing has become of yet, in order. */
  readonly waiting: readonly Buffer[];
}

export interface PeerListener {
  /** All frames of one read, in order. To be written on in one go. Never called while paused. */
  frames(frames: readonly Frame[]): void;
  /** `congested` has become false. */
  drained(): void;
  /** The server is gone and everything it said has been delivered. Called once, also after `close`. */
  ended(end: PeerEnd): void;
  /**
   * What comes next is to be translated. A listener that cannot do that leaves it out; its session waits for a server that takes the
   * handshake.
   */
  modern?(turn: ModernTurn): void;
}

/** What a pending call is told when its server is gone: what happened, why, and what it wrote to stderr. */
export function endError(server: string, end: PeerEnd, text: Text): JsonRpcError {
  const data = {
    server,
    ...(end.kind === 'exited' ? { exitCode: end.code } : {}),
    ...(end.kind === 'killed' ? { signal: end.signal } : {}),
    stderr: end.stderr,
  };
  return { code: CODE.internalError, message: endReason(server, end, text), data };
}

/** How it ended and what it said of the reason: the whole cause in one line, for clients, pages and the log. */
export function endReason(server: string, end: PeerEnd, text: Text): string {
  const sentence = endSentence(server, end, text);
  const words = end.asked ? '' : lastWords(end.stderr);
  return words === '' ? sentence : inARow(sentence, text.servers.ended.lastWords(words));
}

/** How it ended, as a sentence for a person. */
export function endSentence(server: string, end: PeerEnd, text: Text): string {
  if (end.asked) return text.servers.ended.closed(server);
  switch (end.kind) {
    case 'exited':
    case 'killed':
    case 'not-started':
      return childEndSentence(server, end, text);
    case 'closed':
      return text.servers.ended.closed(server);
    case 'unreachable':
    case 'signed-out':
    case 'refused':
      return remoteEndSentence(server, end, text);
    default:
      return end satisfies never;
  }
}
