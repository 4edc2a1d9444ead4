import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { inject, onTestFinished } from 'vitest';
import type { Message } from './http-client.ts';
import { COMPILED } from './programs.ts';
import { within } from './until.ts';

const HELLO = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

/** Arguments of `connect` for the gateway on this port. */
export function onPort(port: number, ...args: readonly string[]): readonly string[] {
  return [...args, '-p', String(port)];
}

/** `mcp-gangway connect` as a process, and a client in front of it that knows lines of JSON and no more. */
export class LineClient {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Everything that has come, in order. */
  readonly messages: Message[] = [];
  /** The lines as they were. */
  readonly lines: string[] = [];
  err = '';
  readonly #exit: Promise<number | string>;
  /** Who waits for a message. Each message is looked at once: tests have a thousand calls under way, or get 10,000 messages. */
  readonly #waiting = new Map<(message: Message) => boolean, (message: Message) => void>();
  #open = '';
  #lastId = 0;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, [inject('cli'), 'connect', ...args], {
      env: { PATH, HOME: '/nobody', ...COMPILED, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    // A test may go on writing to a process that has ended; one that is killed with input unread resets its pipes.
    for (const pipe of [this.child.stdin, this.child.stdout, this.child.stderr]) pipe.on('error', () => undefined);
    this.#exit = once(this.child, 'close').then(([code, signal]) => code ?? signal);
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.#exit;
    });
  }

  write(text: string | Buffer): void {
    this.child.stdin.write(text);
  }

  send(message: object): void {
    this.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  /** Sends a request and resolves with its answer. */
  async call(method: string, params: object = {}): Promise<Message> {
    const id = ++this.#lastId;
    this.send({ id, method, params });
    return this.answerTo(id);
  }

  async answerTo(id: number | string): Promise<Message> {
    return this.message((message) => message.id === id && message.method === undefined);
  }

  async message(is: (message: Message) => boolean): Promise<Message> {
    const found = this.messages.find(is);
    if (found !== undefined) return found;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(is, resolve);
    try {
      return await within('the message has come', promise);
    } finally {
      this.#waiting.delete(is);
    }
  }

  async tool(name: string, input: object = {}): Promise<string> {
    const answer = await this.call('tools/call', { name, arguments: input });
    const text = answer.result?.content?.[0]?.text;
    if (text === undefined) throw new Error(`No text in ${JSON.stringify(answer)}`);
    return text;
  }

  async initialize(): Promise<Message> {
    const answer = await this.call('initialize', HELLO);
    this.send({ method: 'notifications/initialized' });
    return answer;
  }

  /** Ends the input; resolves with the exit status, or the signal that ended it. */
  async end(): Promise<number | string> {
    this.child.stdin.end();
    return this.#exit;
  }

  exit(): Promise<number | string> {
    return this.#exit;
  }

  #take(text: string): void {
    if (!text.includes('\n')) {
      this.#open += text;
      return;
    }
    const lines = (this.#open + text).split('\n');
    this.#open = lines.pop() ?? '';
    for (const line of lines) {
      const message: Message = JSON.parse(line);
      this.lines.push(line);
      this.messages.push(message);
      for (const [is, resolve] of this.#waiting) {
        if (!is(message)) continue;
        this.#waiting.delete(is);
        resolve(message);
      }
    }
  }
}
