import { textIn } from '../i18n/index.ts';
import { makeToken, type TokenSetting } from '../settings/settings.ts';
import { padded } from './columns.ts';
import type { Command } from './command.ts';
import { readTokens, tokensFault, writeTokens } from './token-file.ts';

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
      const status = write([...tokens, setting]);
      if (status !== 0) return status;
      out.write(`${secret}\n`);
      err.write(`${words.added(action.name)}\n`);
      return 0;
    }
    case 'revoke': {
      if (!isThere) return fail(words.unknown(action.name));
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
      return fail(
        words.notWritten(file, error instanceof Error && 'code' in error ? String(error.code) : String(error)),
      );
    }
  }

  function fail(sentence: string): 1 {
    err.write(`mcp-gangway: ${sentence}\n`);
    return 1;
  }
}

function listOf(tokens: readonly TokenSetting[]): string {
  const width = Math.max(...tokens.map(({ name }) => name.length));
  return tokens.map(({ name, created }) => `${padded(name, width)}  ${new Date(created).toISOString()}\n`).join('');
}
