import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isObject } from '../base/schema/index.ts';
import { type ControlClient, ControlFault } from '../control/client/index.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { splitCommandLine } from '../settings/index.ts';
import { printable } from './columns.ts';
import type { LoginCommand } from './command.ts';
import { findNamed, thisPerson, troubleOf } from './instance.ts';

/** What of the process a sign-in uses. */
export interface LoginProcess {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** What came of a sign-in that the instance was asked for. */
type Outcome =
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly sentence: string };

/**
 * Signs in to a server of the running instance, or out of it. The instance makes the request, waits for the browser and keeps what
 * comes of it; what passes through here is the address to open and, where it is pasted, the one that the browser ended up at. Resolves
 * with the exit status: 0 when it is done, else 1.
 */
export async function runLogin(command: LoginCommand, person: LoginProcess): Promise<0 | 1> {
  const text = textIn(command.language);
  const fail = (sentence: string): 1 => {
    person.stderr.write(`mcp-gangway: ${printable(sentence)}\n`);
    return 1;
  };
  const found = await findNamed(command, thisPerson());
  if (found.kind !== 'found') return fail(troubleOf(found, text) ?? text.cliRun.server.noInstance(command.port));
  const { client } = found;
  try {
    if (command.action === 'logout') return await logOut(client, command, person, text);
    const input = new Input(person);
    let outcome = await logIn(client, command, person, input, text);
    if (outcome.kind === 'failed' && outcome.reason === 'no-pkce' && (await input.agrees(outcome.sentence, text))) {
      outcome = await logIn(client, { ...command, acceptNoPkce: true }, person, input, text);
    }
    if (outcome.kind === 'failed') {
      const advice = outcome.reason === 'no-pkce' ? ` ${text.cliRun.login.acceptNoPkce(command.server)}` : '';
      return fail(`${outcome.sentence}${advice}`);
    }
    person.stdout.write(`${printable(outcome.sentence)}\n`);
    return 0;
  } catch (error) {
    return fail(error instanceof ControlFault ? error.message : text.cliRun.status.broke);
  } finally {
    client.close();
  }
}

async function logOut(client: ControlClient, { server }: LoginCommand, person: LoginProcess, text: Text): Promise<0> {
  const answer = await client.request('servers.logout', { server });
  const { login } = text.cliRun;
  const was = isObject(answer) && answer['wasSignedIn'] === true;
  person.stdout.write(`${was ? login.loggedOut(server) : login.wasLoggedOut(server)}\n`);
  return 0;
}

function logIn(
  client: ControlClient,
  { server, acceptNoPkce, print }: LoginCommand,
  person: LoginProcess,
  input: Input,
  text: Text,
): Promise<Outcome> {
  const words = text.cliRun.login;
  const say = (sentence: string) => person.stderr.write(`${printable(sentence)}\n`);
  return new Promise((resolve, reject) => {
    const following = client.follow('servers.login', { server, acceptNoPkce }, (data) => {
      const event = isObject(data) ? data : {};
      switch (event['kind']) {
        case 'open':
          void open(String(event['url']), String(event['redirectUri']));
          break;
        case 'device':
          say(words.device(String(event['url']), String(event['code'])));
          break;
        case 'done':
          following.cancel();
          resolve({ kind: 'done', sentence: doneSentence(server, event, text) });
          break;
        case 'failed':
          following.cancel();
          resolve({ kind: 'failed', reason: String(event['reason']), sentence: String(event['message']) });
          break;
      }
    });
    following.ended.catch(reject);

    async function open(url: string, redirectUri: string): Promise<void> {
      const isOpen = !print && (await openBrowser(url, person));
      if (isOpen) say(words.opened);
      else say(words.openThis);
      // Alone on its line, so that it can be copied, and on stdout for a script.
      if (isOpen) person.stderr.write(`  ${printable(url)}\n`);
      else person.stdout.write(`${printable(url)}\n`);
      say(words.paste(redirectUri));
      input.lines((line) => {
        client.request('servers.login.paste', { server, url: line }).catch((error: unknown) => {
          // The stream tells of the sign-in itself.
          if (error instanceof ControlFault) say(error.message);
        });
      });
    }
  });
}

function doneSentence(server: string, event: Readonly<Record<string, unknown>>, text: Text): string {
  const { login } = text.cliRun;
  const until = typeof event['until'] === 'number' ? new Date(event['until']).toLocaleString(text.language) : null;
  const lasts = event['renews'] === true ? login.renews : until === null ? '' : login.until(until);
  return inARow(login.done(server, String(event['issuer'])), lasts);
}

/** Lines that a person types or pastes. One reader for all: what it has read ahead would be lost to a second. */
class Input {
  readonly #person: LoginProcess;
  #take: (line: string) => void = () => undefined;
  #isReading = false;

  constructor(person: LoginProcess) {
    this.#person = person;
  }

  lines(take: (line: string) => void): void {
    this.#take = (line) => {
      if (line.trim() !== '') take(line.trim());
    };
    this.#read();
  }

  /** Asks a person at a terminal; a script has to say so with the option. */
  agrees(question: string, text: Text): Promise<boolean> {
    const { stdin, stderr } = this.#person;
    if (!stdin.isTTY) return Promise.resolve(false);
    stderr.write(`${printable(question)} ${text.cliRun.login.goOn} `);
    return new Promise((resolve) => {
      this.#take = (line) => {
        this.#take = () => undefined;
        resolve(/^\s*(?:y|yes|是|好)\s*$/i.test(line));
      };
      this.#read();
    });
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    createInterface({ input: this.#person.stdin }).on('line', (line) => this.#take(line));
  }
}

/** Opens the person's browser; false when there is none, or it cannot be started. */
async function openBrowser(url: string, { platform, env }: LoginProcess): Promise<boolean> {
  const [program, ...args] = browserCommand(url, platform, env);
  if (program === undefined) return false;
  try {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, windowsHide: true });
    await once(child, 'spawn');
    child.unref();
    child.on('error', () => undefined);
    return true;
  } catch {
    // Not there, or not to be run: the address is printed instead.
    return false;
  }
}

/** The words that open an address: $BROWSER with the address at `%s` or behind it, else the system's own way. Empty where there is none. */
export function browserCommand(url: string, platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] {
  const line = splitCommandLine(env['BROWSER'] ?? '');
  if (line.ok && line.words.length > 0) {
    const words = line.words.map((word) => word.replaceAll('%s', url));
    return line.words.some((word) => word.includes('%s')) ? words : [...words, url];
  }
  if (platform === 'darwin') return ['open', url];
  // `start` of cmd.exe would read the & of the address as its own.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : [];
}
