import type { Clock } from '../../app/base/clock.ts';
import type { ModernRequest, Reply, ReplyWatcher } from '../../app/bridge/translate/index.ts';
import { readEnvelope } from '../../app/mcp/index.ts';
import { type Frame, frameFrom } from '../../app/mcp/jsonrpc/index.ts';

/** A JSON-RPC message as a test reads it. */
export interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export function message(json: Buffer): Message {
  return JSON.parse(json.toString());
}

export function frame(content: object): Frame {
  const found = frameFrom(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...content })));
  if (found === null) throw new Error('The test has written something that is no frame.');
  return found;
}

/** A client that remembers what it was told. */
export class RecordedReply implements Reply {
  readonly notifications: Message[] = [];
  readonly responses: { readonly message: Message; readonly status: number }[] = [];
  watcher: ReplyWatcher | null = null;

  notify(json: Buffer): void {
    this.notifications.push(message(json));
  }

  respond(json: Buffer, status: number): void {
    this.responses.push({ message: message(json), status });
  }

  watch(watcher: ReplyWatcher): void {
    this.watcher = watcher;
  }

  get only(): Message {
    const [first, ...rest] = this.responses;
    if (first === undefined || rest.length > 0) throw new Error(`There are ${this.responses.length} responses.`);
    return first.message;
  }
}

/** Time that passes when the test says so. */
export class TestClock implements Clock {
  #now = 1_000_000;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    // What is due may set what is due at once.
    for (let next = this.#due(); next !== undefined; next = this.#due()) {
      this.#timers = this.#timers.filter((other) => other !== next);
      next.run();
    }
  }

  #due() {
    return this.#timers.find(({ at }) => at <= this.#now);
  }
}

export interface RequestOptions {
  readonly id?: string | number;
  readonly capabilities?: object;
  readonly principal?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** A modern request that has passed the gate. */
export function modernRequest(method: string, params: object = {}, options: RequestOptions = {}): ModernRequest {
  const { id = 1, capabilities = { elicitation: {}, sampling: {}, roots: {} }, principal = 'local', meta } = options;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    ...meta,
  };
  const whole = { ...params, _meta };
  const reading = readEnvelope(whole);
  if (reading.kind === 'fault') throw new Error(`The test has written a bad ${reading.key}.`);
  const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params: whole }));
  const idText = Buffer.from(JSON.stringify(id));
  return {
    idText,
    method,
    params: whole,
    bytes,
    envelope: reading.envelope,
    principal,
    via: undefined,
    aboutName: false,
  };
}
