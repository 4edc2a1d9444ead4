import type { ResponseHead } from '../../../dial/http/index.ts';
import { Pieces } from '../../../mcp/jsonrpc/index.ts';
import type { RemoteFault } from '../end.ts';
import type { HttpListener, HttpRequest, SentRequest } from '../request.ts';
import { type Challenge, challengeIn } from './challenge.ts';

/** Has the token of a server, and gets another one where that can be done without a person. */
export interface Authorizer {
  /** The access token for the next request; null for none. Rejects with AuthorizationFault when it is not known for now. */
  token(): string | null | Promise<string | null>;
  /** A request with this token was refused. Resolves with whether it may be sent again, with another token. */
  refused(refusal: Refusal): Promise<boolean>;
  /** A request was not refused. Called for every one. */
  accepted(): void;
}

export interface Refusal {
  readonly status: number;
  readonly challenge: Challenge;
  readonly token: string | null;
  /** Whether it had been sent again already: then it is not a third time. */
  readonly isAgain: boolean;
}

/** What keeps a request from being sent. */
export class AuthorizationFault extends Error {
  override readonly name = 'AuthorizationFault';
  readonly fault: RemoteFault;

  constructor(fault: RemoteFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** Bytes kept of the content of a refusal, which is the caller's to read where it stays one. */
const KEPT_BYTES = 64 * 1024;

interface Refused {
  readonly head: ResponseHead;
  readonly url: URL;
  readonly content: Pieces;
}

/**
 * One request with the access token of its server. Where it is refused for the token, it is sent once more with another one; its
 * listener hears of one answer.
 */
export class AuthorizedRequest implements SentRequest {
  readonly #authorizer: Authorizer;
  readonly #send: (request: HttpRequest, listener: HttpListener) => SentRequest;
  readonly #request: HttpRequest;
  readonly #listener: HttpListener;
  #sent: SentRequest | null = null;
  #refused: Refused | null = null;
  #isAgain = false;
  #isPaused = false;
  #isDone = false;

  constructor(
    authorizer: Authorizer,
    send: (request: HttpRequest, listener: HttpListener) => SentRequest,
    request: HttpRequest,
    listener: HttpListener,
  ) {
    this.#authorizer = authorizer;
    this.#send = send;
    this.#request = request;
    this.#listener = listener;
  }

  start(): void {
    const token = this.#authorizer.token();
    if (!(token instanceof Promise)) return this.#begin(token);
    token.then(
      (known) => this.#begin(known),
      (error: unknown) => this.#fail(error),
    );
  }

  pause(): void {
    this.#isPaused = true;
    this.#sent?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#sent?.resume();
  }

  abort(): void {
    this.#isDone = true;
    this.#sent?.abort();
  }

  #begin(token: string | null): void {
    if (this.#isDone) return;
    const { fields } = this.#request;
    const authorized = token === null ? fields : [...fields, 'Authorization', `Bearer ${token}`];
    const listener = this.#listener;
    this.#sent = this.#send(
      { ...this.#request, fields: authorized },
      {
        head: (head, url) => this.#head(head, url),
        content: (bytes) => this.#content(bytes),
        complete: () => {
          if (this.#refused === null) listener.complete();
          else void this.#judge(this.#refused, token);
        },
        failed: (fault) => {
          this.#tellRefused();
          listener.failed(fault);
        },
        sent: () => listener.sent?.(),
      },
    );
    if (this.#isPaused) this.#sent.pause();
  }

  #head(head: ResponseHead, url: URL): void {
    const isRefused = head.status === 401 || (head.status === 403 && wantsScope(challengeIn(head)));
    if (isRefused) {
      this.#refused = { head, url, content: new Pieces() };
      // The listener may have paused for what is to come; a refusal is read to its end.
      this.#sent?.resume();
      return;
    }
    this.#authorizer.accepted();
    this.#listener.head(head, url);
  }

  #content(bytes: Buffer): void {
    const refused = this.#refused;
    if (refused === null) return this.#listener.content(bytes);
    if (refused.content.bytes + bytes.length <= KEPT_BYTES) refused.content.push(bytes, true);
  }

  async #judge(refused: Refused, token: string | null): Promise<void> {
    const { status } = refused.head;
    const refusal = { status, challenge: challengeIn(refused.head), token, isAgain: this.#isAgain };
    let isWorthAnother: boolean;
    try {
      isWorthAnother = await this.#authorizer.refused(refusal);
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#isDone) return;
    if (isWorthAnother && !this.#isAgain) {
      this.#isAgain = true;
      this.#refused = null;
      return this.start();
    }
    this.#tellRefused();
    this.#listener.complete();
  }

  /** The refusal is the answer. */
  #tellRefused(): void {
    const refused = this.#refused;
    if (refused === null) return;
    this.#refused = null;
    this.#listener.head(refused.head, refused.url);
    if (refused.content.bytes > 0) this.#listener.content(refused.content.join());
  }

  #fail(error: unknown): void {
    if (!(error instanceof AuthorizationFault)) throw error;
    if (this.#isDone) return;
    this.#isDone = true;
    this.#listener.failed(error.fault);
  }
}

/** RFC 6750 section 3.1; MCP 2026-07-28 basic/authorization, Scope Challenge Handling. */
function wantsScope({ error }: Challenge): boolean {
  return error === 'insufficient_scope';
}
