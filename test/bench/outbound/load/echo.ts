import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { closeTunnel, openTunnel, type Path } from './tunnel.ts';

const PING = Buffer.alloc(64, 'p');
const ANSWER_WITHIN_MS = 5_000;

/** A tunnel in which one small message at a time goes to the origin and comes back. */
export class EchoTunnel {
  #socket: Socket | null = null;
  #missing = 0;
  #answered: (() => void) | null = null;

  static async open(path: Path): Promise<EchoTunnel> {
    const echo = new EchoTunnel();
    echo.#socket = await openTunnel(path, 'echo', (chunk) => echo.#receive(chunk.length));
    return echo;
  }

  /** One exchange. Rejects when the answer takes more than 5 s or the tunnel breaks. */
  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('no answer in the tunnel'));
      const deadline = setTimeout(fail, ANSWER_WITHIN_MS);
      this.#socket?.once('close', fail);
      this.#missing = PING.length;
      this.#answered = () => {
        clearTimeout(deadline);
        this.#socket?.off('close', fail);
        resolve();
      };
      this.#socket?.write(PING);
    });
  }

  /** Round-trip times, ms, of exchanges one after the other for `windowMs`. */
  async pingFor(windowMs: number): Promise<readonly number[]> {
    const laps: number[] = [];
    const end = performance.now() + windowMs;
    for (let before = performance.now(); before < end; ) {
      await this.ping();
      const after = performance.now();
      laps.push(after - before);
      before = after;
    }
    return laps;
  }

  async close(): Promise<void> {
    if (this.#socket) await closeTunnel(this.#socket);
  }

  #receive(length: number): void {
    this.#missing -= length;
    if (this.#missing <= 0) this.#answered?.();
  }
}
