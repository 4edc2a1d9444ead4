import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { browserCommand } from '../../../app/cli/login.ts';
import { statusReport } from '../../../app/cli/status.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { protect, startAuthorizationServer } from '../../support/authorization-server.ts';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { folderIn } from '../../support/control.ts';
import { openSession } from '../../support/raw-mcp.ts';
import { type RemoteOrigin, startRemote } from '../../support/remote-origin.ts';
import { until } from '../../support/until.ts';

/** A browser as a program: it follows redirects to the end, as a tab that a person has led there. */
const BROWSER = `
import { get } from 'node:http';
const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const visit = (at) =>
  get(at, { headers }, (response) => {
    response.resume();
    const { location } = response.headers;
    if (location !== undefined) visit(new URL(location, at).href);
  });
visit(process.argv[2]);
`;

describe('login and logout', () => {
  let home = '';
  let far: RemoteOrigin;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'gangway-'));
    far = await startRemote();
    writeFileSync(join(home, 'servers.json'), JSON.stringify({ mcpServers: { nas: { url: far.url } } }));
    writeFileSync(join(home, 'browser.mjs'), BROWSER);
  });
  afterAll(async () => {
    await far[Symbol.asyncDispose]();
    rmSync(home, { recursive: true });
  });

  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const cli = new CliProcess(args, { env: { HOME: home, ...env } });
    return { code: await cli.exit(), out: cli.out, err: cli.err };
  }

  it('sign in by the browser or by a pasted address, are shown in status, and keep tokens for their owner alone', async () => {
    const as = await startAuthorizationServer();
    protect(far, as);
    const { port, url } = await startCli(['--config', join(home, 'servers.json')], { env: { HOME: home } });
    const where = ['-p', String(port)];
    const BROWSER = `${process.execPath} ${join(home, 'browser.mjs')}`;

    const call = () =>
      openSession(`${url}/servers/nas`).then(
        (session) => session.tool('echo', { n: 1 }).catch(String),
        (error: unknown) => String(error),
      );
    expect(await call()).toContain('Sign in: mcp-gangway login nas');
    const signedIn = await run(['login', 'nas', ...where], { BROWSER });
    expect(signedIn).toMatchObject({ code: 0, err: expect.stringContaining('Your browser opens') });
    expect(signedIn.out).toContain(`You are signed in to nas at ${as.origin}. The sign-in is renewed by itself.`);
    const snapshot = Object(await (await fetch(`${url}/status`)).json());
    expect(statusReport(snapshot, 0, textIn('en'))).toContain(`signed in at ${as.origin}, renewed by itself`);
    const file = join(folderIn(home), 'sign-ins.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([...as.valid].some((token) => readFileSync(file, 'utf8').includes(token))).toBe(true);
    expect(await call()).toBe('{"n":1}');

    expect(await run(['logout', 'nas', ...where])).toMatchObject({
      code: 0,
      out: expect.stringContaining('signed out of nas'),
    });
    expect([...as.valid].some((token) => readFileSync(file, 'utf8').includes(token))).toBe(false);

    const pasted = spawn(process.execPath, [inject('cli'), 'login', 'nas', '--print', ...where], {
      env: { HOME: home },
    });
    onTestFinished(() => void pasted.kill('SIGKILL'));
    let [out, err] = ['', ''];
    pasted.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    pasted.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await until('the address is printed', () => out.includes('\n'));
    const response = await fetch(out.trim(), { redirect: 'manual' });
    pasted.stdin.write('nothing of use\n');
    await until('it says that this is none', () => err.includes('No sign-in to this server waits'));
    pasted.stdin.write(`${response.headers.get('location')}\n`);
    const code = await new Promise((resolve) => pasted.once('close', resolve));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('You are signed in to nas') });

    as.metadata = { ...as.metadata, code_challenge_methods_supported: undefined };
    expect(await run(['login', 'nas', ...where], { BROWSER })).toMatchObject({
      code: 1,
      err: expect.stringContaining('mcp-gangway login nas --accept-no-pkce'),
    });
  });
});

describe('The browser that login opens', () => {
  it.each([
    ['linux', { BROWSER: 'firefox' }, ['firefox', 'U']],
    ['linux', { BROWSER: 'my browser %s --new' }, ['my', 'browser', 'U', '--new']],
    ['linux', {}, []],
    ['linux', { DISPLAY: ':0' }, ['xdg-open', 'U']],
    ['darwin', {}, ['open', 'U']],
    ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', 'U']],
  ] as const)('on %s with %j is %j', (platform, env, words) => {
    expect(browserCommand('U', platform, env)).toEqual(words);
  });
});
