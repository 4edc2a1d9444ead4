import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeToken } from '../../../app/settings/index.ts';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { OK } from '../../support/forward-fixture.ts';
import { type Gangway, startEchoGateway, startGangway } from '../../support/gangway.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { run } from '../../support/programs.ts';
import { freePort, RawClient, startEcho, startOrigin } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const CUPBOARD = fileURLToPath(new URL('../../fixtures/cupboard-server.mjs', import.meta.url));

const LAPTOP = makeToken('laptop', null, 0);
const PHONE = makeToken('phone', null, 0);
const TOKENS = [LAPTOP.setting, PHONE.setting];
const SHARED = 'one-token-for-all-of-them';

/** What curl got through the proxy with these credentials: the status, or that of a refused CONNECT or SOCKS handshake. */
async function through(gangway: Gangway, credentials: string, way: 'http' | 'connect' | 'socks'): Promise<string> {
  await using origin = await startOrigin((socket) => socket.once('data', () => socket.end(OK)));
  const at = `${credentials === '' ? '' : `${credentials}@`}127.0.0.1:${gangway.port}`;
  const proxy = {
    http: ['-x', `http://${at}`],
    connect: ['-p', '-x', `http://${at}`],
    socks: ['-x', `socks5h://${at}`],
  };
  const { stdout } = await run('curl', [
    '-sS',
    '--noproxy',
    '',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code} %{http_connect}',
    ...proxy[way],
    `http://127.0.0.1:${origin.port}/`,
  ]);
  const [status = '', connect = ''] = stdout.split(' ');
  return status !== '000' ? status : connect;
}

async function page(gangway: Gangway, ...fields: readonly string[]): Promise<string> {
  using client = await RawClient.connect(gangway.port);
  client.send(
    `GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`,
  );
  return (await client.untilEnd()).slice(9, 12);
}

const labels = ({ engine }: Gangway): readonly string[] => engine.snapshot().lastRequests.map(({ label }) => label);
const WAYS = ['http', 'connect', 'socks'] as const;

/** A stdio connection, an event stream, a CONNECT and a SOCKS tunnel, opened with this token or none. */
async function openWays(
  gangway: Gangway,
  echo: { readonly port: number; readonly authority: string },
  secret: string | null,
) {
  const basic = Buffer.from(`any:${secret}`).toString('base64');
  const bearer = `Host: localhost\r\n${secret === null ? '' : `Authorization: Bearer ${secret}\r\n`}`;
  const proxied = secret === null ? '' : `Proxy-Authorization: Basic ${basic}\r\n`;
  const heads = [
    `GET /stdio HTTP/1.1\r\n${bearer}Connection: Upgrade\r\nUpgrade: mcp-stdio\r\n\r\n`,
    `GET /sse HTTP/1.1\r\n${bearer}Accept: text/event-stream\r\n\r\n`,
    `CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\n${proxied}\r\n`,
  ];
  const clients: RawClient[] = [];
  for (const head of heads) {
    const client = await RawClient.connect(gangway.port);
    client.send(head);
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 (?:101|200) /);
    clients.push(client);
  }
  const socks = await RawClient.connect(gangway.port);
  if (secret === null) socks.send(Buffer.from([5, 1, 0]));
  else socks.send(`\x05\x01\x02\x01\x01a${String.fromCharCode(secret.length)}${secret}`);
  const [high, low] = [echo.port >> 8, echo.port & 0xff];
  socks.send(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, high, low]));
  await socks.until((text) => text.startsWith(secret === null ? '\x05\x00\x05\x00' : '\x05\x02\x01\x00\x05\x00'));
  return [...clients, socks];
}

