import { HttpConnection, type HttpHead, type HttpReceiver, type HttpRequest } from './http-connection.ts';

/** One client's connections to one server: as many as it has exchanges in flight, kept for the next ones. */
export class HttpPool {
  readonly #port: number;
  readonly #all = new Set<HttpConnection>();
  #idle: HttpConnection[] = [];
  #stalled = false;

  constructor(port: number) {
    this.#port = port;
  }

  async exchange(request: HttpRequest, receiver: HttpReceiver): Promise<HttpHead> {
    const connection = this.#take();
    if (this.#stalled) connection.pause();
    try {
      const head = await connection.exchange(request, receiver);
      this.#idle.push(connection);
      return head;
    } catch (error) {
      this.#all.delete(connection);
      throw error;
    }
  }

  stall(): void {
    this.#stalled = true;
    for (const connection of this.#all) connection.pause();
  }

  destroy(): void {
    for (const connection of this.#all) connection.destroy();
    this.#all.clear();
    this.#idle = [];
  }

  #take(): HttpConnection {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.isOpen) return idle;
      this.#all.delete(idle);
    }
    const connection = new HttpConnection(this.#port);
    this.#all.add(connection);
    return connection;
  }
}
