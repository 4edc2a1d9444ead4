import { once } from 'node:events';
import winston from 'winston';
import TransportStream from 'winston-transport';
import { stackOf } from '../base/errno.ts';
import { LineBudget, type LineRate } from '../base/line-budget.ts';
import { consoleLine, jsonLine } from './format.ts';
import { type Log, LogEntry, type LogFields, type LogLevel, RANK } from './log.ts';
import { Redactor } from './redact.ts';
import type { RingBuffer } from './ring-buffer.ts';
import { type FileEvent, RotatingFile, type RotatingFileOptions } from './rotating-file.ts';

/** stdout or stderr. */
export interface ConsoleStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The variables that turn colour off. */
export interface ConsoleEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

/**
 * Writes entries for people to `stream`, in colour if it is a terminal and NO_COLOR is not set (https://no-color.org).
 * When the reader closes its end (EPIPE: `mcp-gangway | head`) it stops writing; the process goes on.
 */
function consoleWriter(stream: ConsoleStream, environment: ConsoleEnvironment): (entry: LogEntry) => void {
  const colour = wantsColour(stream, environment);
  let gone = false;
  stream.on('error', () => {
    gone = true;
  });
  return (entry) => {
    if (!gone) stream.write(`${consoleLine(entry, colour)}\n`);
  };
}

/** Whether the stream is a terminal and colour is not turned off. */
export function wantsColour(stream: Pick<ConsoleStream, 'isTTY'>, environment: ConsoleEnvironment): boolean {
  const isOff = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return stream.isTTY === true && !isOff;
}

/**
 * A winston transport that hands each entry to `take` at once. Nothing waits inside winston: when `log()` returns,
 * every destination has the entry, so a crash right behind it loses nothing.
 */
function entryTransport(take: (entry: LogEntry) => void): TransportStream {
  return new TransportStream({
    log(info: { readonly entry?: unknown }, done: () => void) {
      if (info.entry instanceof LogEntry) take(info.entry);
      done();
    },
  });
}

/** What may change while the log is in use. */
export interface LogRules {
  readonly level: LogLevel;
  /** Never to appear, in any spelling: see `secretsOf`. */
  readonly secrets?: readonly string[];
}

export interface LogOptions extends LogRules {
  readonly console?: { readonly stream: ConsoleStream; readonly environment: ConsoleEnvironment };
  readonly file?: Omit<RotatingFileOptions, 'onEvent'>;
  readonly ring?: RingBuffer;
  readonly clock?: () => number;
}

/** A log and its controls: the rooms get `log`, its creator keeps the rest. */
export interface RunningLog {
  readonly log: Log;
  /** From the next line on. */
  follow(rules: LogRules): void;
  /** Returns once every line written so far is in the file. Synchronous, for the last moments of a crash. */
  flush(): void;
  /** Lines that come later are dropped. */
  close(): Promise<void>;
}

/**
 * What one source may write at one level into console, file and memory. Clients and servers cause lines, and may be many or
 * faulty; `debug`, for troubleshooting, gets more. The program itself, which has no source, is not limited.
 */
const RATE: LineRate = { burst: 1000, perSecond: 200 };
const DEBUG_RATE: LineRate = { burst: 10_000, perSecond: 2000 };

/** A rank below every level: nothing is written. */
const CLOSED = -1;

