import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  clientServers,
  Doctor,
  jsonReport,
  ownServers,
  type ProbeEnvironment,
  type Report,
  type Request,
  titleOf,
} from '../../../app/doctor/index.ts';
import { lookAtGateway } from '../../../app/doctor/network/gateway.ts';
import { connectWithRuntimes } from '../../../app/doctor/network/runtime.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { tryRemote } from '../../../app/servers/index.ts';
import { grantOf } from '../../../app/servers/remote/sign-in/stored-sign-ins.ts';
import { protect } from '../../support/authorization-server.ts';
import { clientHome } from '../../support/client-home.ts';
import { startSilentPort } from '../../support/full-backlog.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { validatorOf } from '../../support/json-schema.ts';
import { startOidcServer } from '../../support/oidc-server.ts';
import { has, PYTHON } from '../../support/programs.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { answerAll, sendJson, startRemote } from '../../support/remote-origin.ts';
import { signingIn } from '../../support/signing-in.ts';
import { addressOf, freePort, startEcho, startOrigin } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeCertificate, startTlsOrigin } from '../../support/tls-origin.ts';
import { until } from '../../support/until.ts';

/** Milliseconds: a run ends in seconds, whatever it meets. */
const SECONDS = 15_000;

const wrong = validatorOf('doctor.schema.json');
const text = appTextIn('en');
const ownAddress = Object.values(networkInterfaces())
  .flatMap((infos) => infos ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

interface Asked extends Partial<Request> {
  readonly environment?: Partial<ProbeEnvironment>;
  readonly signal?: AbortSignal;
}

/** One run on this very machine; nothing of it is pretended but what a test says. */
async function examined({ environment = {}, signal, ...request }: Asked): Promise<Report> {
  const unused = await freePort();
  const doctor = new Doctor({
    platform: process.platform,
    env: process.env,
    executable: process.execPath,
    home: '/nobody/home',
    searchPath: () => null,
    gateway: () => ({ host: '127.0.0.1', port: unused, token: null }),
    servers: async () => [],
    secrets: () => [],
    permission: () => null,
    memory: { read: () => null, write: () => undefined },
    ...environment,
  });
  const started = performance.now();
  const outcome = await doctor.run(
    { target: '', server: null, error: '', ...request },
    { signal: signal ?? new AbortController().signal },
  );
  if (outcome.kind === 'refused') throw new Error(outcome.sentence.en);
  expect(performance.now() - started).toBeLessThan(SECONDS);
  expect(wrong(JSON.parse(JSON.stringify(jsonReport(outcome.report[text.language]))))).toBeNull();
  return outcome.report[text.language];
}

const ids = ({ findings }: Report): readonly string[] => findings.map(({ id }) => id);

/** A run about `ha`, which a gateway of its own serves. */
async function aboutHa({ engine }: Pick<Gangway, 'engine'>): Promise<Report> {
  const { port = 0 } = engine.snapshot().listening[0] ?? {};
  const environment: Partial<ProbeEnvironment> = {
    gateway: () => ({ host: '127.0.0.1', port, token: null }),
    servers: async () => ownServers(engine.settings.servers),
    tryRemote: ({ name }, signal) => engine.tryRemote(name, { signal }),
  };
  return examined({ server: 'ha', environment });
}

describe('Doctor on this machine', () => {
  it('is content with a target that answers', async () => {
    await using echo = await startEcho();
    const report = await examined({ target: echo.authority });
    expect(report.verdict).toBe('well');
    expect(ids(report)).toEqual(['gateway-off', 'reached']);
  });

  it('looks where the URL of a remote server leads, and misses no program of it', async () => {
    await using echo = await startEcho();
    const url = `http://${echo.authority}/api/mcp?key=Secret_1`;
    const servers = async () => ownServers([{ name: 'ha', url, headers: {}, transport: 'auto', era: 'auto' }]);
    const report = await examined({ server: 'ha', environment: { servers } });
    expect(report.facts.question.target).toEqual({ host: '127.0.0.1', port: Number(new URL(url).port) });
    expect(ids(report)).toEqual(['gateway-off', 'reached']);
    expect(report.rows.find(({ probe }) => probe === 'server')?.lines).toEqual([
      `ha, http://${echo.authority}/api/mcp`,
    ]);
    expect(JSON.stringify(jsonReport(report))).not.toContain('Secret_1');
    expect(report.facts.seen.router).toEqual({ state: 'not-applicable' });
    expect(report.facts.seen.connect).toMatchObject({
      value: [{ address: '127.0.0.1', outcome: 'connected', way: { kind: 'this-machine' }, tries: 1 }],
    });
  });

  it('finds a port that refuses', async () => {
    const report = await examined({ target: `127.0.0.1:${await freePort()}` });
    expect(report.verdict).toBe('problem');
    expect(ids(report)[0]).toBe('refused');
  });

  it.skipIf(!has(PYTHON, '--version'))('gives up on silence within seconds', async () => {
    await using silent = await startSilentPort();
    const report = await examined({ target: `127.0.0.1:${silent.port}` });
    expect(ids(report)[0]).toBe('no-answer');
    expect(report.facts.seen.connect).toMatchObject({ value: [{ outcome: 'timed-out', errno: null }] });
  });

  it('finds a name that does not resolve', async () => {
    const report = await examined({ target: 'no-such-host.invalid:80' });
    expect(['name-missing', 'name-unanswered']).toContain(ids(report)[0]);
    expect(report.facts.seen.connect).toEqual({ state: 'not-applicable' });
  });

  it('tries every address of a name', async () => {
    await using echo = await startEcho();
    const report = await examined({ target: `localhost:${echo.port}` });
    expect(ids(report)).toContain('reached');
    expect(report.facts.seen.names).toMatchObject({ state: 'seen', value: { errno: null } });
  });

  it.skipIf(ownAddress === undefined)('knows its own addresses', async () => {
    const report = await examined({ target: `${ownAddress}:${await freePort()}` });
    expect(report.facts.seen.connect).toMatchObject({ value: [{ way: { kind: 'this-machine' } }] });
  });

  it.skipIf(!has('openssl', 'version'))('reads the certificate of a server that signs its own', async () => {
    await using origin = await startTlsOrigin((_request, response) => void response.end());
    const report = await examined({ target: `https://127.0.0.1:${origin.port}` });
    expect(report.facts.seen.tls).toMatchObject({
      value: { outcome: 'secured', certificate: { subject: 'localhost', verdict: 'self-signed' } },
    });
    expect(ids(report)).toContain('certificate-self-signed');
    expect(report.verdict).toBe('well');
  });

  it('finds that there is no TLS where it was asked for', async () => {
    await using plain = await startOrigin((socket) => socket.end('220 hello\r\n'));
    const report = await examined({ target: `https://${plain.authority}` });
    expect(ids(report)[0]).toBe('tls-failed');
  });

  it('says that a web server speaks HTTP without TLS where the address says https', async () => {
    const server = createServer((_request, response) => void response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const authority = `127.0.0.1:${addressOf(server).port}`;
    const report = await examined({ target: `https://${authority}/mcp` });
    expect(ids(report)[0]).toBe('speaks-http');
    expect(report.findings[0]?.steps[0]).toBe(`Write http://${authority} in place of https://${authority}.`);
    const plain = await examined({ target: `http://${authority}/mcp` });
    expect(ids(plain)).toEqual(['gateway-off', 'reached']);
    expect(plain.facts.seen.tls).toEqual({ state: 'not-applicable' });
  });

  it.skipIf(!has('openssl', 'version'))('says that a server speaks TLS where the address says http', async () => {
    await using origin = await startTlsOrigin((_request, response) => void response.end());
    const report = await examined({ target: `http://127.0.0.1:${origin.port}/mcp` });
    expect(ids(report)[0]).toBe('speaks-tls');
    expect(ids(report)).not.toContain('certificate-self-signed');
    expect(report.findings[0]?.steps[0]).toContain(`https://127.0.0.1:${origin.port}`);
  });

  it.each([
    ['::1', '127.0.0.1', '127.0.0.1'],
    ['::1', 'localhost', 'localhost'],
    ['127.0.0.1', '::1', '[::1]'],
  ])('finds a program that listens on %s alone, asked about %s', async (listens, asked, written) => {
    const server = createTcpServer((socket) => void socket.end()).listen(0, listens);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = addressOf(server);
    const report = await examined({ target: `${written}:${port}` });
    // Where the hosts file has both addresses for localhost, one of them was reached.
    const expected = asked === 'localhost' && ids(report).includes('reached') ? 'some-addresses' : 'other-loopback';
    expect(ids(report)).toContain(expected);
    if (expected === 'other-loopback') expect(ids(report)).not.toContain('refused');
    const [finding] = report.findings.filter(({ id }) => id === expected);
    const place = listens === '::1' ? '::1' : '127.0.0.1';
    expect(finding?.steps[0]).toContain(place);
  });

  it('tries no TLS where none is asked for', async () => {
    await using echo = await startEcho();
    const report = await examined({ target: echo.authority });
    expect(report.facts.seen.tls).toEqual({ state: 'not-applicable' });
  });

  it('leaves macOS alone on other systems', async () => {
    const report = await examined({
      environment: { platform: 'linux', run: () => Promise.reject(new Error('no tool is to be run')) },
    });
    for (const probe of ['macos', 'extensions', 'filters', 'bundle', 'copies', 'permission', 'appleTool'] as const) {
      expect(report.facts.seen[probe]).toEqual({ state: 'not-applicable' });
    }
  });
});

describe('Doctor and the gateway', () => {
  it('goes the way of a server that is led through it', async () => {
    await using gangway = await startGangway();
    await using echo = await startEcho();
    const report = await examined({
      target: echo.authority,
      environment: { gateway: () => ({ host: '127.0.0.1', port: gangway.port, token: null }) },
    });
    expect(ids(report)).toEqual(['reached', 'gateway-reaches']);
    expect(report.facts.seen.gateway).toMatchObject({
      value: { kind: 'running', pid: process.pid, carried: { tunnels: 0 } },
    });
  });

  it('is told that its port is its own, and not that it fails', async () => {
    await using gangway = await startGangway();
    const report = await examined({
      target: `http://127.0.0.1:${gangway.port}/servers/nas/mcp`,
      environment: { gateway: () => ({ host: '127.0.0.1', port: gangway.port, token: null }) },
    });
    expect(ids(report)).toEqual(['own-port', 'reached']);
    expect(report.verdict).toBe('well');
  });

  it('hears from it why a port refuses', async () => {
    await using gangway = await startGangway();
    const report = await examined({
      target: `127.0.0.1:${await freePort()}`,
      environment: { gateway: () => ({ host: '0.0.0.0', port: gangway.port, token: null }) },
    });
    expect(report.facts.seen.throughGateway).toMatchObject({
      value: { status: 502, error: 'connection_refused', errno: 'ECONNREFUSED' },
    });
  });

  it('shows its token, and says when it is missing', async () => {
    await using gangway = await startGangway({ token: 'Tok-en_1' });
    await using echo = await startEcho();
    const gateway = (token: string | null) => () => ({ host: '127.0.0.1', port: gangway.port, token });
    const right = await examined({ target: echo.authority, environment: { gateway: gateway('Tok-en_1') } });
    expect(ids(right)).toEqual(['reached', 'gateway-reaches']);
    const none = await examined({ target: echo.authority, environment: { gateway: gateway(null) } });
    expect(ids(none)).toEqual(['token-missing', 'reached']);
  });

  it('finds that the gateway denies a port that it reaches itself', async () => {
    await using echo = await startEcho();
    await using gangway = await startGangway({ deniedPorts: [echo.port] });
    const report = await examined({
      target: echo.authority,
      environment: { gateway: () => ({ host: '127.0.0.1', port: gangway.port, token: null }) },
    });
    expect(report.findings[0]).toMatchObject({ id: 'gateway-fails', action: { kind: 'show-log' } });
    expect(report.findings[0]?.why).toContain('PORT_DENIED');
  });

  it('names the program that has the port, and one that is free', async () => {
    await using stranger = await startOrigin((socket) => void socket.end('no HTTP\r\n'));
    const report = await examined({
      environment: { gateway: () => ({ host: '127.0.0.1', port: stranger.port, token: null }) },
    });
    expect(report.findings[0]).toMatchObject({ id: 'port-taken', action: { kind: 'use-port' } });
    expect(report.facts.seen.gateway).toMatchObject({ value: { kind: 'stranger', pid: process.pid } });
  });

  it('takes a gateway that says it listens for itself, where its port is too busy to answer in time', async () => {
    await using silent = await startOrigin(() => undefined);
    const place = { host: '127.0.0.1', port: silent.port, token: null };
    const seenWhereItListensOn = (port: number) => {
      const told = { version: '1.2.3', pid: 42, listening: [{ host: '127.0.0.1', port }] };
      return lookAtGateway(() => place, { status: async () => told, tunnel: async () => null })();
    };
    const [running, elsewhere] = await Promise.all([silent.port, silent.port + 1].map(seenWhereItListensOn));
    expect(running).toEqual({
      state: 'seen',
      value: { kind: 'running', port: silent.port, version: '1.2.3', pid: 42, carried: null },
    });
    expect(elsewhere).toMatchObject({ value: { kind: 'stranger', pid: process.pid } });
  });
});

describe('Doctor and a server', () => {
  const server =
    (command: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    async () => [
      {
        name: 'nas',
        client: 'Claude Desktop',
        mode: 'off' as const,
        program: { kind: 'program' as const, command, args, env, cwd: null },
      },
    ];

  const runtimes = [
    ['node', process.execPath],
    ['python', PYTHON],
  ] as const;

  it.each(runtimes.filter(([, command]) => has(command, '--version')))(
    'tries %s as the server would',
    async (runtime, command) => {
      await using echo = await startEcho();
      const closed = await freePort();
      const servers = server(command, ['server']);
      const good = await examined({ target: echo.authority, server: 'nas', environment: { servers } });
      expect(good.facts.seen.runtime).toMatchObject({ value: [{ runtime, file: command, outcome: 'connected' }] });
      const refused = await examined({ target: `127.0.0.1:${closed}`, server: 'nas', environment: { servers } });
      expect(refused.facts.seen.runtime).toMatchObject({ value: [{ outcome: 'failed', errno: 'ECONNREFUSED' }] });
      const unknown = await examined({ target: 'no-such-host.invalid:80', server: 'nas', environment: { servers } });
      expect(unknown.facts.seen.runtime).toMatchObject({
        value: [{ errno: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) }],
      });
    },
  );

  it('takes the target out of its settings, and nothing else', async () => {
    await using echo = await startEcho({ host: '127.0.0.1' });
    const env = { NAS_URL: `http://localhost.localdomain:${echo.port}`, NAS_TOKEN: 'a-secret-of-the-person' };
    const report = await examined({ server: 'nas', environment: { servers: server('node', ['--key', 'k-1'], env) } });
    expect(report.facts.question.target).toEqual({ host: 'localhost.localdomain', port: echo.port });
    expect(JSON.stringify(report)).not.toMatch(/a-secret-of-the-person|k-1/);
  });

  it('finds that its command is not there', async () => {
    const report = await examined({ server: 'nas', environment: { servers: server('no-such-command-anywhere') } });
    expect(report.findings[0]).toMatchObject({ id: 'server-missing' });
    expect(report.facts.seen.runtime).toEqual({ state: 'not-applicable' });
  });
});

describe('Doctor and a server with a URL', () => {
  const remoteAt = (url: string, headers: Readonly<Record<string, string>> = {}) => ({
    servers: [{ name: 'ha', url, headers, transport: 'streamable' as const, era: 'auto' as const }],
  });

  it('tells that it works, by revision and tools', async () => {
    await using remote = await startRemote();
    await using gangway = await startGangway(remoteAt(remote.url));
    const report = await aboutHa(gangway);
    expect([report.verdict, ...ids(report)]).toEqual(['well', 'reached', 'gateway-reaches', 'remote-works']);
    expect(report.facts.seen.remote).toMatchObject({ value: { outcome: 'works', revision: '2025-11-25', step: null } });
  });

  it('knows the cause when the token of its entry is refused, and does not show it', async () => {
    await using remote = await startRemote();
    remote.hook = (_request, response) => sendJson(response, 401, {});
    await using gangway = await startGangway(remoteAt(remote.url, { Authorization: 'Bearer Tok-en_1' }));
    const report = await aboutHa(gangway);
    expect(ids(report)[0]).toBe('remote-credentials-refused');
    expect(report.facts.seen.remote).toMatchObject({ value: { status: 401 } });
    expect(JSON.stringify(jsonReport(report))).not.toContain('Tok-en_1');
  });

  it.skipIf(!has('openssl', 'version'))(
    'asks it with the certificate that a person has trusted, and tells when that has changed',
    async () => {
      await using origin = await startTlsOrigin(answerAll);
      await using gangway = await startGangway(remoteAt(`https://localhost:${origin.port}/mcp`));
      await gangway.engine.trust('ha', origin.fingerprint);
      const trusted = await aboutHa(gangway);
      expect(trusted.facts.seen.tls).toMatchObject({ value: { certificate: { verdict: 'self-signed' } } });
      expect(ids(trusted)).toEqual(['reached', 'gateway-reaches', 'remote-works']);

      const folder = mkdtempSync(join(tmpdir(), 'gangway-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      origin.use(makeCertificate(folder, 'renewed'));
      gangway.engine.forgetNetwork();
      const changed = await aboutHa(gangway);
      expect(ids(changed)[0]).toBe('remote-certificate-changed');
      // That of the new one; the trusted one stands in the reason.
      expect(changed.findings[0]?.steps[0]).toMatch(/(?:[0-9A-F]{2}:){31}/);
      expect(changed.findings[0]?.steps[0]).not.toContain(origin.fingerprint);
    },
  );
});

describe('Doctor and a sign-in that a strict authorization server gave', () => {
  it('finds the sign-in missing, ended, and without a scope that the server wants, and nothing once that is given', async () => {
    await using far = await startRemote();
    const as = await startOidcServer(far.url);
    protect(far, as, {
      metadata: { resource: far.url, authorization_servers: [as.origin], scopes_supported: ['mcp:tools'] },
    });
    const gangway = await signingIn([{ name: 'ha', url: far.url }]);
    expect(ids(await aboutHa(gangway))[0]).toBe('remote-sign-in-needed');

    await gangway.signIn('ha');
    expect(ids(await aboutHa(gangway))).toEqual(['reached', 'gateway-reaches', 'remote-works']);

    const guarded = far.hook;
    far.hook = async (seen, response) => {
      if (await guarded(seen, response)) return true;
      const token = seen.headers.authorization?.slice('Bearer '.length) ?? '';
      if (seen.message?.method !== 'tools/list' || (await as.grants(token, 'mcp:admin'))) return false;
      const challenge = 'Bearer error="insufficient_scope", scope="mcp:admin"';
      return sendJson(response, 403, { error: 'insufficient_scope' }, { 'WWW-Authenticate': challenge });
    };
    const narrow = await aboutHa(gangway);
    expect(ids(narrow)[0]).toBe('remote-scope-missing');
    expect(narrow.facts.seen.remote).toMatchObject({ value: { step: 'sign-in', status: 403 } });
    await gangway.signIn('ha');
    expect(ids(await aboutHa(gangway))).toContain('remote-works');

    const grant = grantOf(await gangway.store.read(), 'ha', far.url);
    await as.end(grant?.accessToken ?? '');
    await as.end(grant?.refreshToken ?? '');
    const ended = await aboutHa(gangway);
    expect(ids(ended)[0]).toBe('remote-sign-in-ended');
    expect(JSON.stringify(jsonReport(ended))).not.toContain(grant?.accessToken);
  });

  it('says what it found in each language', async () => {
    await using far = await startRemote();
    far.hook = (_request, response) => sendJson(response, 401, {}, { 'WWW-Authenticate': 'Bearer' });
    const { engine } = await signingIn([{ name: 'ha', url: far.url }]);
    const trial = await engine.tryRemote('ha');
    expect(trial?.sentence?.en).toContain('asks for a sign-in');
    expect(trial?.sentence?.['zh-Hant']).toMatch(/\p{Script=Han}/u);
  });
});

describe('Doctor and an entry with a URL in the file of a client', () => {
  it('asks the server with what the entry says, and leaves the addresses of our own servers to us', async () => {
    await using far = await startRemote('/api/mcp');
    far.hook = ({ headers }, response) =>
      headers.authorization !== 'Bearer Tok-en_1' && sendJson(response, 401, { error: 'unauthorized' });
    const port = await freePort();
    const home = clientHome(
      temporaryDirectory(),
      JSON.stringify({
        mcpServers: {
          nas: { url: far.url, headers: { Authorization: 'Bearer Tok-en_1' } },
          'no token': { url: `${far.url}?key=Secret_1` },
          ours: { url: `http://127.0.0.1:${port}/servers/nas/mcp` },
        },
      }),
      '.cursor/mcp.json',
    );
    const { log } = rememberingLog();
    const environment: Partial<ProbeEnvironment> = {
      servers: () => clientServers(home.files(), port, {}),
      tryRemote: async ({ remote }, signal) =>
        remote === undefined ? null : tryRemote(remote, null, { log, text: () => textIn('en'), signal }),
    };
    const listed = await clientServers(home.files(), port, {});
    expect(listed.map(titleOf)).toEqual(['nas (Cursor)', 'no token (Cursor)']);

    const good = await examined({ server: 'nas', environment });
    expect(ids(good)).toEqual(['gateway-off', 'reached', 'remote-works']);
    expect(good.rows.find(({ probe }) => probe === 'server')?.lines).toEqual([`nas, Cursor, ${far.url}`]);
    const bare = await examined({ server: 'no token', environment });
    expect(ids(bare)[0]).toBe('remote-sign-in-needed');
    expect(JSON.stringify([jsonReport(good), jsonReport(bare)])).not.toMatch(/Tok-en_1|Secret_1/);
  });
});

describe('a run of Doctor', () => {
  it.skipIf(!has(PYTHON, '--version'))('that is stopped tells what it has seen until then', async () => {
    await using silent = await startSilentPort();
    const control = new AbortController();
    const running = examined({ target: `127.0.0.1:${silent.port}`, signal: control.signal });
    control.abort();
    const report = await running;
    expect(report.facts.seen.connect).toEqual({ state: 'stopped' });
  });

  it.skipIf(process.platform === 'win32').each([
    ['says nothing of the network where the runtime had not even started', '', 'failed', 'NO_ANSWER'],
    ['says that the connection took too long where the runtime had started', 'echo started', 'timed-out', null],
  ])('that is stopped %s', async (_, first, outcome, errno) => {
    const folder = temporaryDirectory();
    const mark = join(folder, 'mark');
    writeFileSync(join(folder, 'node'), `#!/bin/sh\n${first}\n: >'${mark}'\nexec /bin/sleep 60\n`, { mode: 0o755 });
    const control = new AbortController();
    const probe = connectWithRuntimes({
      env: async () => ({ PATH: folder }),
      platform: 'linux',
      program: async () => null,
    });
    const question = { target: { host: '127.0.0.1', port: 9 }, tls: false, server: null, reported: null };
    const running = probe({ question, signal: control.signal, seen: () => Promise.reject(new Error('asks nothing')) });
    await until('the runtime runs', () => existsSync(mark));
    // What was printed before the mark is there for the next turn of the event loop.
    await setTimeout(20);
    control.abort();
    expect(await running).toMatchObject({ value: [{ runtime: 'node', outcome, errno }] });
  });

  it('refuses a target that is none, and a server that does not exist', async () => {
    await expect(examined({ target: 'nas' })).rejects.toThrow('“nas” is no target');
    await expect(examined({ server: 'nas' })).rejects.toThrow('There is no server named nas.');
  });

  it('remembers that a neighbour was reached, and only that', async () => {
    const written: unknown[] = [];
    const memory = { read: () => null, write: (last: unknown) => written.push(last) };
    await using echo = await startEcho();
    await examined({ target: echo.authority, environment: { memory } });
    expect(written).toEqual([]);
  });
});
