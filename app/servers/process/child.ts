import { BoundedWarnings } from '../../base/line-budget.ts';
import type { Text } from '../../i18n/index.ts';
import { type Log, launchSecrets, Redactor } from '../../log/index.ts';
import {
  CODE,
  errorFrame,
  escapeSeparators,
  type Frame,
  type FrameHead,
  LineSplitter,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import type { CommandFault } from '../../platform/shell/index.ts';
import type { Peer, PeerListener } from '../peer.ts';
import { type ChildEnd, cleanFault } from './failure.ts';
import type { GroupRecord } from './group-record.ts';
import { MARK } from './process-table.ts';
import { type Graces, Shutdown, whenDrained } from './shutdown.ts';
import { type ChildPlan, type ChildProcess, foreignAfterAll, refusal, start } from './start.ts';
import { StderrTail } from './stderr-tail.ts';

/** The error that stands in for a line over the limit: for the client when it was an answer, for the server when it was a request. */
function oversizedAnswer(head: FrameHead, bytes: number, limit: number, text: Text): ResponseFrame | null {
  if (head.kind === 'notification') return null;
  const { answerTooLong, requestTooLong } = text.servers;
  const message = head.kind === 'response' ? answerTooLong(bytes, limit) : requestTooLong(bytes, limit);
  return errorFrame(head.id, { code: CODE.internalError, message, data: { bytes, limit } });
}

/** Bytes up to which messages are copied into one piece; longer ones are handed to the system as they are. */
const COPIED_BYTES = 64 * 1024;

/** Bytes from which on a child that has not taken them yet counts as slow. */
const GATHERED_BYTES = 64 * 1024;

/** Characters that are shown of a line that is no message. */
const GARBAGE_SHOWN = 200;

/** Bytes looked at for them, so that a secret is recognized although it ends behind the last character shown. */
const GARBAGE_LOOK_AHEAD = 4096;

/** Milliseconds in which a child that was told nothing may still have been starting. */
const STARTING = 5000;

const LINE_BREAK = Buffer.from('\n');

/** Sums of what passed the pipes of a server's children, in bytes. */
export interface Traffic {
  toChildren: number;
  fromChildren: number;
}

export interface ChildOptions {
  /** The server's. */
  readonly name: string;
  readonly log: Log;
  readonly text: () => Text;
  /** Bytes of the longest line taken. */
  readonly lineLimit: () => number;
  readonly traffic: Traffic;
  readonly graces: Graces;
  /** Where its process group is written down for the start after a crash; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** The child is on its way out, by our wish or because a pipe broke; may be called more than once, before `ended`. */
  readonly leaving: () => void;
  /** Called once, when the process is gone or could not be started, just before the listener hears of it. */
  readonly ended: (end: ChildEnd) => void;
  /** Called once, when it is told its first message. */
  readonly asked?: () => void;
  /** Called once, when it has said its first message: it has started. */
  readonly answered?: () => void;
}

/**
 * One spawned MCP server and its pipes: stdin and stdout carry frames, stderr goes to the log. The child is there before
 * its process: what is written early waits for it, and a command that cannot be run is an end like any other.
 */
export class Child implements Peer {
  /** Milliseconds since the epoch. */
  readonly startedAt = Date.now();
  /** When the process was started, on the monotonic clock; null before. */
  #spawned: number | null = null;
  /** Its age when it was told something first. */
  #askedAt = Number.POSITIVE_INFINITY;
  #startTook: number | null = null;
  readonly #options: ChildOptions;
  /** Knows what the child is started with, and so what it may let slip. */
  readonly #redactor = new Redactor();
  readonly #stderr: StderrTail;
  readonly #splitter: LineSplitter;
  readonly #garbage: BoundedWarnings;
  readonly #settled = Promise.withResolvers<void>();
  #process: ChildProcess | null = null;
  #shutdown: Shutdown | null = null;
  /** Messages of this turn of the event loop, or from before there was a process. */
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #listener: PeerListener | null = null;
  #asked = false;
  #answered = false;
  #awaited = false;
  #end: ChildEnd | null = null;
  readonly #flushing = () => this.#flush();

  constructor(plan: ChildPlan | Promise<ChildPlan>, options: ChildOptions) {
    this.#options = options;
    this.#stderr = new StderrTail({
      log: options.log,
      name: options.name,
      redactor: this.#redactor,
      between: (lines) => options.text().servers.linesBetween(lines),
    });
    this.#garbage = new BoundedWarnings(options.log);
    this.#splitter = new LineSplitter(options.lineLimit, {
      garbage: (line) => this.#logGarbage(line),
      oversized: (bytes, head) => this.#refuseLine(bytes, head),
    });
    if (plan instanceof Promise) void plan.then((ready) => this.#start(ready));
    else this.#start(plan);
  }

  /** Null before the process exists, and when there never was one. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Milliseconds since the process was started, whatever was done to the time of day; 0 before. */
  get age(): number {
    return this.#spawned === null ? 0 : performance.now() - this.#spawned;
  }

  /**
   * Milliseconds from its start to its first answer, or to its end instead of one. Null before, and where it was not told
   * anything while it may have been starting.
   */
  get startTook(): number | null {
    return this.#startTook;
  }

  /** Its age when it was told something first, in milliseconds; null before. */
  get askedAt(): number | null {
    return Number.isFinite(this.#askedAt) ? this.#askedAt : null;
  }

  get end(): ChildEnd | null {
    return this.#end;
  }

  /** Whether it has said anything. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether it was told something, and has said nothing so far. */
  get awaited(): boolean {
    return this.#awaited && !this.#answered && this.#end === null;
  }

  /** The last line it wrote to stderr, without secrets; empty if there is none. */
  get lastLine(): string {
    return this.#stderr.lines().at(-1) ?? '';
  }

  get congested(): boolean {
    return this.#gatheredBytes >= GATHERED_BYTES || (this.#process?.stdin.writableNeedDrain ?? false);
  }

  /** Bytes of messages that the server has not taken yet. */
  get waiting(): number {
    return this.#gatheredBytes + (this.#process?.stdin.writableLength ?? 0);
  }

  write(json: Buffer): void {
    if (this.#end !== null) return;
    if (!this.#awaited) {
      this.#askedAt = this.age;
      this.#awaited = true;
      this.#options.asked?.();
    }
    if (this.#gathered.length === 0 && this.#process !== null) setImmediate(this.#flushing);
    const line = escapeSeparators(json);
    this.#gathered.push(line, LINE_BREAK);
    this.#gatheredBytes += line.length + 1;
  }

  listen(listener: PeerListener): void {
    this.#listener = listener;
    const end = this.#end;
    if (end !== null) setImmediate(() => listener.ended(end));
    else this.#process?.stdout.on('data', this.#onOutput);
  }

  pause(): void {
    if (this.#shutdown === null) this.#process?.stdout.pause();
  }

  resume(): void {
    this.#process?.stdout.resume();
  }

  close(): Promise<void> {
    this.#asked = true;
    if (this.#process === null) {
      if (this.#end === null) this.#fail({ kind: 'refused', command: '', code: 'ECANCELED' });
      return Promise.resolve();
    }
    return this.#leave(this.#process);
  }

  #start(plan: ChildPlan): void {
    if (this.#end !== null) return;
    this.#redactor.protect(launchSecrets(plan));
    const { groups, name } = this.#options;
    const started = start(groups === undefined ? plan : marked(plan, groups.mark));
    if ('fault' in started) {
      // Not at once: the server that made this child has to know it first.
      setImmediate(() => this.#fail(started.fault));
      return;
    }
    const { process } = started;
    process.once('error', (error) => {
      if (process.pid === undefined) this.#fail(refusal(plan, error));
      else this.#options.log.error('Signalling the server failed', { error: error.message });
    });
    if (process.pid === undefined) return;
    this.#spawned = performance.now();
    groups?.began(process.pid, name);
    this.#attach(process, plan);
  }

  #attach(process: ChildProcess, plan: ChildPlan): void {
    this.#process = process;
    process.once('exit', (code, signal) => {
      this.#shutdown ??= this.#newShutdown(process);
      this.#shutdown.exited();
      if (this.#listener === null) process.stdout.resume();
      whenDrained([process.stdout, process.stderr], () => {
        const foreign = this.#answered ? null : foreignAfterAll(plan, code);
        this.#finish(process, foreign === null ? ending(code, signal) : this.#notStarted(foreign));
      });
    });
    process.stderr.setEncoding('utf8').on('data', (text: string) => this.#stderr.push(text));
    // A pipe that breaks is a server that no longer listens, whether or not it still runs. Nothing can be asked of it any more.
    process.stdin.on('error', (error) => {
      this.#options.log.debug('The server closed its input', { error: error.message });
      void this.#leave(process);
    });
    // Likewise one that cannot be heard any more. Those that exit close it, too.
    process.stdout.once('end', () => void this.#leave(process));
    process.stdin.on('drain', () => this.#listener?.drained());
    for (const pipe of [process.stdout, process.stderr]) {
      pipe.on('error', (error) => this.#options.log.warn('Reading from the server failed', { error: error.message }));
    }
    this.#flush();
    if (this.#listener !== null) process.stdout.on('data', this.#onOutput);
  }

  /** Everything of one turn leaves at once: waking the child up costs more than all else on the way to it. */
  #flush(): void {
    const stdin = this.#process?.stdin;
    const pieces = this.#gathered;
    const bytes = this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (stdin === undefined || !stdin.writable || pieces.length === 0) return;
    this.#options.traffic.toChildren += bytes;
    if (bytes <= COPIED_BYTES) {
      stdin.write(Buffer.concat(pieces, bytes));
    } else {
      stdin.cork();
      for (const piece of pieces) stdin.write(piece);
      stdin.uncork();
    }
    if (!stdin.writableNeedDrain) this.#listener?.drained();
  }

  readonly #onOutput = (chunk: Buffer): void => {
    this.#options.traffic.fromChildren += chunk.length;
    const frames = this.#splitter.push(chunk);
    if (frames.length === 0) return;
    if (!this.#answered) {
      this.#timeStart();
      this.#answered = true;
      this.#options.answered?.();
    }
    this.#listener?.frames(frames);
  };

  #timeStart(): void {
    if (this.#askedAt <= STARTING && this.#spawned !== null) this.#startTook = this.age;
  }

  #refuseLine(bytes: number, head: FrameHead | null): Frame | null {
    const limit = this.#options.lineLimit();
    this.#options.log.warn('A line of the server is over the limit and was dropped', { bytes, limit });
    const answer = head === null ? null : oversizedAnswer(head, bytes, limit, this.#options.text());
    if (answer === null || head?.kind === 'response') return answer;
    this.write(answer.bytes);
    return null;
  }

  #logGarbage(line: Buffer): void {
    this.#garbage.warn('The server wrote a line to stdout that is no JSON-RPC message; it was dropped', () => ({
      bytes: line.length,
      text: {
        excerpt: this.#redactor.text(line.toString('utf8', 0, GARBAGE_LOOK_AHEAD)),
        characters: GARBAGE_SHOWN,
      },
    }));
  }

  #newShutdown(process: ChildProcess): Shutdown {
    const shutdown = new Shutdown(process, this.#options.graces, this.#options.log);
    const { pid } = process;
    if (pid !== undefined) void shutdown.gone.then(() => this.#options.groups?.ended(pid));
    return shutdown;
  }

  /** What the server writes while it ends is not read by any client, but it must not block on a full pipe. */
  #leave(process: ChildProcess): Promise<void> {
    if (this.#shutdown === null) {
      this.#shutdown = this.#newShutdown(process);
      this.#shutdown.begin();
      this.#options.leaving();
    }
    if (this.#asked) {
      process.stdout.off('data', this.#onOutput);
      process.stdout.resume();
    }
    return this.#shutdown.gone.then(() => this.#settled.promise);
  }

  #finish(process: ChildProcess, how: Ending): void {
    for (const pipe of [process.stdin, process.stdout, process.stderr]) pipe.destroy();
    // Last words may lack their line break; those of a server that we ended are dropped.
    const last = this.#asked ? [] : this.#splitter.end();
    if (last.length > 0) this.#listener?.frames(last);
    this.#garbage.end(this.#options.name);
    this.#settle(how);
  }

  #fail(fault: CommandFault): void {
    this.#settle(this.#notStarted(fault));
  }

  #notStarted(fault: CommandFault): Ending {
    return { kind: 'not-started', fault: cleanFault(fault, this.#redactor) };
  }

  #settle(how: Ending): void {
    if (this.#end !== null) return;
    const at = Date.now();
    const lived = this.age;
    if (this.awaited && !this.#asked) this.#timeStart();
    this.#stderr.end();
    // Of a program that did not start, these are the words of another one.
    const stderr = how.kind === 'not-started' ? [] : this.#stderr.lines();
    const facts = { at, lived, asked: this.#asked, stderr };
    const end: ChildEnd = { ...how, ...facts };
    this.#end = end;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#settled.resolve();
    this.#options.ended(end);
    this.#listener?.ended(end);
  }
}

type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'not-started'; readonly fault: CommandFault };

function ending(code: number | null, signal: NodeJS.Signals | null): Ending {
  return code === null ? { kind: 'killed', signal: signal ?? 'SIGKILL' } : { kind: 'exited', code };
}

/** The mark tells, after a crash, whose process it is; the processes that it starts inherit it. */
function marked(plan: ChildPlan, mark: string): ChildPlan {
  return { ...plan, env: { ...plan.env, [MARK]: mark } };
}