export function createLog(options: LogOptions): RunningLog {
  const redactor = new Redactor(options.secrets);
  const clock = options.clock ?? Date.now;
  const logger = winston.createLogger({ level: options.level, levels: { ...RANK }, format: redaction(redactor)() });
  const budgets = new Map<string, LineBudget>();
  const put: Core['write'] = (level, source, message, fields) => {
    logger.log({ level, message, entry: new LogEntry(clock(), level, source, message, fields) });
  };
  const core: Core = {
    rank: RANK[options.level],
    write(level, source, message, fields) {
      if (source === '' || budgetOf(level, source).take()) put(level, source, message, fields);
    },
  };
  /** One for each source and level: a flood of one leaves the lines of all others. */
  const budgetOf = (level: LogLevel, source: string): LineBudget => {
    const key = `${level} ${source}`;
    const known = budgets.get(key);
    if (known !== undefined) return known;
    const budget = new LineBudget(level === 'debug' ? DEBUG_RATE : RATE, (leftOut) => {
      if (core.rank !== CLOSED)
        put(level, source, `${leftOut} further lines of ${source.replace(/^server:/, '')} left out`, NO_FIELDS);
    });
    budgets.set(key, budget);
    return budget;
  };
  const log = new SourcedLog(core, '');
  const file = options.file === undefined ? null : openFile(options.file, log);

  if (options.console !== undefined) {
    logger.add(entryTransport(consoleWriter(options.console.stream, options.console.environment)));
  }
  if (options.ring !== undefined) {
    const { ring } = options;
    logger.add(entryTransport((entry) => ring.add(entry)));
  }
  if (file !== null) logger.add(entryTransport((entry) => file.write(jsonLine(entry))));
  // Without a destination winston complains about every line.
  logger.silent = logger.transports.length === 0;

  const end = async () => {
    for (const budget of budgets.values()) budget.settle();
    core.rank = CLOSED;
    const finished = once(logger, 'finish');
    logger.end();
    await finished;
    file?.close();
  };
  let ended: Promise<void> | null = null;

  return {
    log,
    follow(rules) {
      if (ended !== null) return;
      core.rank = RANK[rules.level];
      logger.level = rules.level;
      redactor.protect(rules.secrets ?? []);
    },
    flush: () => file?.flush(),
    close() {
      ended ??= end();
      return ended;
    },
  };
}

/** The one place where secrets are taken out, in front of every destination. */
function redaction(redactor: Redactor) {
  return winston.format((info) => {
    const { entry } = info;
    if (!(entry instanceof LogEntry)) return false;
    const { at, level, source, message, fields } = entry;
    const clean = new LogEntry(at, level, source, redactor.text(message), redactor.fields(fields));
    return Object.assign(info, { message: clean.message, entry: clean });
  });
}

function openFile(options: Omit<RotatingFileOptions, 'onEvent'>, log: Log): RotatingFile {
  return new RotatingFile({ ...options, onEvent: (event) => reportFile(event, options.path, log.from('log')) });
}

function reportFile(event: FileEvent, path: string, log: Log): void {
  switch (event.kind) {
    case 'failed':
      log.error(
        `${path} - the log file cannot be written; lines are kept in memory until it can: ${event.reason.message}`,
      );
      return;
    case 'recovered':
      log.warn(`${path} - the log file is written again`, { lostLines: event.lost });
      return;
    case 'stuck':
      log.warn(`${path} - the log file cannot be renamed and grows beyond its limit: ${event.reason.message}`);
      return;
    default:
      event satisfies never;
  }
}

interface Core {
  /** Lines of a higher rank are not made at all. */
  rank: number;
  write(level: LogLevel, source: string, message: string, fields: LogFields): void;
}

const NO_FIELDS: LogFields = {};

/** Compares one number before anything else, so that a level that is off costs nothing on the hot path. */
class SourcedLog implements Log {
  readonly #core: Core;
  readonly #source: string;

  constructor(core: Core, source: string) {
    this.#core = core;
    this.#source = source;
  }

  get isDebug(): boolean {
    return this.#core.rank >= RANK.debug;
  }

  error(message: string, fields: LogFields = NO_FIELDS): void {
    if (this.#core.rank >= RANK.error) this.#core.write('error', this.#source, message, fields);
  }

  warn(message: string, fields: LogFields = NO_FIELDS): void {
    if (this.#core.rank >= RANK.warn) this.#core.write('warn', this.#source, message, fields);
  }

  info(message: string, fields: LogFields = NO_FIELDS): void {
    if (this.#core.rank >= RANK.info) this.#core.write('info', this.#source, message, fields);
  }

  debug(message: string, fields: LogFields = NO_FIELDS): void {
    if (this.isDebug) this.#core.write('debug', this.#source, message, fields);
  }

  from(source: string): Log {
    return new SourcedLog(this.#core, source);
  }
}

interface CrashHandlers {
  /** The first uncaught error: ends the children, then the process. */
  end(): void;
  /** Another one while ending. */
  again(): void;
}

/** After an uncaught error the state of the process is undefined: the error is logged at once, and `handlers` end the process. */
export function onCrash(running: RunningLog, handlers: CrashHandlers): void {
  let isEnding = false;
  process.on('uncaughtException', (error) => {
    running.log.error(`internal error - ${stackOf(error)}`);
    running.flush();
    if (isEnding) return handlers.again();
    isEnding = true;
    handlers.end();
  });
}
