import {
  CODE,
  type Frame,
  FrameReader,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import type { RemoteFault } from './end.ts';

/** The transports a remote server may have (2024-11-05; 2025-03-26 and later). */
export type RemoteTransport = 'http-sse' | 'streamable';

/** One session on the wire. Knows its transport, and of MCP no more than that needs. */
export interface Channel {
  /** Sends one message. Its owner hears what became of it, never during the call. */
  send(message: Frame): void;
  pause(): void;
  resume(): void;
  /** Bytes of messages that the remote has not taken yet. */
  readonly waiting: number;
  /** `initialize` was answered with this revision. */
  agreed(revision: string): void;
  /** The handshake is complete: what comes without being asked for may be listened to, if the server is talkative. */
  watch(isTalkative: boolean): void;
  /** In another network streams that are open lead nowhere: they are opened anew. `isIdle` says that no answer is waited for. */
  reconnect(isIdle: boolean): void;
  /** The remote has forgotten the session: nothing new is sent, and what is under way goes on. */
  retire(): void;
  /** Ends the session; the owner hears nothing more. Resolves when the remote knows, or does not answer. */
  close(): Promise<void>;
}

/** How a request was refused; `answer` is the remote's own word, where that is JSON-RPC. */
export interface Refusal {
  readonly fault: RemoteFault;
  readonly answer: ResponseFrame | null;
}

/** Whom a channel tells what it hears. */
export interface ChannelOwner {
  /** Messages of the remote, those of one read together; `request` is what they came in answer to, where that is known. */
  frames(frames: readonly Frame[], request: RequestFrame | null): void;
  /** A notification or a response was taken. */
  accepted(message: Frame): void;
  /** A message was not taken, or a request will get no answer. `answer` is the remote's own word on it, where that is JSON-RPC. */
  failed(message: Frame, fault: RemoteFault, answer: ResponseFrame | null): void;
  /**
   * The remote knows the session no more, it seems. `request` has not been looked at, and may be sent again; `refusal` is what
   * it was answered.
   */
  lost(request: RequestFrame | null, refusal?: Refusal): void;
  /** Whether a request has got no answer yet, and its sender still wants it. */
  awaits(message: RequestFrame): boolean;
  /** The remote has taken bytes: there may be room for more. */
  drained(): void;
  /** A message over the limit was dropped; its first and last bytes. */
  oversized(start: Buffer, end: Buffer): void;
  /** An event was to be a message, and is none. */
  garbage(data: Buffer): void;
}

/** The media type, without parameters and in lower case. */
export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/**
 * Reads the messages of JSON texts: line breaks between tokens become spaces, a batch becomes its members. Whether a message says
 * `jsonrpc` is for its reader to judge: servers of every quality are behind URLs.
 */
export class JsonFrames {
  readonly #reader = new FrameReader({ anyVersion: true });

  /** Null when it is no JSON-RPC. */
  read(json: Buffer): Frame[] | null {
    return this.#reader.read(oneLine(json));
  }
}

/** Frames are single lines; in JSON a line break can only stand between tokens. */
function oneLine(json: Buffer): Buffer {
  if (!json.includes(0x0a) && !json.includes(0x0d)) return json;
  const line = Buffer.from(json);
  for (let at = 0; at < line.length; at++) if (line[at] === 0x0a || line[at] === 0x0d) line[at] = 0x20;
  return line;
}

/**
 * Whether an answer holds an error of JSON-RPC (2.0 section 5.1), which has a number and a text. Proxies and frameworks write other things
 * under that name, which a client would drop, and wait on.
 */
export function hasError({ bytes }: ResponseFrame): boolean {
  const error = memberOf(bytes, 'error');
  if (error?.[0] !== 0x7b) return false;
  return (
    typeof parsedJson(memberOf(error, 'code')) === 'number' &&
    typeof parsedJson(memberOf(error, 'message')) === 'string'
  );
}

/** The JSON-RPC error in the body of an HTTP error; null when there is none. */
export function errorIn(body: Buffer): ResponseFrame | null {
  const [frame] = new JsonFrames().read(body) ?? [];
  return frame?.kind === 'response' && hasError(frame) ? frame : null;
}

function codeIn(answer: ResponseFrame | null): unknown {
  const error = answer === null ? undefined : memberOf(answer.bytes, 'error');
  return error && parsedJson(memberOf(error, 'code'));
}

/** Errors of 2026-07-28 and later say that the server is no legacy one, whatever status they come with. */
export function isModernError(answer: ResponseFrame | null): boolean {
  const code = codeIn(answer);
  return code === CODE.headerMismatch || code === CODE.missingClientCapability || code === CODE.unsupportedRevision;
}

/** How servers that answer 400 name it: those after the official examples, and the official SDK where a server has one transport. */
const SESSION_GONE = /session|not initialized/i;

/**
 * Whether an answer within a session says that the session is gone: 404 (2025-11-25 transports, Session Management), and the 400 with
 * which many servers say the same. A 404 about the method is an answer like any other: 2026-07-28 has it so,
 * and servers of several revisions say it in all.
 */
export function isSessionGone(status: number, body: Buffer): boolean {
  if (status === 404) return codeIn(errorIn(body)) !== CODE.methodNotFound;
  return status === 400 && SESSION_GONE.test(body.toString('latin1', 0, 4096));
}

/** Whether a request of a session was refused because the server, which has been started anew since, knows later revisions only. */
export function isOtherEra(answer: ResponseFrame | null): boolean {
  return codeIn(answer) === CODE.unsupportedRevision;
}

/** Whether a revision defines the header MCP-Protocol-Version, and can stand in it: a server may name what no revision is. */
export function hasVersionHeader(revision: string): boolean {
  return revision >= '2025-06-18' && /^[\x21-\x7e]{1,64}$/.test(revision);
}

/** Milliseconds before the n-th attempt in a row to get a stream back. */
export function waitBefore(attempt: number, retry: number): number {
  return Math.max(retry, Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5)));
}
