import { isObject } from '../base/schema/index.ts';
import { ControlFault } from '../control/client/index.ts';
import { textIn } from '../i18n/index.ts';
import type { TapCommand } from './command.ts';
import { findNamed, thisPerson, troubleOf } from './instance.ts';
import { jsonOf, lineOf, missedJson, rowsIn } from './tap-view.ts';

/** What of the process a tap uses. */
export interface TapProcess {
  readonly stdout: NodeJS.WritableStream & { readonly writableLength: number };
  readonly stderr: { write(text: string): unknown };
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Bytes that a reader may be behind, a pager for example; what comes on top is left out and counted. */
const BEHIND = 1024 * 1024;

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
      shown++;
      print(command.json ? jsonOf(row) : lineOf(row, text));
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
