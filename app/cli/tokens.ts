import { reasonOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import { read } from '../base/schema/index.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { readRegularFile, replaceFile } from '../platform/file/index.ts';
import { followFile } from '../platform/follow/index.ts';
import { tokenSchema } from '../settings/schema.ts';
import type { TokenSetting } from '../settings/settings.ts';
import { makeToken } from '../settings/tokens.ts';
import { padded } from './columns.ts';
import type { Command } from './command.ts';

/** The tokens of a file, or why they cannot be had. */
export type TokensRead =
  | { readonly ok: true; readonly tokens: readonly TokenSetting[] }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly kind: 'line'; readonly line: number }
  | { readonly ok: false; readonly kind: 'same-name'; readonly name: string }
  | { readonly ok: false; readonly kind: 'unreadable'; readonly code: string };

const HEAD = '# Tokens of MCP Gangway: name, SHA-256 of the token, when it was made, the set that limits its bearer.\n';

/** One token a line: its name, the hash that is kept of it, when it was made, and its set if it has one. `#` begins a comment. */
function parseTokens(text: string): TokensRead {
  const tokens: TokenSetting[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const [name, hash, created = '', set, ...rest] = written.split(/\s+/);
    const limit = set === undefined ? {} : { set };
    const reading = read(tokenSchema, { name, hash, created: Date.parse(created), client: null, ...limit });
    if (!reading.ok || rest.length > 0) return { ok: false, kind: 'line', line: index + 1 };
    if (tokens.some((token) => token.name === name)) return { ok: false, kind: 'same-name', name: reading.value.name };
    tokens.push(reading.value);
  }
  return { ok: true, tokens };
}

/** Why the tokens of a file cannot be had. */
export function tokensFault(file: string, read: TokensRead & { readonly ok: false }, text: Text): string {
  const words = text.cliRun.tokens;
  switch (read.kind) {
    case 'unreadable':
      return read.code === 'ENOENT' ? words.noFile(file) : text.servers.config.unreadable(file, read.code);
    case 'line':
      return words.badLine(file, read.line);
    case 'same-name':
      return words.twice(file, read.name);
    default:
      return read satisfies never;
  }
}

function formatTokens(tokens: readonly TokenSetting[]): string {
  const lines = tokens.map(({ name, hash, created, set }) => {
    const limit = set === undefined ? '' : ` ${set}`;
    return `${name} ${hash} ${new Date(created).toISOString()}${limit}\n`;
  });
  return HEAD + lines.join('');
}

export function readTokens(
  path: string,
  readFile = (file: string) => readRegularFile(file).toString('utf8'),
): TokensRead {
  try {
    return parseTokens(readFile(path));
  } catch (error) {
    return { ok: false, kind: 'unreadable', code: reasonOf(error) };
  }
}

/** Replaces the file in one step, readable by its owner alone. Throws the system's error; the old file is kept then. */
function writeTokens(path: string, tokens: readonly TokenSetting[]): void {
  replaceFile(path, formatTokens(tokens));
}

/** Tells of the tokens whenever the file says something else. Returns the end of it. */
export function followTokens(path: string, log: Log, changed: (read: TokensRead) => void): () => void {
  let before = JSON.stringify(readTokens(path));
  const { close } = followFile(path, {
    changed() {
      const now = readTokens(path);
      const text = JSON.stringify(now);
      if (text === before) return;
      before = text;
      changed(now);
    },
    unwatched: (code) => log.warn('The file of tokens cannot be watched; it is looked at every 3 s', { code }),
  });
  return close;
}

interface Output {
  write(text: string): unknown;
}

/** Lists, makes or revokes named tokens in a file. Returns the exit status. A new token goes to `out`, alone on its line. */
export function runTokenCommand(
  { action, file, language }: Command & { readonly kind: 'token' },
  out: Output,
  err: Output,
  now: number,
): 0 | 1 {
  const text = textIn(language);
  const words = text.cliRun.tokens;
  const before = readTokens(file);
  const isNew = !before.ok && before.kind === 'unreadable' && before.code === 'ENOENT' && action.kind === 'add';
  if (!before.ok && !isNew) return fail(tokensFault(file, before, text));
  const tokens = before.ok ? before.tokens : [];
  const isThere = 'name' in action && tokens.some(({ name }) => name === action.name);
  switch (action.kind) {
    case 'list':
      out.write(tokens.length === 0 ? `${words.none}\n` : listOf(tokens));
      return 0;
    case 'add': {
      if (isThere) return fail(words.taken(action.name));
      const { secret, setting } = makeToken(action.name, null, now);
      const limit = action.set === null ? {} : { set: action.set };
      const status = write([...tokens, { ...setting, ...limit }]);
      if (status !== 0) return status;
      out.write(`${secret}\n`);
      err.write(`${words.added(action.name)}\n`);
      if (action.set !== null) err.write(`${words.limited(action.set)}\n`);
      return 0;
    }
    case 'revoke': {
      if (!isThere) return fail(words.unknown(action.name, file));
      const status = write(tokens.filter(({ name }) => name !== action.name));
      if (status === 0) err.write(`${words.revoked(action.name)}\n`);
      return status;
    }
    default:
      return action satisfies never;
  }

  function write(next: readonly TokenSetting[]): 0 | 1 {
    try {
      writeTokens(file, next);
      return 0;
    } catch (error) {
      return fail(words.notWritten(file, reasonOf(error)));
    }
  }

  function fail(sentence: string): 1 {
    err.write(`mcp-gangway: ${sentence}\n`);
    return 1;
  }
}

function listOf(tokens: readonly TokenSetting[]): string {
  const width = Math.max(...tokens.map(({ name }) => name.length));
  const lines = tokens.map(({ name, created, set }) => {
    const limit = set === undefined ? '' : `  ${set}`;
    return `${padded(name, width)}  ${new Date(created).toISOString()}${limit}\n`;
  });
  return lines.join('');
}
