import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { COMPILED } from '../support/programs.ts';

/** A gateway whose only server is called `remote`. */
export interface SignedOut {
  /** The bundled command line. */
  readonly cli: string;
  readonly port: number;
  readonly home: string;
}

/** What a browser says of a tab that a person has led somewhere. */
const NAVIGATION = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/**
 * Signs in as a person does: by `login`, with a stand-in for the browser that opens the address it prints. Rejects where the sign-in
 * does not come about.
 */
export async function signIn({ cli, port, home }: SignedOut): Promise<void> {
  const args = [cli, 'login', 'remote', '--print', '--accept-no-pkce', '--port', String(port)];
  const env = { PATH: process.env['PATH'] ?? '', ...COMPILED, HOME: home };
  const login = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface({ input: login.stdout }).on('line', (line) => {
    if (/^https?:/.test(line)) visit(line);
  });
  const [said, [code]] = await Promise.all([text(login.stderr), once(login, 'close')]);
  if (code !== 0) throw new Error(`no sign-in: ${said}`);
}

/** Follows redirects to the end. The suite's servers agree to everything. */
function visit(url: string): void {
  get(url, { headers: NAVIGATION }, (response) => {
    response.resume();
    const { location } = response.headers;
    if (location !== undefined) visit(new URL(location, url).href);
  }).on('error', (error) => process.stderr.write(`the browser: ${error.message}\n`));
}
