import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  cpuSeconds,
  processesWithArgument,
  processTree,
  residentBytes,
  schedulerSeconds,
} from '../../common/processes.ts';
import { type Command, freePort, Program } from '../../common/program.ts';
import { HttpConnection } from '../client/http-connection.ts';
import { Session } from '../client/session.ts';
import { SseTransport } from '../client/sse-transport.ts';
import { StatelessTransport } from '../client/stateless-transport.ts';
import { StdioTransport } from '../client/stdio-transport.ts';
import { StreamableTransport } from '../client/streamable-transport.ts';
import type { Transport, TransportEvents } from '../client/transport.ts';
import type { BridgeSubject, Era, Wire } from './subject.ts';

const FIXTURE = fileURLToPath(new URL('../fixture/server.js', import.meta.url));

/** A bridge that runs in front of the fixture, or (wire `stdio`) the fixture alone, which every client starts for itself. */
export class Bridge {
  readonly name: string;
  readonly wire: Wire;
  readonly port: number;
  readonly #program: Program | null;
  readonly #server: Command;
  /** A word of the fixture's command line, by which its processes are found wherever they hang. */
  readonly #tag: string;

  private constructor(name: string, wire: Wire, port: number, program: Program | null, server: Command, tag: string) {
    this.name = name;
    this.wire = wire;
    this.port = port;
    this.#program = program;
    this.#server = server;
    this.#tag = tag;
  }

  /** Ready when it answers HTTP, whatever it says. */
  static async start({ name, wire, command }: BridgeSubject, era: Era = 'dual'): Promise<Bridge> {
    const tag = `--bench-${randomUUID()}`;
    const server = { command: process.execPath, args: [FIXTURE, '--era', era, tag] };
    if (!command) return new Bridge(name, wire, 0, null, server, tag);
    const port = await freePort();
    const program = await Program.start(name, command(port, server), () => answersHttp(port));
    return new Bridge(name, wire, port, program, server, tag);
  }

  /** From spawn to the first answer, ms. */
  get startMs(): number {
    return this.#program?.startMs ?? 0;
  }

  get isRunning(): boolean {
    return this.#program?.isRunning ?? true;
  }

  /** A client that has not said anything yet. */
  openSession(): Promise<Session> {
    return Session.over((events) => this.#transport(events));
  }

  /** A client that has shaken hands. */
  async connect(): Promise<Session> {
    const session = await this.openSession();
    await session.initialize();
    await session.confirm();
    return session;
  }

  /** The same at another address of Streamable HTTP; at the one that all servers share a tool bears its server's name. */
  async connectTo(path: string): Promise<Session> {
    const session = await Session.over(async (events) => new StreamableTransport(this.port, path, events));
    await session.initialize();
    await session.confirm();
    return session;
  }

  /** Living processes of the fixture that belong to this bridge. */
  children(): readonly number[] {
    return processesWithArgument(this.#tag).filter((pid) => pid !== this.#program?.pid);
  }

  /** CPU seconds of the bridge itself so far, its children left out. */
  cpuSeconds(): number {
    return cpuSeconds(this.#ownProcesses());
  }

  /** The same of the bridge's first process alone, exact enough for blocks of some milliseconds. */
  exactCpuSeconds(): number {
    return this.#program === null ? 0 : schedulerSeconds(this.#program.pid);
  }

  /** Resident memory of the bridge itself, bytes, its children left out. */
  residentBytes(): number {
    return residentBytes(this.#ownProcesses());
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  #ownProcesses(): readonly number[] {
    if (!this.#program) return [];
    const children = this.children();
    return processTree(this.#program.pid).filter((pid) => !children.includes(pid));
  }

  async #transport(events: TransportEvents): Promise<Transport> {
    switch (this.wire) {
      case 'stdio':
        return new StdioTransport(this.#server, events);
      case 'SSE':
        return SseTransport.open(this.port, '/sse', events);
      case '/mcp':
        return new StreamableTransport(this.port, '/mcp', events);
      case 'stateless':
        return new StatelessTransport(this.port, '/mcp', events);
      default:
        return this.wire satisfies never;
    }
  }
}

/** Whether something answers HTTP there, whatever it says. */
export async function answersHttp(port: number): Promise<boolean> {
  const connection = new HttpConnection(port);
  try {
    await connection.exchange({ method: 'GET', path: '/', headers: {} }, { chunk: () => undefined });
    return true;
  } catch {
    // Not listening yet: asked again by the caller, who has the deadline.
    return false;
  } finally {
    connection.destroy();
  }
}
