import { type IncomingMessage, type ClientRequest as NodeRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type * as Electron from 'electron';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';

/** Chromium's names for what Node reports. */
const NET_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'ERR_CONNECTION_REFUSED',
  ECONNRESET: 'ERR_EMPTY_RESPONSE',
  ENOTFOUND: 'ERR_NAME_NOT_RESOLVED',
  ETIMEDOUT: 'ERR_CONNECTION_TIMED_OUT',
};
const MOST_REDIRECTS = 20;

type Options = Electron.ClientRequestConstructorOptions;

/** A request over Node's HTTP client, with the events of Chromium's: no `socket`, and redirects that are told of before they are followed. */
export class ClientRequest
  extends DeclaredEmitter
  implements Like<Electron.ClientRequest, 'abort' | 'setHeader' | 'followRedirect'>
{
  readonly #redirect: NonNullable<Options['redirect']>;
  readonly #headers = new Map<string, string | readonly string[]>();
  readonly #method: string;
  #url: string;
  #outgoing: NodeRequest | null = null;
  #redirects = 0;
  #isAborted = false;
  #isFollowing = false;

  constructor(options: Options | string) {
    super('ClientRequest');
    const { url, protocol, hostname, port, path, method, headers, redirect } =
      typeof options === 'string' ? ({ url: options } as Options) : options;
    const authority = port === undefined ? hostname : `${hostname}:${port}`;
    this.#url = url ?? `${protocol ?? 'http:'}//${authority}${path ?? '/'}`;
    this.#method = method ?? 'GET';
    this.#redirect = redirect ?? 'follow';
    for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, value);
  }

  setHeader(name: string, value: string | readonly string[]): void {
    this.#headers.set(name, value);
  }

  end(): this {
    this.#send();
    this.fire('finish');
    return this;
  }

  /** Electron tells of it, and of no error. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#outgoing?.destroy();
    setImmediate(() => {
      this.fire('abort');
      this.fire('close');
    });
  }

  followRedirect(): void {
    this.#isFollowing = true;
  }

  #send(): void {
    const send = this.#url.startsWith('https:') ? requestHttps : requestHttp;
    const headers = Object.fromEntries(
      [...this.#headers].map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    );
    const outgoing = send(this.#url, { method: this.#method, headers, agent: false }, (incoming) =>
      this.#receive(incoming),
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#isAborted) this.#fail(`net::${NET_ERRORS[error.code ?? ''] ?? 'ERR_FAILED'}`);
    });
    outgoing.end();
    this.#outgoing = outgoing;
  }

  #receive(incoming: IncomingMessage): void {
    const { statusCode = 0, headers } = incoming;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
      incoming.once('close', () => this.fire('close'));
      this.fire('response', incoming);
      return;
    }
    incoming.resume();
    if (this.#redirect === 'error') return this.#fail('Attempted to redirect, but redirect policy was error');
    this.#isFollowing = this.#redirect === 'follow';
    this.#redirects++;
    const next = new URL(headers.location, this.#url).href;
    this.fire('redirect', statusCode, this.#method, next, headers);
    if (this.#isAborted) return;
    if (!this.#isFollowing) return this.#fail('Redirect was cancelled');
    if (this.#redirects > MOST_REDIRECTS) return this.#fail('net::ERR_TOO_MANY_REDIRECTS');
    this.#url = next;
    this.#send();
  }

  #fail(message: string): void {
    this.#isAborted = true;
    this.fire('error', new Error(message));
    this.fire('close');
  }
}

refuseOtherMembers(ClientRequest.prototype, 'ClientRequest');

export const net = refuseOtherMembers(
  {
    request: (options: Options | string) => new ClientRequest(options),
    isOnline: () => true,
  },
  'Net',
);
