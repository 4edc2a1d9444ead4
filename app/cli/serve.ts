import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { authorityOf } from '../base/address.ts';
import { CRASH_EXIT } from '../base/errno.ts';
import { keepHeapSmallOnceStarted } from '../base/heap.ts';
import { appFolder, homeFolder, type Person } from '../base/home-folder.ts';
import { widenThreadPool } from '../base/thread-pool.ts';
import { type Control, type Controlled, openControl, type SettingsChange, socketHome } from '../control/index.ts';
import { type Engine, engineConnections, engineSignIns, engineTrust } from '../engine/index.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { createLog, type Log, onCrash, type RunningLog, secretsOf } from '../log/index.ts';
import { watchPlace } from '../platform/network/index.ts';
import { peopleHere } from '../platform/shell/index.ts';
import { judgedTools } from '../servers/index.ts';
import type { Settings } from '../settings/settings.ts';
import { isTokenRequired } from '../settings/tokens.ts';
import { announcement, explainStartFailure } from './announcement.ts';
import { type Command, VERSION } from './command.ts';
import { followConfig } from './config-servers.ts';
import { SECRET_VARIABLES } from './secrets.ts';
import { followTokens, type TokensRead, tokensFault } from './tokens.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** npm passes on a Ctrl+C that the terminal has given to us already: the same one, milliseconds later. */
const ECHO_MS = 250;

export interface StopHandlers {
  /** The first request: finish. */
  stop(signal: StopSignal): void;
  /** Each further one while finishing: end at once, with this exit status (128 and the signal's number, as shells have it). */
  abort(status: number): void;
}

/** Calls `handlers` when the system, a terminal or a person asks the process to end. */
function onStopRequests(handlers: StopHandlers): void {
  const ignoresHangUp = !hasTerminal();
  let firstAt: number | null = null;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && ignoresHangUp) return;
      const now = performance.now();
      if (firstAt === null) {
        firstAt = now;
        handlers.stop(signal);
      } else if (now - firstAt >= ECHO_MS) {
        handlers.abort(128 + (constants.signals[signal] ?? 0));
      }
    });
  }
}

/**
 * A hang-up concerns a program whose terminal is closed. Under `nohup` it must be ignored, and Node has put its handler
 * back to the default by the time we run: no terminal on any of the three streams is how we tell.
 * Windows says SIGHUP when the console window is closed, and ends us seconds later in any case.
 */
function hasTerminal(): boolean {
  return process.platform === 'win32' || [0, 1, 2].some((descriptor) => isatty(descriptor));
}

/** What the control socket needs of the engine of a headless process. */
export type HeadlessEngine = Pick<
  Engine,
  | 'settings'
  | 'snapshot'
  | 'subscribe'
  | 'restartServer'
  | 'stopServer'
  | 'startServer'
  | 'toolsOf'
  | 'toolChanges'
  | 'approveTools'
  | 'signIn'
  | 'signOut'
  | 'pasteCallback'
  | 'certificate'
  | 'trust'
  | 'untrust'
  | 'tryRemote'
  | 'connectStdio'
  | 'openTunnel'
  | 'recorder'
>;

/**
 * Opens the control socket of a process that `serve` has made. `configFile` is where its servers come from; null when they
 * come from its arguments.
 */
function openHeadlessControl(
  engine: HeadlessEngine,
  configFile: string | null,
  person: Person,
  log: Log,
): Promise<Control | null> {
  const text = (): Text => textIn(engine.settings.language);
  const controlled: Controlled = {
    role: 'headless',
    text,
    snapshot: () => engine.snapshot(),
    listening: () => engine.snapshot().listening,
    settings: () => engine.settings,
    servers: () => engine.snapshot().bridge.servers,
    restartServer: (name) => engine.restartServer(name),
    stopServer: (name) => engine.stopServer(name),
    startServer: (name) => engine.startServer(name),
    tools: (name) => judgedTools(engine.toolsOf(name), engine.settings, name, engine.toolChanges(name)),
    toolChanges: (name) => engine.toolChanges(name),
    approveTools: (name, tools) => engine.approveTools(name, tools),
    async changeSettings(patch): Promise<SettingsChange> {
      const { control } = text();
      const message = configFile === null ? control.fixedSettings : control.fixedServers(configFile);
      return { ok: false, message, faults: Object.keys(patch).map((path) => ({ path, fault: 'fixed' })) };
    },
    subscribe: (listener) => engine.subscribe(listener),
    followActivity: (server, listener) => engine.recorder.follow(server, listener),
    contents: (call) => engine.recorder.contents(call),
    ...engineConnections(() => engine, text),
    ...engineSignIns(() => engine, text),
    ...engineTrust(() => engine, text),
    app: null,
    clients: null,
  };
  // The folder of the home alone: clients leave XDG_CONFIG_HOME out of what they start.
  const home = socketHome([appFolder({ ...person, env: { APPDATA: person.env['APPDATA'] } })], person.platform);
  return openControl({ home, controlled, version: VERSION, log });
}

/** What `serve` needs of the engine: what it runs, and what the control socket leads to. */
export type ServedEngine = Pick<Engine, 'start' | 'apply' | 'drain' | 'stop' | 'forgetNetwork'> & HeadlessEngine;

export type CreateEngine = (parts: {
  readonly settings: Settings;
  readonly log: Log;
  readonly lookupSlots: number;
  /** Where its servers come from; null when they come from its arguments. */
  readonly configFile: string | null;
}) => ServedEngine;

const FAILURE_EXIT = 1;

