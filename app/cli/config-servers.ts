import { inARow } from '../i18n/in-a-row.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { type RunningLog, secretsOf } from '../log/index.ts';
import {
  type ConfigProblem,
  type ConfigServers,
  isOfWholeFile,
  problemSentence,
  watchConfig,
} from '../servers/index.ts';
import { isRemote, type Settings } from '../settings/settings.ts';
import { doubtSentence, fileDoubts } from './file-trust.ts';

/** Settings that take their servers from a file, as the file is now. */
export interface FollowedConfig {
  readonly settings: Settings;
  /** Why there is nothing to start with, in sentences; empty when there is. */
  readonly refusal: readonly string[];
  close(): void;
}

/** The servers of a file join that of `--sse`, which stays the default and keeps its name. */
function withConfig(settings: Settings, config: ConfigServers, noSpare: boolean): Settings {
  const spares = noSpare ? { spare: false } : {};
  const own = new Set(settings.servers.map(({ name }) => name));
  return {
    ...settings,
    servers: [
      ...settings.servers,
      ...config.servers
        .filter(({ name }) => !own.has(name))
        .map((one) => (isRemote(one) ? one : { ...one, ...spares })),
    ],
    defaultServer: settings.defaultServer ?? config.defaultServer,
    sets: config.sets,
  };
}

/**
 * Reads the `mcpServers` file and goes on following it. `apply` gets the settings whenever the file says something else;
 * entries that cannot be used are named in the log. A file that tells no servers when we start is refused: the path is
 * most likely mistyped. Later, the servers known before go on.
 */
export async function followConfig(
  file: string,
  settings: Settings,
  noSpare: boolean,
  running: RunningLog,
  apply: (settings: Settings) => Promise<void>,
): Promise<FollowedConfig> {
  const text = textIn(settings.language);
  const log = running.log.from('config');
  let told = '';
  /** Who may write the file decides what runs. Said once, and again when it is another matter. */
  const doubt = (): void => {
    const doubts = fileDoubts(file).filter(({ kind }) => kind !== 'readable');
    const sentences = doubts.map((each) => doubtSentence(file, each, text));
    if (sentences.join('\n') !== told) for (const sentence of sentences) log.warn(sentence);
    told = sentences.join('\n');
  };
  doubt();
  const take = (config: ConfigServers): Settings => {
    const next = withConfig(settings, config, noSpare);
    // First of all: what follows may quote the file.
    running.follow({ level: next.logLevel, secrets: secretsOf(next) });
    for (const problem of problemsOf(settings, config)) log.warn(warningOf(problem, text, file));
    return next;
  };
  const watched = await watchConfig(file, {
    log,
    env: process.env,
    changed(config) {
      doubt();
      const next = take(config);
      if (config.problems.some(isOfWholeFile)) return;
      log.info(`${file} has changed`, { servers: next.servers.map(({ name }) => name).join(', ') });
      apply(next).catch((error: unknown) => log.error(`the change could not be applied: ${String(error)}`));
    },
  });
  const refusal = refusalOf(watched.config.problems, text, file);
  return {
    settings: refusal.length > 0 ? settings : take(watched.config),
    refusal,
    close: () => watched.close(),
  };
}

function problemsOf(settings: Settings, config: ConfigServers): readonly ConfigProblem[] {
  const own = new Set(settings.servers.map(({ name }) => name));
  const hidden = config.servers.filter(({ name }) => own.has(name));
  return [...config.problems, ...hidden.map(({ name }) => ({ kind: 'same-name' as const, server: name }))];
}

/** Of a file that tells no servers now, while we serve those it told before. */
function warningOf(problem: ConfigProblem, text: Text, file: string): string {
  const sentence = problemSentence(problem, text, file);
  return isOfWholeFile(problem) ? inARow(sentence, text.servers.config.goOn) : sentence;
}

function refusalOf(problems: readonly ConfigProblem[], text: Text, file: string): readonly string[] {
  return problems.filter(isOfWholeFile).map((problem) => problemSentence(problem, text, file));
}
