import { askGangway } from '../port/index.ts';
import { authorityOf } from '../proxy/index.ts';
import { textIn } from '../text/index.ts';
import type { Command } from './command.ts';
import { statusReport } from './status-report.ts';

/** Milliseconds; a busy machine may need some. */
const TIMEOUT = 3_000;

interface Output {
  write(text: string): unknown;
}

/** Asks the running instance and prints what it says. Resolves with the exit status: 0 if it runs and told, else 1. */
export async function reportStatus(
  { host, port, token, json, language }: Command & { readonly kind: 'status' },
  out: Output,
  err: Output,
): Promise<0 | 1> {
  const text = textIn(language);
  const words = text.cliRun.status;
  const place = authorityOf({ host, port });
  const reply = await askGangway({ host, port, path: '/status', token, timeout: TIMEOUT });
  switch (reply.kind) {
    case 'page':
      out.write(json ? `${JSON.stringify(reply.body, null, 2)}\n` : statusReport(reply.body, Date.now(), text));
      return 0;
    case 'token-required':
      err.write(`mcp-gangway: ${token === null ? words.tokenNeeded : words.tokenWrong}\n`);
      return 1;
    case 'stranger':
      err.write(`mcp-gangway: ${words.stranger(place)}\n`);
      return 1;
    case 'nobody':
      err.write(`mcp-gangway: ${words.notRunning(place)}\n`);
      return 1;
    default:
      return reply satisfies never;
  }
}