describe('named tokens where one is required', () => {
  it.each(WAYS)('by %s each of them lets in, and nothing else does', async (way) => {
    await using gangway = await startGangway({ tokens: TOKENS, requireToken: true });
    const refused = way === 'socks' ? '000' : '407';
    expect(await through(gangway, `any:${LAPTOP.secret}`, way)).toBe('200');
    expect(await through(gangway, `any:${PHONE.secret}`, way)).toBe('200');
    expect(labels(gangway)).toEqual(['laptop', 'phone']);
    for (const wrong of ['', 'laptop:x', `laptop:${LAPTOP.setting.hash}`, `laptop:${LAPTOP.secret}x`, 'laptop:']) {
      expect([wrong, await through(gangway, wrong, way)]).toEqual([wrong, refused]);
    }
  });

  it('lets in at the MCP endpoints and pages by Bearer and by Basic', async () => {
    await using gangway = await startEchoGateway({ tokens: TOKENS, requireToken: true });
    const basic = (text: string): string => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
    expect(await page(gangway)).toBe('401');
    expect(await page(gangway, `Authorization: Bearer ${LAPTOP.secret}`)).toBe('200');
    expect(await page(gangway, basic(`any:${PHONE.secret}`))).toBe('200');
    expect(await page(gangway, `Authorization: Bearer ${LAPTOP.setting.hash}`)).toBe('401');
    expect(await page(gangway, basic('laptop:wrong'))).toBe('401');
  });

  it('are revoked one by one, from the next request on', async () => {
    await using gangway = await startGangway({ tokens: TOKENS, requireToken: true });
    expect(await through(gangway, `a:${LAPTOP.secret}`, 'http')).toBe('200');
    await gangway.engine.apply({ ...gangway.settings, tokens: [PHONE.setting] });
    expect(await through(gangway, `a:${LAPTOP.secret}`, 'http')).toBe('407');
    expect(await through(gangway, `a:${PHONE.secret}`, 'http')).toBe('200');
  });

  it('end what their bearer has open once they are revoked, and nothing of another', async () => {
    await using gangway = await startEchoGateway({ tokens: TOKENS, requireToken: true });
    await using echo = await startEcho();
    const open = ({ secret }: typeof PHONE) => openWays(gangway, echo, secret);
    const laptop = await open(LAPTOP);
    const phone = await open(PHONE);
    await gangway.engine.apply({ ...gangway.settings, tokens: [PHONE.setting] });
    await Promise.all(laptop.map((client) => client.untilEnd()));
    await expect.poll(() => echo.sockets.size, { timeout: 20_000 }).toBe(2);
    await expect
      .poll(() => gangway.engine.snapshot().bridge.servers.map(({ sessions }) => sessions.length), { timeout: 20_000 })
      .toEqual([2]);
    for (const client of phone.slice(2)) {
      client.send('still there');
      await client.until((text) => text.endsWith('still there'));
    }
    phone[0]?.send(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`);
    await phone[0]?.until((text) => text.includes('"id":1'));
    expect(phone.map(({ ended }) => ended)).toEqual([false, false, false, false]);
    for (const client of [...laptop, ...phone]) client.socket.destroy();
  });

  it.each([
    ['is switched on', { requireToken: true }],
    ['comes with the one token for all', { token: SHARED }],
  ])('end what is open without one when the requirement %s, and nothing that has shown one', async (_how, changes) => {
    await using gangway = await startEchoGateway({ tokens: TOKENS });
    await using echo = await startEcho();
    const nobodys = await openWays(gangway, echo, null);
    const phones = await openWays(gangway, echo, PHONE.secret);
    const idle = await RawClient.connect(gangway.port);
    const statuses = (text: string) => text.match(/HTTP\/1\.1 \d+/g) ?? [];
    idle.send('GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await idle.until((text) => text.endsWith('\r\n0\r\n\r\n'));
    await gangway.engine.apply({ ...gangway.settings, noProxy: 'nas.lan' });
    nobodys[2]?.send('still there');
    await nobodys[2]?.until((text) => text.endsWith('still there'));
    await gangway.engine.apply({ ...gangway.settings, ...changes });
    await Promise.all(nobodys.map((client) => client.untilEnd()));
    await expect.poll(() => echo.sockets.size, { timeout: 20_000 }).toBe(2);
    for (const client of phones.slice(2)) {
      client.send('still there');
      await client.until((text) => text.endsWith('still there'));
    }
    expect(phones.map(({ ended }) => ended)).toEqual([false, false, false, false]);
    idle.send('GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(statuses(await idle.until((text) => statuses(text).length > 1))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401']);
    for (const client of [...nobodys, ...phones, idle]) client.socket.destroy();
  });

  it('leave an idle connection open when its bearer is revoked, and refuse the next request on it', async () => {
    await using gangway = await startEchoGateway({ tokens: TOKENS, requireToken: true });
    await using origin = await startOrigin((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    );
    const basic = Buffer.from(`any:${LAPTOP.secret}`).toString('base64');
    const { authority } = origin;
    const proxied = `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`;
    const status = `GET /status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${LAPTOP.secret}\r\n\r\n`;
    const client = await RawClient.connect(gangway.port);
    const statuses = (text: string) => text.match(/HTTP\/1\.1 \d+/g) ?? [];
    for (const [at, request] of [proxied, status].entries()) {
      client.send(request);
      await client.until((text) => statuses(text).length > at);
    }
    await gangway.engine.apply({ ...gangway.settings, tokens: [PHONE.setting] });
    client.send(status);
    const text = await client.until((received) => statuses(received).length > 2);
    expect(statuses(text)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 401']);
    client.socket.destroy();
  });

  it('let no client in once the last one is revoked', async () => {
    await using gangway = await startGangway({ tokens: [], requireToken: true });
    expect(await through(gangway, `a:${LAPTOP.secret}`, 'http')).toBe('407');
    expect(await page(gangway)).toBe('401');
  });
});

describe('the one token for all', () => {
  it('is required when it is set, beside the named ones, and leaves the name to the client', async () => {
    await using gangway = await startGangway({ token: SHARED, tokens: TOKENS });
    expect(await through(gangway, 'any:x', 'http')).toBe('407');
    expect(await through(gangway, `desk.nas:${SHARED}`, 'http')).toBe('200');
    expect(await through(gangway, `desk.nas:${PHONE.secret}`, 'http')).toBe('200');
    expect(await through(gangway, `${SHARED}:${SHARED}`, 'http')).toBe('200');
    expect(labels(gangway)).toEqual(['desk.nas', 'phone']);
  });
});

describe('named tokens where none is required', () => {
  it.each(WAYS)('by %s name their bearer, and let in all others without a token’s name', async (way) => {
    await using gangway = await startGangway({ tokens: TOKENS });
    for (const credentials of ['', 'desk.nas:x', `desk.nas:${LAPTOP.secret}`, 'phone:guessed', 'old:revoked-token']) {
      expect([credentials, await through(gangway, credentials, way)]).toEqual([credentials, '200']);
    }
    // In the place of the name, where it would be shown and logged.
    expect(await through(gangway, `${LAPTOP.secret}:x`, way)).toBe('200');
    expect(labels(gangway)).toEqual(['desk.nas', 'laptop', 'old']);
  });

  it('keep sessions of their bearers apart from those of all others', async () => {
    await using gangway = await startEchoGateway({ tokens: TOKENS });
    const post = (session: string | null, token: string | null, body: object): Promise<Response> =>
      fetch(`${gangway.url}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(session === null ? {} : { 'mcp-session-id': session }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    const opened = await post(null, LAPTOP.secret, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
    const session = opened.headers.get('mcp-session-id');
    const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };
    expect(opened.status).toBe(200);
    expect((await post(session, PHONE.secret, ping)).status).toBe(404);
    expect((await post(session, null, ping)).status).toBe(404);
    expect((await post(session, LAPTOP.secret, ping)).status).toBe(200);
  });

  it('let a page without an origin in only with a token', async () => {
    await using gangway = await startGangway({ tokens: TOKENS });
    for (const origin of ['null', 'file://']) {
      expect(await page(gangway, `Origin: ${origin}`)).toBe('401');
      expect(await page(gangway, `Origin: ${origin}`, 'Authorization: Bearer nonsense')).toBe('401');
      expect(await page(gangway, `Origin: ${origin}`, `Authorization: Bearer ${PHONE.secret}`)).toBe('200');
    }
    await using without = await startGangway();
    expect(await page(without, 'Origin: null', `Authorization: Bearer ${PHONE.secret}`)).toBe('403');
  });
});

describe('what is told of tokens', () => {
  it('is when each was shown last and how often, in the state and in the metrics, and never a hash', async () => {
    await using gangway = await startGangway({ tokens: TOKENS });
    const before = Date.now();
    await through(gangway, `a:${LAPTOP.secret}`, 'http');
    await page(gangway, `Authorization: Bearer ${LAPTOP.secret}`);
    await through(gangway, 'nonsense:nonsense', 'http');
    const [laptop, phone] = gangway.engine.snapshot().tokens;
    expect(laptop).toMatchObject({ name: 'laptop', requests: 2 });
    expect(laptop?.lastAt).toBeGreaterThanOrEqual(before);
    expect(phone).toEqual({ name: 'phone', lastAt: null, requests: 0 });
    const metrics = await (await fetch(`${gangway.url}/metrics`)).text();
    expect(metrics.match(/^gangway_token_requests_total.*/gm)).toEqual([
      'gangway_token_requests_total{token="laptop"} 2',
      'gangway_token_requests_total{token="phone"} 0',
    ]);
    const status = await (await fetch(`${gangway.url}/status`)).text();
    for (const { secret, setting } of [LAPTOP, PHONE]) {
      expect(status).not.toContain(secret);
      expect(status).not.toContain(setting.hash);
    }
  });
});

describe('mcp-gangway token', () => {
  /** Runs the command to its end. */
  async function token(...args: readonly string[]): Promise<{ readonly code: unknown; readonly cli: CliProcess }> {
    const cli = new CliProcess(['token', ...args]);
    return { code: await cli.exit(), cli };
  }

  it('makes, lists and revokes tokens in a file for its owner alone, which holds hashes only', async () => {
    const file = join(temporaryDirectory(), 'tokens');
    const made = await token('add', 'laptop', '--tokens', file);
    expect(made.code).toBe(0);
    const secret = made.cli.out.trim();
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(made.cli.err).toContain('not shown again');
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await token('add', 'laptop', '--tokens', file)).code).toBe(1);
    expect((await token('--tokens', file)).cli.out).toMatch(/^laptop {2}\d{4}-/);
    expect((await token('revoke', 'phone', '--tokens', file)).cli.err).toContain('There is no token phone');
    expect((await token('revoke', 'laptop', '--tokens', file)).code).toBe(0);
    expect((await token('list', '--tokens', file)).cli.out).toBe('There are no tokens.\n');
  });

  it('gives a token a set, which a running instance that follows the file limits its bearer to', async () => {
    const folder = temporaryDirectory();
    const file = join(folder, 'tokens');
    const made = await token('add', 'phone', '--set', 'read', '--tokens', file);
    expect([made.code, made.cli.err]).toEqual([0, expect.stringContaining('what the set read lets through')]);
    expect((await token('--tokens', file)).cli.out).toMatch(/^phone {2}\S+ {2}read\n$/);
    const config = join(folder, 'servers.json');
    const program = { command: process.execPath, args: [CUPBOARD] };
    const sets = [{ name: 'read', servers: { one: { tools: { allow: ['open'] } } } }];
    writeFileSync(config, JSON.stringify({ mcpServers: { one: program, two: program }, sets }));
    const { port } = await startCli(['--tokens', file, '--config', config]);
    const headers = { Authorization: `Bearer ${made.cli.out.trim()}` };
    const list = async (fields: Readonly<Record<string, string>>) => {
      const { result } = await modernAnswer(`http://127.0.0.1:${port}/all`, { method: 'tools/list', headers: fields });
      return Array.from(Object(result).tools, (one) => Object(one).name);
    };
    await expect.poll(() => list(headers), { timeout: 30_000 }).toEqual(['one__open']);
    await expect.poll(() => list({}), { timeout: 30_000 }).toContain('two__open');
  });

  it.each([
    [['add'], /Name the token/],
    [['add', 'a', '--set', 'a b'], /cannot be the name of a set/],
    [['revoke', 'a', '--set', 'read'], /given with a new token/],
    [['add', 'a:b'], /cannot be the name/],
    [['remove', 'a'], /"remove" is not expected/],
    [['list', 'a'], /"a" is not expected/],
  ])('says what is wrong with %j', async (args, why) => {
    const { code, cli } = await token(...args, '--tokens', join(temporaryDirectory(), 'tokens'));
    expect(code).toBe(2);
    expect(cli.err).toMatch(why);
  });

  it('is told where the file has a line that is no token', async () => {
    const file = join(temporaryDirectory(), 'tokens');
    writeFileSync(file, '# mine\nlaptop secret-in-clear 2026-01-01\n', { mode: 0o600 });
    const { code, cli } = await token('list', '--tokens', file);
    expect(code).toBe(1);
    expect(cli.err).toContain('Line 2');
    expect(cli.err).not.toContain('secret-in-clear');
  });
});

