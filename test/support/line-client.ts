import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { inject, onTestFinished } from 'vitest';
import type { Message } from './http-client.ts';
import { until } from './until.ts';

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
  #open = '';
  #lastId = 0;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, [inject('cli'), 'connect', ...args], {
      env: { PATH, HOME: '/nobody', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    // A test may go on writing to a process that has ended.
    this.child.stdin.on('error', () => undefined);
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
    await until('the message has come', () => this.messages.some(is));
    const found = this.messages.find(is);
    if (found === undefined) throw new Error('it was there a moment ago');
    return found;
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
    const lines = (this.#open + text).split('\n');
    this.#open = lines.pop() ?? '';
    for (const line of lines) {
      this.lines.push(line);
      this.messages.push(JSON.parse(line));
    }
  }
}
