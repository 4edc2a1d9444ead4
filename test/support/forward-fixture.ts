import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type ForwardProxy, type ForwardProxyOptions, startForwardProxy } from './forward-proxy.ts';
import { type RawMessage, type RawPeer, rawClient, ScriptedOrigin } from './raw-http.ts';

/** A request that has arrived at the origin, with both ends of its way. */
export interface Arrived {
  readonly client: RawPeer;
  readonly peer: RawPeer;
  readonly request: RawMessage;
}

/** One proxy for a file of tests, and a fresh origin and fresh clients for each test. */
export class ForwardFixture {
  readonly #options: ForwardProxyOptions;
  readonly #clients: RawPeer[] = [];
  #proxy: ForwardProxy | null = null;
  #origin: ScriptedOrigin | null = null;

  constructor(options: ForwardProxyOptions = {}) {
    this.#options = options;
    beforeAll(async () => {
      this.#proxy = await startForwardProxy(this.#options);
    });
    beforeEach(async () => {
      this.#origin = await ScriptedOrigin.start();
    });
    afterEach(async () => {
      for (const client of this.#clients.splice(0)) client.destroy();
      await this.#origin?.stop();
    });
    afterAll(() => this.#proxy?.stop());
  }

  get proxy(): ForwardProxy {
    if (this.#proxy === null) throw new Error('the proxy runs only during tests');
    return this.#proxy;
  }

  get origin(): ScriptedOrigin {
    if (this.#origin === null) throw new Error('the origin runs only during tests');
    return this.#origin;
  }

  /** `http://` and the authority of the origin. */
  get url(): string {
    return `http://${this.origin.authority}`;
  }

  async client(): Promise<RawPeer> {
    const client = await rawClient(this.proxy.port);
    this.#clients.push(client);
    return client;
  }

  /** Sends `text` from a new client and reads the whole request at the origin. */
  async arrive(text: string): Promise<Arrived> {
    const client = await this.client();
    client.write(text);
    const peer = await this.origin.connection();
    return { client, peer, request: await peer.message() };
  }

  /** A GET with these extra field lines, each ended by CR LF. */
  get(fields = '', path = '/'): string {
    return `GET ${this.url}${path} HTTP/1.1\r\nHost: ${this.origin.authority}\r\n${fields}\r\n`;
  }

  /** A GET by a client of HTTP/1.0. */
  oldGet(): string {
    return `GET ${this.url}/ HTTP/1.0\r\n\r\n`;
  }

  /** One more exchange on connections that stand already: what the client gets. */
  async again({ client, peer }: Pick<Arrived, 'client' | 'peer'>, answer = OK): Promise<RawMessage> {
    client.write(this.get());
    await peer.message();
    peer.write(answer);
    return client.message();
  }

  /**
   * The next request comes over another connection, its answer is its own, and `peer` ends. It is not waited for that end:
   * every idle connection ends after a while.
   */
  async renewed(client: RawPeer, peer: RawPeer): Promise<void> {
    const ended = peer.ending().then(() => peer.end());
    client.write(this.get('', '/next'));
    const next = await this.origin.connection();
    expect((await next.message()).start).toBe('GET /next HTTP/1.1');
    next.write(OK);
    expect((await client.message()).body).toBe('ok');
    await ended;
  }

  /** Sends `request`, answers it with exactly `answer`, and reads what the client gets. */
  async exchange(request: string, answer: string): Promise<Arrived & { readonly answer: RawMessage }> {
    const arrived = await this.arrive(request);
    arrived.peer.write(answer);
    return { ...arrived, answer: await arrived.client.message(request.startsWith('HEAD')) };
  }

  /** Sends `text`, which must not reach any origin, and reads what the client gets. */
  async refused(text: string): Promise<{ readonly client: RawPeer; readonly answer: RawMessage }> {
    const client = await this.client();
    client.write(text);
    return { client, answer: await client.message() };
  }
}

/** A short complete answer. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
