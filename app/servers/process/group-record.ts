import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { endLeftBehind } from './left-behind.ts';
import { currentBoot, ownStart, startOfChild } from './process-table.ts';
import { GRACES } from './shutdown.ts';

/** Lines after which the file is written anew with what still holds. */
const COMPACT_AFTER = 500;

/** The first line of a record: whose it is. */
export interface RecordOwner {
  readonly version: 1;
  readonly pid: number;
  readonly start: number;
  readonly boot: string;
}

/** A process group that was begun; `start` is that of its first process. */
export interface RecordedGroup {
  readonly group: number;
  readonly start: number;
  readonly server: string;
}

/** The folder of the records, in the folder where the app keeps its data. */
export function recordsFolder(appData: string): string {
  return join(appData, 'children');
}

/**
 * A file with the process groups of this gateway, for the next one: should this process be killed, its children may not notice.
 * One line of JSON an event, appended before anything else is done with the child, so that a crash costs at most a torn last line;
 * readable by this user alone. It is gone while there are no children. What cannot be written is logged once and done without.
 */
export class GroupRecord {
  /** Made for the first child: an idle gateway does without node:crypto. */
  #mark: string | null = null;
  readonly #folder: string;
  readonly #log: Log;
  readonly #groups = new Map<number, RecordedGroup>();
  /** Null until the system has said who we are, and where it does not. */
  #owner: RecordOwner | null = null;
  #lines = 0;
  #failed = false;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** The value of `MARK` in the environment of every child. */
  get mark(): string {
    this.#mark ??= randomUUID();
    return this.#mark;
  }

  /**
   * Begins to write down, children that were started already among it, and ends what killed gateways have left behind.
   * Resolves when that is gone; never rejects.
   */
  async open(): Promise<void> {
    this.#owner ??= await self();
    if (this.#groups.size > 0) this.#rewrite();
    await endLeftBehind(this.#folder, GRACES.terminate, this.#log);
  }

  /** A child was started at the head of a group. */
  began(group: number, server: string): void {
    const start = startOfChild(group);
    if (start === null) return;
    const recorded = { group, start, server };
    this.#groups.set(group, recorded);
    if (this.#owner === null) return;
    if (this.#lines === 0) this.#rewrite();
    else this.#append(recorded);
  }

  /** No process of the group is left. */
  ended(group: number): void {
    if (!this.#groups.delete(group) || this.#owner === null) return;
    if (this.#groups.size === 0) this.#remove();
    else if (this.#lines > COMPACT_AFTER + this.#groups.size) this.#rewrite();
    else this.#append({ ended: group });
  }

  get #file(): string {
    return join(this.#folder, `${process.pid}.${this.mark}.jsonl`);
  }

  #append(line: object): void {
    this.#lines++;
    this.#attempt(() => appendFileSync(this.#file, `${JSON.stringify(line)}\n`, { mode: 0o600 }));
  }

  #rewrite(): void {
    if (this.#owner === null) return;
    const lines = [this.#owner, ...this.#groups.values()].map((line) => `${JSON.stringify(line)}\n`);
    this.#lines = lines.length;
    this.#attempt(() => {
      makeFolder(this.#folder, 0o700);
      chmodSync(this.#folder, 0o700);
      const draft = join(this.#folder, `.${process.pid}.${this.mark}.draft`);
      writeFileSync(draft, lines.join(''), { mode: 0o600 });
      renameSync(draft, this.#file);
    });
  }

  #remove(): void {
    this.#lines = 0;
    this.#attempt(() => rmSync(this.#file, { force: true }));
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#failed) {
        this.#log.info(
          'The processes of MCP servers cannot be written down; after a crash of ours they may be left behind',
          {
            folder: this.#folder,
            error: String(error),
          },
        );
      }
      this.#failed = true;
    }
  }
}

async function self(): Promise<RecordOwner | null> {
  try {
    const [boot, start] = await Promise.all([currentBoot(), ownStart()]);
    return boot === null || start === null ? null : { version: 1, pid: process.pid, start, boot };
  } catch {
    // Without knowing who we are nothing is written down, since a record must not be taken for a dead gateway's.
    return null;
  }
}
