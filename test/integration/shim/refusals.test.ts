import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverSetting } from '../../support/bridge-host.ts';
import { startEchoGateway, startGangway } from '../../support/gangway.ts';
import { LineClient, onPort } from '../../support/line-client.ts';
import { addressOf, freePort } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

const TOKEN = 'a-token-that-is-long-enough';

describe('what cannot be', () => {
  test('a server that is not set up is answered with the names there are, and later found', async () => {
    const servers = ['nas', 'home'].map((name) => serverSetting({ name }));
    await using gangway = await startGangway({ servers, defaultServer: null });
    const client = new LineClient(onPort(gangway.port, 'Printer 3'));
    expect(await client.initialize()).toMatchObject({
      error: {
        code: -32000,
        message: 'There is no MCP server named Printer 3. There are: nas, home.',
        data: { servers: ['nas', 'home'] },
      },
    });
    await until('stderr says so', () => client.err.includes('There is no MCP server named Printer 3.'));
    expect(client.child.exitCode).toBeNull();
    const late = new LineClient(onPort(gangway.port, 'late'));
    await late.initialize();
    await gangway.engine.apply({ ...gangway.settings, servers: [...servers, serverSetting({ name: 'late' })] });
    expect(await late.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
  });

  test('is said on stderr, with the exit status 1, where the input ends without a request', async () => {
    await using gangway = await startEchoGateway({ token: TOKEN });
    const withToken = { MCP_GANGWAY_TOKEN: TOKEN };
    const nobody = await freePort();
    const cases = [
      [
        new LineClient(onPort(gangway.port, 'nosuch'), withToken),
        'There is no MCP server named nosuch. There are: echo.',
      ],
      [new LineClient(onPort(gangway.port, 'nosuch')), 'asks for its token'],
      [new LineClient(onPort(nobody)), `nothing listens on 127.0.0.1:${nobody}`],
    ] as const;
    for (const [client, sentence] of cases) {
      expect(await client.end()).toBe(1);
      expect(client.err).toContain(sentence);
      expect(client.messages).toEqual([]);
    }
    const fine = new LineClient(onPort(gangway.port), withToken);
    expect(await fine.end()).toBe(0);
    expect(fine.err).toBe('');
    const noted = new LineClient(onPort(gangway.port, 'nosuch'), withToken);
    noted.send({ method: 'notifications/initialized' });
    expect(await noted.end()).toBe(1);
    expect(noted.err).toContain('There is no MCP server named nosuch.');
  });

  test.each([
    ['no token', {}, 'asks for its token'],
    ['the wrong token', { MCP_GANGWAY_TOKEN: 'not-the-token-at-all' }, 'does not accept this token'],
  ])('%s is said clearly', async (_what, env, sentence) => {
    await using gangway = await startEchoGateway({ token: TOKEN });
    const client = new LineClient(onPort(gangway.port), env);
    expect(await client.initialize()).toMatchObject({ error: { message: expect.stringContaining(sentence) } });
    await until('stderr says so', () => client.err.includes(sentence));
  });

  test('a command that does not exist is the answer of its server', async () => {
    const servers = [serverSetting({ command: 'no-such-command-anywhere' })];
    await using gangway = await startEchoGateway({ servers });
    const client = new LineClient(onPort(gangway.port));
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('no-such-command-anywhere was not found') },
    });
  });

  test('another program on the port is not taken for the gateway', async () => {
    const stranger = createServer((socket) => socket.end('220 mail.lan ESMTP\r\n')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    onTestFinished(() => void stranger.close());
    const client = new LineClient(onPort(addressOf(stranger).port));
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('is not MCP Gangway') },
    });
  });

  test.each([
    [
      'a web page',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p>1',
      'is a web server (HTTP 200)',
    ],
    [
      'the 400 of a TLS port',
      'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
      'is a web server (HTTP 400)',
    ],
    [
      'a 404 in chunks',
      'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n',
      'is a web server (HTTP 404)',
    ],
    [
      'the 426 of a gateway that got no Upgrade',
      `HTTP/1.1 426 Upgrade Required\r\nContent-Length: 72\r\n\r\n${'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"wanted"}}'.padEnd(72)}`,
      'a reverse proxy in between drops the "Upgrade: mcp-stdio"',
    ],
  ])('%s on a connection that stays open is told at once', async (_what, answer, sentence) => {
    const front = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (answer.includes('1.0 400') ? socket.end(answer) : socket.write(answer)));
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    onTestFinished(() => void front.close());
    const client = new LineClient(onPort(addressOf(front).port), { MCP_GANGWAY_TOKEN: TOKEN });
    expect(await client.initialize()).toMatchObject({ error: { message: expect.stringContaining(sentence) } });
  });

  test('a gateway that is not there is said to be so, and found when it comes', async () => {
    const port = await freePort();
    const client = new LineClient(onPort(port));
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('MCP Gangway is not running') },
    });
    expect(client.child.exitCode).toBeNull();
    await using gangway = await startEchoGateway({ port });
    expect(gangway.port).toBe(port);
    expect(await client.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
  });

  test('--start is for macOS', async () => {
    const client = new LineClient(['--start']);
    expect(await client.exit()).toBe(process.platform === 'darwin' ? 0 : 2);
  });
});
