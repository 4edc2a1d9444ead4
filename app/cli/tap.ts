import { isObject } from '../base/schema/index.ts';
import { type ControlClient, ControlFault } from '../control/client/index.ts';
import { textIn } from '../i18n/index.ts';
import type { TapCommand } from './command.ts';
import { findNamed, thisPerson, troubleOf } from './instance.ts';
import { contentLines, jsonOf, lineOf, missedJson, rowsIn, type TapRow } from './tap-view.ts';

/** What of the process a tap uses. */
export interface TapProcess {
  readonly stdout: NodeJS.WritableStream & { readonly writableLength: number };
  readonly stderr: { write(text: string): unknown };
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Bytes that a reader may be behind, a pager for example; what comes on top is left out and counted. */
const BEHIND = 1024 * 1024;
/** Rows that wait for their contents; what comes on top is left out and counted. */
const MOST_WAITING = 1000;

/**
 * Follows what passes through the running instance, by its control socket: its port offers no such thing, whatever token is shown.
 * Resolves with the exit status: 0 when its reader or its person has seen enough, 1 when the instance is gone or was never there.
 */
export async function runTap(command: TapCommand, person: TapProcess): Promise<0 | 1> {
  const { stdout, stderr } = person;
  const text = textIn(command.language);
  const words = text.cliRun.tap;
  const fail = (sentence: string): 1 => {
    stderr.write(`mcp-gangway: ${sentence}\n`);
    return 1;
  };
  const found = await findNamed(command, thisPerson());
  if (found.kind !== 'found') return fail(troubleOf(found, text) ?? text.cliRun.server.noInstance(command.port));
  const { client } = found;
  if (command.contents && command.server !== null && !(await isRecorded(client, command.server))) {
    client.close();
    return fail(words.notRecorded(command.server));
  }
  let shown = 0;
  let missed = 0;
  /** Those that the instance has told of, and events that it has dropped because we did not read. */
  let told = 0;
  const print = (line: string): void => {
    if (stdout.writableLength > BEHIND) {
      missed++;
      return;
    }
    stdout.write(`${line}\n`);
  };
  const take = (data: unknown, dropped: number): void => {
    const batch = isObject(data) ? data : {};
    const lost = (typeof batch['missed'] === 'number' ? batch['missed'] : 0) + missed + Math.max(0, dropped - told);
    told = Math.max(told, dropped);
    missed = 0;
    if (lost > 0) print(command.json ? missedJson(lost) : words.missed(lost));
    for (const row of rowsIn(batch, command)) {
      if (command.contents) withContents(row);
      else tell(row, null);
    }
  };
  const tell = (row: TapRow, contents: unknown): void => {
    shown++;
    print(command.json ? jsonOf(row, contents) : lineOf(row, text));
    if (!command.json) for (const line of contentLines(row, contents, text)) print(line);
  };
  /** One row after the other: the instance is asked for no more than this end can take. */
  let asking: Promise<void> = Promise.resolve();
  let waiting = 0;
  const withContents = (row: TapRow): void => {
    if (waiting >= MOST_WAITING) {
      missed++;
      return;
    }
    waiting++;
    asking = asking.then(async () => {
      waiting--;
      tell(row, await contentsOf(row));
    });
  };
  const contentsOf = async ({ kind, row }: TapRow): Promise<unknown> => {
    if (kind === 'proxied') return null;
    try {
      const answer = await client.request('activity.contents', { call: row['sequence'] });
      return isObject(answer) ? answer['contents'] : null;
    } catch {
      // The instance is gone: the stream tells of that.
      return null;
    }
  };
  return new Promise<0 | 1>((resolve) => {
    const end = (status: 0 | 1): void => {
      client.close();
      resolve(status);
    };
    const enough = (): void => {
      stderr.write(`${words.sum(shown)}\n`);
      end(0);
    };
    person.on('SIGINT', enough);
    person.on('SIGTERM', enough);
    // `mcp-gangway tap | head` has seen enough: the next line finds no reader.
    stdout.on('error', () => end(0));
    stdout.on('close', () => end(0));
    let isFirst = true;
    const following = client.follow('activity.follow', { server: command.server }, (data, dropped) => {
      if (isFirst) stderr.write(`${words.following(command.server)}\n`);
      isFirst = false;
      take(data, dropped);
    });
    following.ended.then(
      () => end(0),
      (error: unknown) => end(fail(error instanceof ControlFault ? faultSentence(error) : text.cliRun.status.broke)),
    );
  });

  function faultSentence({ reason, message }: ControlFault): string {
    return reason === 'unknown-method' ? words.tooOld : message;
  }
}

/** A server that is not there is told of when it is followed. */
async function isRecorded(client: ControlClient, server: string): Promise<boolean> {
  const snapshot = await client.request('status').catch(() => null);
  const { recordContents, bridge } = isObject(snapshot) ? snapshot : {};
  const servers = isObject(bridge) && Array.isArray(bridge['servers']) ? bridge['servers'].filter(isObject) : [];
  const isThere = servers.some(({ name }) => name === server);
  return !isThere || (Array.isArray(recordContents) && recordContents.includes(server));
}