/** The engine drains for a second by itself, and children get their grace. Then we go, finished or not. */
const STOP_LIMIT = 10_000;
/** After an internal error only the most necessary is done: children must not outlive us. */
const CRASH_STOP_LIMIT = 2_000;

/** Runs the engine until a signal asks the process to end. It ends the process itself. */
export async function serve(command: Command & { readonly kind: 'serve' }, createEngine: CreateEngine): Promise<void> {
  const lookupSlots = widenThreadPool(process.env, process.platform);
  for (const name of SECRET_VARIABLES) delete process.env[name];
  // What ps and lsof call us from now on; it also takes the arguments, and the secrets in them, out of ps.
  process.title = 'mcp-gangway';
  const running = startLog(command);
  const { log } = running;
  for (const warning of command.warnings) log.warn(warning);
  let current = command.settings;
  /** The config file and the file of tokens change each a part of the settings. */
  const change = (next: Settings): Promise<void> => {
    current = next;
    return engine.apply(current);
  };
  const config =
    command.configFile === null
      ? null
      : await followConfig(command.configFile, command.settings, command.noSpare, running, (next) =>
          change({ ...next, tokens: current.tokens }),
        );
  if (config !== null && config.refusal.length > 0) return fail(config.refusal, running);
  const { settings } = config ?? command;
  current = settings;
  const { tokensFile } = command;
  const unfollow =
    tokensFile === null ? () => undefined : followTokens(tokensFile, log, (read) => takeTokens(tokensFile, read));
  const engine = createEngine({ settings, log, lookupSlots, configFile: command.configFile });
  let control: Control | null = null;
  onCrash(running, {
    end: () => void finish(engine, running, CRASH_STOP_LIMIT, CRASH_EXIT),
    again: () => process.exit(CRASH_EXIT),
  });
  /** Ends the time in which load balancers find out that we go; null outside of it. */
  let endDraining: (() => void) | null = null;
  onStopRequests({
    async stop(signal) {
      // Who presses Ctrl+C waits for the end; SIGTERM is what supervisors send.
      if (signal === 'SIGTERM' && command.drain > 0) {
        log.info(`draining for ${command.drain} s (${signal})`);
        engine.drain();
        await new Promise<void>((resolve) => {
          endDraining = resolve;
          setTimeout(resolve, command.drain * 1000);
        });
        endDraining = null;
      }
      log.info(`stopping (${signal})`);
      config?.close();
      unfollow();
      control?.close();
      void finish(engine, running, STOP_LIMIT, 0);
    },
    abort(status) {
      if (endDraining !== null) return endDraining();
      running.flush();
      process.exit(status);
    },
  });

  try {
    const listening = await engine.start();
    const { platform, env } = process;
    control = await openHeadlessControl(
      engine,
      command.configFile,
      { platform, env, home: homeFolder() },
      log.from('control'),
    );
    watchNetwork(engine, log);
    keepHeapSmallOnceStarted();
    process.stdout.write(announcement(VERSION, listening, settings, textIn(settings.language)));
    void offerToken();
    log.info(`listening on ${listening.map(authorityOf).join(', ')}`, { version: VERSION, pid: process.pid });
  } catch (error) {
    await fail(await explainStartFailure(error, settings, textIn(settings.language)), running);
  }

  /** A file that cannot be read leaves the tokens as they were: a partial write must not lock clients out, nor let others in. */
  function takeTokens(file: string, read: TokensRead): void {
    const text = textIn(settings.language);
    if (!read.ok) return void log.warn(inARow(tokensFault(file, read, text), text.cliRun.tokens.asBefore));
    log.info(`${file} has changed`, { names: read.tokens.map(({ name }) => name).join(', ') });
    change({ ...current, tokens: read.tokens }).catch((error: unknown) =>
      log.error(`the change could not be applied: ${String(error)}`),
    );
  }

  /** Where other people can log in, their programs reach the port as well. */
  async function offerToken(): Promise<void> {
    if (isTokenRequired(settings)) return;
    const people = await peopleHere();
    if (people.length > 1) log.info(textIn(settings.language).cliRun.sharedMachine(people.length));
  }
}

/** Names, idle connections and streams of the network before are given up: after a sleep, and in another network. */
function watchNetwork(engine: ServedEngine, log: Log): void {
  const forget = (why: string) => () => {
    log.info(why);
    engine.forgetNetwork();
  };
  watchPlace({
    changed: forget('The network of this machine has changed'),
    slept: forget('The machine has slept, or this process was not run for a while'),
  });
}

/**
 * People read the log on stderr: stdout keeps to what `serve` was asked for, the lines to copy, so that a script can
 * take them from there.
 */
function startLog({ settings, logFile }: Command & { readonly kind: 'serve' }): RunningLog {
  return createLog({
    level: settings.logLevel,
    secrets: secretsOf(settings),
    console: { stream: process.stderr, environment: process.env },
    ...(logFile === null ? {} : { file: { path: logFile } }),
  });
}

async function fail(lines: readonly string[], running: RunningLog): Promise<void> {
  process.stderr.write(lines.map((line) => `mcp-gangway: ${line}\n`).join(''));
  await running.close();
  process.exit(FAILURE_EXIT);
}

async function finish(engine: ServedEngine, running: RunningLog, limit: number, status: number): Promise<void> {
  const timer = setTimeout(() => {
    running.log.error(`not everything could be ended within ${limit / 1000} s`);
    running.flush();
    process.exit(status === 0 ? FAILURE_EXIT : status);
  }, limit);
  await engine.stop();
  clearTimeout(timer);
  await running.close();
  process.exit(status);
}
