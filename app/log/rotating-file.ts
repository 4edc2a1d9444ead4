import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';

/** The name of the `age`-th older file beside `path`: `x.log` becomes `x.1.log`; 0 is `path` itself. */
export function olderName(path: string, age: number): string {
  if (age === 0) return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${age}${ext}`);
}

/**
 * Makes room for a new file at `path`: it and its older ones are renamed one step on, as far as the first gap. Of
 * `files` in all, at least two, the oldest is replaced. Throws the system's error. A failed chain leaves a gap, so
 * trying again costs no older file.
 */
export function rotate(path: string, files: number): void {
  let age = 1;
  while (age < files - 1 && existsSync(olderName(path, age))) age++;
  for (; age > 0; age--) renameSync(olderName(path, age - 1), olderName(path, age));
}

/** A change of the file's state, reported once each. */
export type FileEvent =
  | { readonly kind: 'failed'; readonly reason: Error }
  /** Everything kept meanwhile has been written; `lost` lines did not fit into memory. */
  | { readonly kind: 'recovered'; readonly lost: number }
  /** The file grows beyond its limit because the older ones could not be renamed. */
  | { readonly kind: 'stuck'; readonly reason: Error };

export interface RotatingFileOptions {
  readonly path: string;
  /** Bytes of one file, above which only a single line may lead. */
  readonly maxBytes?: number;
  /** Files kept, the current one included: `x.log`, `x.1.log`, … */
  readonly files?: number;
  /** Bytes of lines kept in memory while the file cannot be written. */
  readonly maxPendingBytes?: number;
  readonly onEvent: (event: FileEvent) => void;
}

/** Lines that wait for the end of the loop turn are written at once above this many bytes. */
const BATCH_BYTES = 256 * 1024;

/** Milliseconds before a failed file is tried again; doubled up to the second figure. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;

const NEWLINE = 0x0a;

/**
 * A log file that rotates between two lines and loses none. Lines of one loop turn leave in one synchronous write, so
 * nothing is under way when the file is renamed, when the process ends, or when it crashes.
 *
 * winston's own File transport writes asynchronously through a stream that it detaches while it rotates; from about
 * 500 lines a turn it drops what arrives in between.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #files: number;
  readonly #maxPendingBytes: number;
  readonly #onEvent: (event: FileEvent) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #turnEnd: NodeJS.Immediate | null = null;
  #open: OpenFile | null = null;
  #failure: Failure | null = null;
  /** Set while renaming fails: the size at which it is tried again. */
  #stuckAt: number | null = null;

  constructor(options: RotatingFileOptions) {
    this.#path = options.path;
    this.#maxBytes = options.maxBytes ?? 5 * 1024 * 1024;
    this.#files = options.files ?? 5;
    this.#maxPendingBytes = options.maxPendingBytes ?? 1024 * 1024;
    this.#onEvent = options.onEvent;
  }

  /** Takes one line without its newline. It is in the file at the end of this loop turn, or after `flush`. */
  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#failure !== null) this.#dropBeyondLimit(this.#failure);
    else if (this.#pendingBytes >= BATCH_BYTES) this.flush();
    else this.#turnEnd ??= setImmediate(() => this.flush());
  }

  /** Writes what waits. Never throws: failures go to `onEvent`. */
  flush(): void {
    if (this.#turnEnd !== null) clearImmediate(this.#turnEnd);
    this.#turnEnd = null;
    try {
      while (this.#pending.length > 0) this.#writeSome();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#recover();
  }

  close(): void {
    this.flush();
    // The word of a recovery comes while the lines before it are being written.
    if (this.#failure === null) this.flush();
    if (this.#failure !== null) clearTimeout(this.#failure.retry);
    this.#failure = null;
    if (this.#open !== null) closeSync(this.#open.descriptor);
    this.#open = null;
  }

  /** Writes as many waiting lines as the file still holds, or rotates it to make room. */
  #writeSome(): void {
    const file = this.#current();
    let count = 0;
    let bytes = 0;
    for (const line of this.#pending) {
      if (file.size + bytes + line.length > (this.#stuckAt ?? this.#maxBytes) && file.size + bytes > 0) break;
      count++;
      bytes += line.length;
    }
    if (count === 0) this.#rotate(file);
    else this.#append(file, count, bytes);
  }

  /**
   * A full disk may take a part of the batch. The lines that went in whole are done; the torn one is cut off again,
   * so that the next attempt does not append to half a line.
   */
  #append(file: OpenFile, count: number, bytes: number): void {
    const batch = Buffer.concat(this.#pending.slice(0, count), bytes);
    let written = 0;
    try {
      while (written < bytes) written += writeSync(file.descriptor, batch, written);
    } catch (error) {
      const whole = batch.subarray(0, written).lastIndexOf(NEWLINE) + 1;
      if (written > whole) ftruncateSync(file.descriptor, file.size + whole);
      this.#forget(this.#linesIn(whole), whole);
      throw error;
    }
    file.size += bytes;
    this.#forget(count, bytes);
  }

  #linesIn(bytes: number): number {
    let lines = 0;
    for (let sum = 0; sum < bytes; lines++) sum += this.#pending[lines]?.length ?? bytes;
    return lines;
  }

  #forget(lines: number, bytes: number): void {
    this.#pending = this.#pending.slice(lines);
    this.#pendingBytes -= bytes;
  }

  /** The open file, opened anew if the path was removed or renamed meanwhile. */
  #current(): OpenFile {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (this.#open !== null) {
      if (found !== undefined && found.ino === this.#open.inode && found.dev === this.#open.device) {
        this.#open.size = found.size;
        return this.#open;
      }
      closeSync(this.#open.descriptor);
      this.#open = null;
    }
    makeFolder(dirname(this.#path));
    this.#open = openForAppending(this.#path);
    return this.#open;
  }

  #rotate(file: OpenFile): void {
    // Windows renames no file that is open.
    closeSync(file.descriptor);
    this.#open = null;
    try {
      rotate(this.#path, this.#files);
      this.#stuckAt = null;
    } catch (error) {
      if (this.#stuckAt === null) this.#onEvent({ kind: 'stuck', reason: asError(error) });
      this.#stuckAt = file.size + this.#maxBytes;
    }
  }

  #fail(reason: unknown): void {
    const previous = this.#failure;
    const delay = previous === null ? FIRST_RETRY : Math.min(previous.delay * 2, LAST_RETRY);
    if (previous !== null) clearTimeout(previous.retry);
    const retry = setTimeout(() => this.flush(), delay).unref();
    this.#failure = { delay, retry, lost: previous?.lost ?? 0 };
    this.#dropBeyondLimit(this.#failure);
    if (previous === null) this.#onEvent({ kind: 'failed', reason: asError(reason) });
  }

  #recover(): void {
    if (this.#failure === null) return;
    const { lost, retry } = this.#failure;
    clearTimeout(retry);
    this.#failure = null;
    this.#onEvent({ kind: 'recovered', lost });
  }

  #dropBeyondLimit(failure: Failure): void {
    let dropped = 0;
    while (this.#pendingBytes > this.#maxPendingBytes) {
      this.#pendingBytes -= this.#pending[dropped]?.length ?? 0;
      dropped++;
    }
    if (dropped === 0) return;
    this.#pending = this.#pending.slice(dropped);
    failure.lost += dropped;
  }
}

interface OpenFile {
  readonly descriptor: number;
  readonly inode: number;
  readonly device: number;
  size: number;
}

interface Failure {
  readonly delay: number;
  readonly retry: NodeJS.Timeout;
  lost: number;
}

/** Readable by its owner alone: a log names the machines its owner talks to. */
function openForAppending(path: string): OpenFile {
  const descriptor = openSync(path, 'a+', 0o600);
  const found = fstatSync(descriptor);
  const file = { descriptor, inode: found.ino, device: found.dev, size: found.size };
  if (found.isFile() && found.size > 0 && lastByte(descriptor, found.size) !== NEWLINE) {
    // A crash of the machine tore the last line; without this it would take the next one with it.
    file.size += writeSync(descriptor, '\n');
  }
  return file;
}

function lastByte(descriptor: number, size: number): number | undefined {
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, size - 1);
  return byte[0];
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
