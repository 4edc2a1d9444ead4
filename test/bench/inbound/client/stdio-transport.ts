import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { endWithUs } from '../../common/end-with-us.ts';
import type { Command } from '../../common/program.ts';
import { encode, type OutgoingMessage, type Transport, type TransportEvents } from './transport.ts';

/** The server itself, started here and spoken to over its pipes: the floor under every bridge. */
export class StdioTransport implements Transport {
  readonly answersOnExchange = false;
  readonly comments = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;

  constructor({ command, args, env }: Command, events: TransportEvents) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    endWithUs(this.#child);
    const decoder = new StringDecoder('utf8');
    let pieces: string[] = [];
    this.#child.stdout.on('data', (chunk: Buffer) => {
      const text = decoder.write(chunk);
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        const line = text.slice(start, end);
        events.message(pieces.length === 0 ? line : pieces.join('') + line);
        pieces = [];
        start = end + 1;
      }
      if (start < text.length) pieces.push(text.slice(start));
    });
    // A pipe that breaks is followed by the exit, which is the news.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('exit', () => events.closed('child exited'));
  }

  /** Of the program that was started; 0 where it could not be. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(message: OutgoingMessage): Promise<void> {
    this.#child.stdin.write(`${encode(message)}\n`);
    return Promise.resolve();
  }

  stall(): void {
    this.#child.stdout.pause();
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
  }

  vanish(): void {
    this.#child.kill('SIGKILL');
  }
}
