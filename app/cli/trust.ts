import { createInterface } from 'node:readline/promises';
import { isObject } from '../base/schema/index.ts';
import { ControlFault } from '../control/client/index.ts';
import { textIn } from '../i18n/index.ts';
import { printable } from './columns.ts';
import type { TrustCommand } from './command.ts';
import { findNamed, thisPerson, troubleOf } from './instance.ts';

/** What of the process the question uses. */
export interface TrustProcess {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Shows the certificate that a server of the running instance shows and that is not trusted, and has it trusted where the person agrees.
 * Or takes back what that did. Resolves with the exit status: 0 when it is done, else 1.
 */
export async function runTrust(command: TrustCommand, { stdin, stdout, stderr }: TrustProcess): Promise<0 | 1> {
  const text = textIn(command.language);
  const { trust: words, server: instance } = text.cliRun;
  const { server } = command;
  const fail = (sentence: string): 1 => {
    stderr.write(`mcp-gangway: ${printable(sentence)}\n`);
    return 1;
  };
  const found = await findNamed(command, thisPerson());
  if (found.kind !== 'found') return fail(troubleOf(found, text) ?? instance.noInstance(command.port));
  const { client } = found;
  try {
    if (command.action === 'untrust') {
      const taken = await client.request('servers.untrust', { server });
      const wasTrusted = isObject(taken) && taken['wasTrusted'] === true;
      stdout.write(`${wasTrusted ? words.takenBack(server) : words.nothingToTakeBack(server)}\n`);
      return 0;
    }
    const answer = await client.request('servers.certificate', { server });
    const { shown, trusted, reason } = isObject(answer) ? answer : {};
    const fingerprint = String(shown);
    stdout.write(`${words.shown(server, fingerprint)}\n`);
    if (typeof trusted === 'string') stdout.write(`${words.before(trusted)}\n`);
    else stdout.write(`${words.compare(String(reason))}\n`);
    if (!command.yes && !stdin.isTTY) return fail(words.needsYes(server));
    if (!command.yes && !(await agrees())) return fail(words.declined(server));
    await client.request('servers.trust', { server, fingerprint });
    stdout.write(`${words.done(server)}\n`);
    return 0;
  } catch (error) {
    return fail(error instanceof ControlFault ? error.message : text.cliRun.status.broke);
  } finally {
    client.close();
  }

  async function agrees(): Promise<boolean> {
    const lines = createInterface({ input: stdin, output: stderr });
    const said = await lines.question(`${words.question} `);
    lines.close();
    return /^\s*(?:y|yes|是|好)\s*$/i.test(said);
  }
}
