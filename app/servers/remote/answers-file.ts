import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { codeOf, errnoOf } from '../../base/errno.ts';
import type { Log } from '../../base/log.ts';
import { isObject } from '../../base/schema/index.ts';
import type { JsonObject } from '../../mcp/jsonrpc/index.ts';
import { writeOwnerFile } from '../owner-file.ts';
import type { AnswerMemory, Answers } from './kept-answers.ts';

/** Servers that are remembered; those that were heard of longest ago make room. */
const MOST_SERVERS = 64;

/** Bytes of the file that are read: more was not written here. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Milliseconds for which changes are gathered. */
const GATHER = 1000;

/**
 * What remote servers last said of themselves, over restarts, in a file that only its owner can read. URLs stand in it as digests. A
 * file that cannot be read counts as empty, and one that cannot be written is told of once: both cost no more than what they hold.
 */
export class AnswersFile implements AnswerMemory {
  readonly #path: string;
  readonly #log: Log;
  #known: Map<string, Answers> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isReported = false;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  of(server: string, url: string): Answers | null {
    this.#known ??= this.#read();
    return this.#known.get(keyOf(server, url)) ?? null;
  }

  keep(server: string, url: string, answers: Answers): void {
    this.#known ??= this.#read();
    const key = keyOf(server, url);
    const before = this.#known.get(key);
    // The newest is the last to make room.
    this.#known.delete(key);
    this.#known.set(key, answers);
    if (JSON.stringify(before) === JSON.stringify(answers)) return;
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_SERVERS) break;
      this.#known.delete(oldest);
    }
    this.#timer ??= setTimeout(() => this.flush(), GATHER).unref();
  }

  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    try {
      writeOwnerFile(this.#path, `${JSON.stringify({ answers: Object.fromEntries(this.#known ?? []) })}\n`);
    } catch (error) {
      if (!this.#isReported) {
        this.#log.warn('What remote servers said of themselves cannot be kept', {
          file: this.#path,
          code: errnoOf(error),
        });
      }
      this.#isReported = true;
    }
  }

  #read(): Map<string, Answers> {
    try {
      const text = readFileSync(this.#path, 'utf8');
      const value: unknown = text.length > MOST_BYTES ? null : JSON.parse(text);
      if (!isObject(value) || !isObject(value['answers'])) throw new SyntaxError('no answers');
      const entries = Object.entries(value['answers']).slice(-MOST_SERVERS);
      return new Map(entries.flatMap(([key, answers]) => (isObject(answers) ? [[key, readAnswers(answers)]] : [])));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') {
        const code = error instanceof SyntaxError ? 'damaged' : errnoOf(error);
        this.#log.warn('What remote servers said of themselves cannot be read, and is asked for anew', {
          file: this.#path,
          code,
        });
      }
      return new Map();
    }
  }
}

function readAnswers({ initialize, discover }: JsonObject): Answers {
  const usable = (value: unknown): JsonObject | null =>
    isObject(value) && isObject(value['capabilities']) ? value : null;
  return { initialize: usable(initialize), discover: usable(discover) };
}

/** A URL may hold a secret. */
function keyOf(server: string, url: string): string {
  return `${server} ${createHash('sha256').update(url).digest('hex')}`;
}
