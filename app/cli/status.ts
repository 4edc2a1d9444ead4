import { isObject } from '../base/schema/index.ts';
import { appFolder, readAnnouncement } from '../connect/index.ts';
import { ControlFault } from '../control/client/index.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { askGangway } from '../platform/port/index.ts';
import { authorityOf } from '../proxy/index.ts';
import type { Command } from './command.ts';
import { findNamed, type Named, placeFor, thisPerson, troubleOf } from './instance.ts';
import { statusReport } from './status-report.ts';

/** Milliseconds; a busy machine may need some. */
const TIMEOUT = 3_000;

interface Output {
  write(text: string): unknown;
}

/**
 * Asks the running instance, by its control socket, else by the port, and prints what it says. Resolves with the exit status:
 * 0 if it runs and told, else 1.
 */
export async function reportStatus(
  command: Command & { readonly kind: 'status' },
  out: Output,
  err: Output,
): Promise<0 | 1> {
  const text = textIn(command.language);
  const told = await snapshotOf(command, text);
  if (typeof told === 'string') {
    err.write(`mcp-gangway: ${told}\n`);
    return 1;
  }
  out.write(command.json ? `${JSON.stringify(told, null, 2)}\n` : statusReport(told, Date.now(), text));
  return 0;
}

/** The snapshot; a sentence when there is none. */
async function snapshotOf(named: Named, text: Text): Promise<object | string> {
  const person = thisPerson();
  const found = await findNamed(named, person);
  if (found.kind === 'found') {
    try {
      const snapshot = await found.client.request('status');
      return isObject(snapshot) ? snapshot : {};
    } catch (error) {
      return error instanceof ControlFault ? error.message : text.cliRun.status.broke;
    } finally {
      found.client.close();
    }
  }
  const trouble = troubleOf(found, text);
  if (trouble !== null && found.kind !== 'none') return trouble;
  const told = await askPort(named, placeFor(named, readAnnouncement(appFolder(person))), text);
  return typeof told === 'string' && trouble !== null ? `${told} ${trouble}` : told;
}

async function askPort(named: Named, place: ReturnType<typeof placeFor>, text: Text): Promise<object | string> {
  const words = text.cliRun.status;
  const reply = await askGangway({ ...place, path: '/status', timeout: TIMEOUT });
  switch (reply.kind) {
    case 'page':
      return reply.body;
    case 'token-required':
      if (place.token !== null) return words.tokenWrong;
      return named.token === null ? words.tokenNeeded : words.tokenWithAddress;
    case 'stranger':
      return words.stranger(authorityOf(place));
    case 'nobody':
      return words.notRunning(authorityOf(place));
    default:
      return reply satisfies never;
  }
}
