import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAuthority } from '../../../app/base/address.ts';
import type { EngineState } from '../../../app/engine/index.ts';
import type { LastRequest } from '../../../app/proxy/index.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { send } from '../../support/http-client.ts';
import { addressOf, eventually, type Origin, RawClient, startEcho, startOrigin } from '../../support/tcp.ts';

let gangway: Gangway;
let echo: Origin;

beforeAll(async () => {
  gangway = await startGangway({ deniedPorts: [25] });
  echo = await startEcho();
});

afterAll(async () => {
  await gangway[Symbol.asyncDispose]();
  await echo[Symbol.asyncDispose]();
});

function basic(label: string): string {
  return `Proxy-Authorization: Basic ${Buffer.from(`${label}:x`).toString('base64')}\r\n`;
}

async function ask(label: string, head: string): Promise<RawClient> {
  const client = await RawClient.connect(gangway.port);
  client.send(head.replace(/\r\n\r\n$/, `\r\n${basic(label)}\r\n`));
  return client;
}

async function rowOf(label: string, where: Gangway = gangway): Promise<LastRequest> {
  const find = () => where.engine.snapshot().lastRequests.find((row) => row.label === label);
  await eventually(() => find() !== undefined, `a row for ${label}`);
  const row = find();
  if (row === undefined) throw new Error('gone again');
  return row;
}

describe('The last request of a label', () => {
  it('is the status of an absolute-form request, whatever it is', async () => {
    await using origin = await startOrigin((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')),
    );
    const before = Date.now();
    using client = await ask(
      'claude.ha',
      `GET http://${origin.authority}/ HTTP/1.1\r\nHost: ${origin.authority}\r\n\r\n`,
    );
    await client.until((text) => text.includes('404'));
    expect(await rowOf('claude.ha')).toEqual({
      label: 'claude.ha',
      lastAt: expect.toSatisfy((at: number) => at >= before && at <= Date.now()),
      target: parseAuthority(origin.authority, null),
      outcome: { kind: 'answered', status: 404 },
      requests: 1,
      failures: 0,
    });
  });

  it('is a connection for CONNECT, for SOCKS and for Upgrade', async () => {
    await using switching = await startOrigin((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'),
      ),
    );
    using tunnel = await ask('c', `CONNECT ${echo.authority} HTTP/1.1\r\nHost: ${echo.authority}\r\n\r\n`);
    await tunnel.until((text) => text.includes('200'));
    using upgraded = await ask(
      'u',
      `GET http://${switching.authority}/ HTTP/1.1\r\nHost: ${switching.authority}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`,
    );
    await upgraded.until((text) => text.includes('101'));
    using socks = await RawClient.connect(gangway.port);
    socks.send(Buffer.from([5, 1, 2]));
    await socks.until(() => socks.bytes.length === 2);
    socks.send(Buffer.from([1, 1, 0x73, 0]));
    await socks.until(() => socks.bytes.length === 4);
    socks.send(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, echo.port >> 8, echo.port & 0xff]));
    await socks.until(() => socks.bytes.length > 4);
    for (const label of ['c', 'u', 's']) {
      expect(await rowOf(label)).toMatchObject({ outcome: { kind: 'connected' }, requests: 1, failures: 0 });
    }
  });

  it('is told of a TCP forward under its own address', async () => {
    await using forwarding = await startGangway({ forwards: [{ port: 0, host: '127.0.0.1', targetPort: echo.port }] });
    const port = forwarding.engine.snapshot().forwards[0]?.port ?? 0;
    using client = await RawClient.connect(port);
    client.send('ping');
    await client.until((text) => text === 'ping');
    expect(await rowOf(`127.0.0.1:${port}`, forwarding)).toMatchObject({
      target: { host: '127.0.0.1', port: echo.port },
      outcome: { kind: 'connected' },
    });
  });

  it.each([
    ['a port where nobody listens', 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n', 'ECONNREFUSED'],
    ['a port that is denied', 'CONNECT 127.0.0.1:25 HTTP/1.1\r\nHost: x\r\n\r\n', 'PORT_DENIED'],
    [
      'an absolute-form request to nobody',
      'GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n',
      'ECONNREFUSED',
    ],
    ['no target at all', 'CONNECT nowhere HTTP/1.1\r\nHost: x\r\n\r\n', 'BAD_REQUEST'],
  ])('is the code of the failure: %s', async (what, head, code) => {
    using client = await ask(what, head);
    await client.until((text) => text.includes(`details="${code}"`));
    expect(await rowOf(what)).toMatchObject({ outcome: { kind: 'failed', code }, requests: 1, failures: 1 });
  });

  it('is given up when the client leaves before the answer', async () => {
    await using silent = await startOrigin((socket) => socket.resume());
    const client = await ask('gone', `GET http://${silent.authority}/ HTTP/1.1\r\nHost: ${silent.authority}\r\n\r\n`);
    await eventually(() => silent.sockets.size === 1, 'the request is on its way');
    client.socket.destroy();
    expect(await rowOf('gone')).toMatchObject({ outcome: { kind: 'given-up' }, requests: 1, failures: 0 });
  });

  it('is a failure when the answer breaks off, and still one request', async () => {
    await using breaking = await startOrigin((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', () => socket.resetAndDestroy());
      }),
    );
    using client = await ask(
      'half',
      `GET http://${breaking.authority}/ HTTP/1.1\r\nHost: ${breaking.authority}\r\n\r\n`,
    );
    await client.untilEnd();
    await eventually(async () => (await rowOf('half')).failures === 1, 'the break is noted');
    expect(await rowOf('half')).toMatchObject({ outcome: { kind: 'failed' }, requests: 1, failures: 1 });
  });

  it('reaches subscribers, and never becomes a label in /metrics', async () => {
    const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = addressOf(server);
    const seen = Promise.withResolvers<EngineState>();
    const unsubscribe = gangway.engine.subscribe(({ state }) => {
      if (state.lastRequests.some(({ label }) => label === 'told')) seen.resolve(state);
    });
    using client = await ask('told', `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    expect((await seen.promise).lastRequests).toContainEqual(
      expect.objectContaining({ label: 'told', outcome: { kind: 'answered', status: 200 } }),
    );
    unsubscribe();
    expect((await send(`${gangway.url}/metrics`, { method: 'GET' })).body).not.toContain('told');
    expect(client.text).toContain('200');
    server.closeAllConnections();
    server.close();
  });
});