describe('serve --tokens', () => {
  it('follows the file: a new token comes in and a revoked one does not, without a restart', async () => {
    const file = join(temporaryDirectory(), 'tokens');
    const add = async (name: string): Promise<string> => {
      const cli = new CliProcess(['token', 'add', name, '--tokens', file]);
      await cli.exit();
      return cli.out.trim();
    };
    const first = await add('first');
    const { url, cli } = await startCli(['--tokens', file, '--require-token']);
    const status = async (token: string): Promise<number> =>
      (await fetch(`${url}/healthz`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(first)).toBe(200);
    const second = await add('second');
    await expect.poll(() => status(second), { timeout: 20_000 }).toBe(200);
    await cli.until('err', /\[INFO\] .*tokens has changed .*names="first, second"/);
    writeFileSync(file, 'half a li', { mode: 0o600 });
    await cli.until('err', /\[WARN\].*Line 1 .*from before go on/);
    expect(await status(second)).toBe(200);
    writeFileSync(file, '', { mode: 0o600 });
    await expect.poll(() => status(second), { timeout: 20_000 }).toBe(401);
    expect(await status(first)).toBe(401);
    expect(cli.err).not.toContain(second);
  });

  it('is refused with --require-token and nothing to require', async () => {
    const cli = new CliProcess(['-p', String(await freePort()), '--require-token']);
    expect(await cli.exit()).toBe(2);
    expect(cli.err).toContain('--tokens FILE');
  });
});
