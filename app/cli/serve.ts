import { homedir } from 'node:os';
import type { Control } from '../control/index.ts';
import type { Engine } from '../engine/index.ts';
import { textIn } from '../i18n/index.ts';
import { createLog, type Log, type RunningLog, secretsOf } from '../log/index.ts';
import { peopleHere } from '../platform/shell/index.ts';
import { authorityOf, widenThreadPool } from '../proxy/index.ts';
import { isTokenRequired, type Settings } from '../settings/settings.ts';
import { announcement } from './announcement.ts';
import { type Command, VERSION } from './command.ts';
import { followConfig } from './config-servers.ts';
import { type HeadlessEngine, openHeadlessControl } from './control.ts';
import { SECRET_VARIABLES } from './secrets.ts';
import { explainStartFailure } from './start-failure.ts';
import { onStopRequests } from './stop-requests.ts';
import { followTokens, type TokensRead, tokensFault } from './token-file.ts';

/** What `serve` needs of the engine: what it runs, and what the control socket leads to. */
export type ServedEngine = Pick<Engine, 'start' | 'apply' | 'stop'> & HeadlessEngine;

export type CreateEngine = (parts: {
  readonly settings: Settings;
  readonly log: Log;
  readonly lookupSlots: number;
}) => ServedEngine;

/** EX_SOFTWARE of sysexits.h: an internal error. */
const CRASH_EXIT = 70;
const FAILURE_EXIT = 1;

/** The engine drains for a second by itself, and children get their grace. Then we go, finished or not. */
const STOP_LIMIT = 10_000;
/** After an internal error only the most necessary is done: children must not outlive us. */
const CRASH_STOP_LIMIT = 2_000;

/** Runs the engine until someone asks the process to end. It ends the process itself. */
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
  const engine = createEngine({ settings, log, lookupSlots });
  let control: Control | null = null;
  endOnCrash(engine, running);
  onStopRequests({
    stop(signal) {
      log.info(`stopping (${signal})`);
      config?.close();
      unfollow();
      control?.close();
      void finish(engine, running, STOP_LIMIT, 0);
    },
    abort(status) {
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
      { platform, env, home: homedir() },
      log.from('control'),
    );
    process.stdout.write(announcement(VERSION, listening, settings, textIn(settings.language)));
    void offerToken();
    log.info(`listening on ${listening.map(authorityOf).join(', ')}`, { version: VERSION, pid: process.pid });
  } catch (error) {
    await fail(await explainStartFailure(error, settings, textIn(settings.language)), running);
  }

  /** What cannot be read leaves the tokens as they were: half a file must not lock everyone out, nor let anyone in. */
  function takeTokens(file: string, read: TokensRead): void {
    const text = textIn(settings.language);
    if (!read.ok) return void log.warn(`${tokensFault(file, read, text)} ${text.cliRun.tokens.asBefore}`);
    log.info(`${file} has changed`, { tokens: read.tokens.map(({ name }) => name).join(', ') });
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

/** An error nobody caught leaves a state nobody knows: say what happened, end the children, go. */
function endOnCrash(engine: ServedEngine, running: RunningLog): void {
  let crashed = false;
  process.on('uncaughtException', (error) => {
    running.log.error(`internal error - ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    running.flush();
    if (crashed) process.exit(CRASH_EXIT);
    crashed = true;
    void finish(engine, running, CRASH_STOP_LIMIT, CRASH_EXIT);
  });
}
