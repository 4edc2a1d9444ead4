import { reasonOf } from '../base/errno.ts';
import { isLoopback } from '../base/host.ts';
import type { Text } from '../i18n/index.ts';
import { doubtSentence, type FileDoubt } from './file-trust.ts';
import { readToken, readUpstream } from './option-values.ts';
import { type ParsedArgs, UsageError } from './options.ts';

/** Secrets may come from here instead of from arguments, which every user of the machine can list. */
export interface SecretEnvironment {
  readonly MCP_GANGWAY_TOKEN?: string | undefined;
  readonly MCP_GANGWAY_UPSTREAM?: string | undefined;
}

/** Where secrets of the command line are read from. */
export interface SecretSources {
  readonly environment: SecretEnvironment;
  /** The text of a file; throws as `readFileSync` does. */
  readonly readFile: (path: string) => string;
  /** Who else may change or read a file. */
  readonly doubts: (path: string) => readonly FileDoubt[];
}

/** The variables that arguments are read in the light of. */
export interface Environment extends SecretEnvironment {
  readonly LC_ALL?: string | undefined;
  readonly LC_MESSAGES?: string | undefined;
  readonly LANG?: string | undefined;
}

export interface CliEnvironment extends SecretSources {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
}

/** Variables that hold our secrets: children have no business with them. */
export const SECRET_VARIABLES = ['MCP_GANGWAY_TOKEN', 'MCP_GANGWAY_UPSTREAM'] as const;

/**
 * The token of option, file or environment; an argument wins over the environment. A file that another account may change
 * is refused. Throws UsageError.
 */
export function tokenOf(
  parsed: ParsedArgs,
  { environment, readFile, doubts }: SecretSources,
  text: Text,
): string | null {
  const words = text.cliUsage;
  const path = parsed.last('token-file');
  const option = parsed.last('token');
  if (option !== null && path !== null) throw new UsageError(words.tokenTwice);
  if (path !== null) {
    refuseDoubtful(path, { doubts }, text);
    return tokenIn(path, readFile, text);
  }
  const written = option ?? environment.MCP_GANGWAY_TOKEN ?? '';
  if (written === '') return null;
  const token = readToken(written);
  const name = option === null ? 'MCP_GANGWAY_TOKEN' : '--token';
  if (token === null) throw new UsageError(words.invalid(name, words.secretHidden, words.expected.token));
  return token;
}

/** Throws UsageError for a file of tokens that another account may change: that account would choose who comes in. */
export function refuseDoubtful(path: string, { doubts }: Pick<SecretSources, 'doubts'>, text: Text): void {
  const doubt = doubts(path).find(({ kind }) => kind === 'writable' || kind === 'replaceable');
  if (doubt !== undefined) throw new UsageError(text.cliUsage.tokenFileDoubtful(doubtSentence(path, doubt, text)));
}

/** A file may end with a newline, or with the one that Windows writes. */
function tokenIn(path: string, readFile: (path: string) => string, text: Text): string {
  const words = text.cliUsage;
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    throw new UsageError(text.servers.config.unreadable(path, reasonOf(error)));
  }
  const token = readToken(content.trim());
  if (token === null) throw new UsageError(words.tokenFileInvalid(path));
  return token;
}

/**
 * The parent proxy, when we are told of one. HTTPS_PROXY in our own environment is not taken up: where this program
 * is used, it names this very program, and following it would build a loop.
 */
export function upstreamOf(
  parsed: ParsedArgs,
  environment: SecretEnvironment,
  port: number,
  text: Text,
): string | null {
  const words = text.cliUsage;
  const option = parsed.last('upstream');
  const written = option ?? environment.MCP_GANGWAY_UPSTREAM ?? '';
  if (written === '') return null;
  const name = option === null ? 'MCP_GANGWAY_UPSTREAM' : '--upstream';
  const shown = written.includes('@') ? words.secretHidden : written;
  const upstream = readUpstream(written);
  if (upstream === null) throw new UsageError(words.invalid(name, shown, words.expected.upstream));
  const url = new URL(upstream);
  if (isLoopback(url.hostname.replace(/^\[|\]$/g, '')) && Number(url.port) === port) {
    throw new UsageError(words.invalid(name, shown, words.expected.upstreamIsUs));
  }
  return upstream;
}
