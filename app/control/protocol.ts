import { isObject } from '../base/schema/index.ts';

/**
 * The control protocol: JSON-RPC 2.0, one message a line (UTF-8, `\n`), over a socket that only this account can reach.
 * docs/control-protocol.md describes it.
 *
 * These are the protocol numbers that this version speaks. A number changes when an older side would misunderstand a newer
 * one. A new method, a new member of a result or of params, a new event changes nothing: what a side does not know it ignores.
 */
export const PROTOCOL: ProtocolRange = { min: 1, max: 1 };

export interface ProtocolRange {
  readonly min: number;
  readonly max: number;
}

/** What a running Gangway is to the person: the app in the menu bar, or a process that was started from a command line. */
export type Role = 'app' | 'headless';

/** The result of `hello`, the first request on every connection. */
export interface Hello {
  readonly product: 'mcp-gangway';
  readonly version: string;
  /** The number that both sides speak from here on. */
  readonly protocol: number;
  readonly protocols: ProtocolRange;
  readonly pid: number;
  /** Differs from that of every other running instance of this account. */
  readonly instance: string;
  readonly role: Role;
  /** Where the port is open; empty while the instance is switched off. */
  readonly listening: readonly Place[];
  /** Where the port is open, or would be. */
  readonly address: Place;
  /** Names of the methods that are offered. */
  readonly methods: readonly string[];
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Error codes of JSON-RPC 2.0 section 5.1, and one of its range for our own. `data.reason` tells ours apart. */
export const CODES = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  refused: -32000,
} as const;

/** Why a request failed, for programs. */
export type Reason =
  | 'not-json'
  /** JSON, and no message of JSON-RPC: no object, without a method, or with an id that is neither text nor number. */
  | 'invalid-request'
  | 'line-too-long'
  | 'hello-first'
  | 'client-too-old'
  | 'client-too-new'
  | 'too-many-connections'
  | 'unknown-method'
  | 'invalid-params'
  /** This instance does not offer it: `on` in a headless one, for example. */
  | 'not-offered'
  | 'no-such-server'
  /** No sign-in waits for that address. */
  | 'no-such-sign-in'
  /** The instance is switched off. */
  | 'off'
  /** The settings are faulty, or cannot be had. */
  | 'settings-refused'
  | 'internal';

/** An error that is the answer to a request. */
export class ControlFault extends Error {
  override readonly name = 'ControlFault';
  readonly code: number;
  /** A reason that only a newer version gives passes as it is. */
  readonly reason: Reason | (string & {});
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: number, reason: string, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.data = data;
  }
}

/** Bytes of one line from a client: settings of 256 servers fit. */
export const REQUEST_LINE_LIMIT = 4 * 1024 * 1024;
/** Bytes of one line from an instance: a snapshot of thousands of tunnels and sessions fits. */
export const ANSWER_LINE_LIMIT = 64 * 1024 * 1024;

export type ControlId = string | number;

/** One message as it came. Members that we do not know are left out. */
export interface Message {
  readonly id: ControlId | null;
  readonly method: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly result: unknown;
  readonly error: Readonly<Record<string, unknown>> | null;
}

/** The message in a line, or what is wrong with it (JSON-RPC 2.0 sections 4 and 5.1). */
export function readMessage(line: Buffer): Message | Extract<Reason, 'not-json' | 'invalid-request'> {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    // No JSON: the caller answers that.
    return 'not-json';
  }
  if (!isObject(value)) return 'invalid-request';
  const { id, method, params, result, error } = value;
  const hasId = typeof id === 'string' || typeof id === 'number';
  const isResponse = method === undefined && (result !== undefined || error !== undefined);
  // An error to what could not be read has the id null; nothing else may.
  if (!isResponse && (typeof method !== 'string' || !(hasId || id === undefined))) return 'invalid-request';
  return {
    id: hasId ? id : null,
    method: typeof method === 'string' ? method : null,
    params: isObject(params) ? params : {},
    result,
    error: isObject(error) ? error : null,
  };
}

export function lineOf(message: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
}

/** The highest number of both ranges; what is wrong with the other side when there is none. */
export function agreeOn(ours: ProtocolRange, theirs: ProtocolRange): number | 'too-old' | 'too-new' {
  if (theirs.max < ours.min) return 'too-old';
  return theirs.min > ours.max ? 'too-new' : Math.min(ours.max, theirs.max);
}

/** `{min, max}` of a hello; a side that names none speaks the first protocol. */
export function rangeIn(value: unknown): ProtocolRange {
  const { min, max } = isObject(value) ? value : {};
  const first = typeof min === 'number' ? min : 1;
  return { min: first, max: typeof max === 'number' ? max : first };
}

const NEWLINE = 0x0a;

/** Lines out of chunks. What follows a line stays bytes until it is asked for: a connection may stop being lines behind one. */
export class LineBuffer {
  #bytes: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #scanned = 0;

  /** Bytes that no line has been made of yet. */
  get length(): number {
    return this.#bytes.length;
  }

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** The next whole line without its end; null when there is none. */
  next(): Buffer | null {
    const end = this.#bytes.indexOf(NEWLINE, this.#scanned);
    if (end === -1) {
      this.#scanned = this.#bytes.length;
      return null;
    }
    const line = this.#bytes.subarray(0, end);
    this.#bytes = this.#bytes.subarray(end + 1);
    this.#scanned = 0;
    return line;
  }

  /** All bytes behind the last line; none is kept. */
  take(): Buffer {
    const bytes = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    this.#scanned = 0;
    return bytes;
  }
}
