import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OriginPool } from '../../../app/dial/http/index.ts';
import { createDialer } from '../../../app/dial/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { Recorder } from '../../../app/inspect/index.ts';
import type { ProxyContext } from '../../../app/proxy/context.ts';
import { serveSocks } from '../../../app/proxy/socks.ts';
import { FailureLog, LastRequests, Tunnels } from '../../../app/proxy/traffic.ts';
import { connect } from '../../../app/proxy/tunnel.ts';
import { ForwardFixture } from '../../support/forward-fixture.ts';
import { type Gangway, startEchoGateway } from '../../support/gangway.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { fieldValue, type RawPeer, rawClient } from '../../support/raw-http.ts';
import { addressOf, eventually, startOrigin } from '../../support/tcp.ts';

/** Most of it is waiting. The three groups share nothing and run beside each other; the tests of one share its proxy and its log. */
const IN_TURN = { concurrent: false };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.concurrent('a client that half-closes behind a request to a server elsewhere', () => {
  const { log, lines } = rememberingLog();
  const fixture = new ForwardFixture({ http: { halfClosedMs: 2_500, log } });

  it.each(['HTTP/1.1', 'HTTP/1.0'])('gets a body that begins late (%s)', IN_TURN, async (version) => {
    const client = await fixture.client();
    client.write(fixture.get('Connection: close\r\n').replace('HTTP/1.1', version));
    client.end();
    const peer = await fixture.origin.connection();
    await peer.message();
    peer.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n');
    await pause(1_600);
    peer.write('{}');
    expect(await client.rest()).toMatch(/\r\n\r\n\{\}$/);
  });

  it('gets what comes in drops', IN_TURN, async () => {
    const client = await fixture.client();
    client.write(fixture.get());
    client.end();
    const peer = await fixture.origin.connection();
    await peer.message();
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const drop of ['a', 'b', 'c']) {
      await pause(1_200);
      peer.write(`1\r\n${drop}\r\n`);
    }
    peer.write('0\r\n\r\n');
    expect((await client.rest()).match(/^[abc]\r$/gm)).toEqual(['a\r', 'b\r', 'c\r']);
  });

  it('gets the answer to an upload', IN_TURN, async () => {
    const client = await fixture.client();
    client.write(fixture.get('Content-Length: 4\r\n').replace('GET', 'POST'));
    client.write('body');
    client.end();
    const peer = await fixture.origin.connection();
    expect((await peer.message()).body).toBe('body');
    await pause(1_600);
    peer.write('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
    expect(await client.rest()).toContain('HTTP/1.1 201 Created\r\n');
    expect(lines.at(-1)).toMatchObject({
      level: 'debug',
      message: expect.stringContaining('half-closed client answered'),
    });
  });

  it('is let go when its answer is silent for too long, and the log says so', IN_TURN, async () => {
    const client = await fixture.client();
    client.write(fixture.get());
    client.end();
    const peer = await fixture.origin.connection();
    await peer.message();
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    await peer.ending();
    expect(lines.at(-1)).toMatchObject({
      level: 'info',
      message: `GET ${fixture.origin.authority} - half-closed client let go: nothing was written for 3 s`,
    });
  });

  it('is given up when it is gone and a write tells, and the log says so', IN_TURN, async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    await client.head();
    client.destroy();
    await pause(100);
    const drops = setInterval(() => peer.write('1\r\nx\r\n'), 50);
    await peer.ending();
    clearInterval(drops);
    expect(lines.at(-1)?.message).toMatch(/half-closed client gone: a write failed \(E(?:CONNRESET|PIPE)\)$/);
  });
});

describe.concurrent('a client that half-closes behind a POST to the bridge', () => {
  let gangway: Gangway;
  let session = '';

  async function post(message: object, accept = 'application/json, text/event-stream'): Promise<RawPeer> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const client = await rawClient(gangway.port);
    client.write(
      `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: ${accept}\r\n` +
        `${session}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    client.end();
    return client;
  }

  beforeAll(async () => {
    gangway = await startEchoGateway();
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const client = await post({ id: 0, method: 'initialize', params });
    const answer = await client.message();
    session = `Mcp-Session-Id: ${fieldValue(answer, 'Mcp-Session-Id')}\r\nMCP-Protocol-Version: 2025-06-18\r\n`;
    await (await post({ method: 'notifications/initialized' })).rest();
  });
  afterAll(() => gangway[Symbol.asyncDispose]());

  it('gets an answer that takes its time', IN_TURN, async () => {
    const client = await post({
      id: 1,
      method: 'tools/call',
      params: { name: 'wait', arguments: { milliseconds: 2_500 } },
    });
    expect(await client.rest()).toContain('waited');
  });

  it('gets its late answer, whatever is answered at once beside it', IN_TURN, async () => {
    const client = await post({
      id: 2,
      method: 'tools/call',
      params: { name: 'wait', arguments: { milliseconds: 1_200 } },
    });
    const second = await post({ id: 3, method: 'ping' });
    expect(await second.rest()).toContain('"id":3');
    expect(await client.rest()).toContain('"id":2');
  });
});

describe.concurrent('a client that half-closes while its tunnel is dialled', () => {
  /** The proxy's two tunnels behind a bare port, with names that take a while. */
  async function slowTunnels() {
    const { log, lines } = rememberingLog();
    const tunnels = new Tunnels(() => undefined);
    const lastRequests = new LastRequests(() => undefined);
    const context: ProxyContext = {
      dialer: createDialer({
        upstream: null,
        noProxy: '',
        ownPorts: new Set(),
        lookup: (_host, done) => void setTimeout(() => done(null, [{ address: '127.0.0.1', family: 4 }]), 1_600),
      }),
      origins: new OriginPool(),
      tunnels,
      failures: new FailureLog(tunnels, lastRequests, log),
      lastRequests,
      recorder: new Recorder(),
      log,
      settings: () => ({ deniedPorts: [] }),
      text: () => textIn('en'),
    };
    const echo = await startOrigin((socket) => socket.pipe(socket));
    const server = createServer({ allowHalfOpen: true }, (client) => {
      client.once('data', (chunk: Buffer) => {
        if (chunk[0] === 5)
          return serveSocks(
            context,
            { required: () => false, socksClient: () => ({ label: '', isRemote: false }) },
            client,
            chunk,
          );
        connect(context, {
          client,
          authority: `slow.lan:${echo.port}`,
          via: undefined,
          early: chunk.subarray(1),
          label: '',
          isRemote: false,
        });
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = await rawClient(addressOf(server).port);
    return {
      client,
      lines,
      echo,
      async [Symbol.asyncDispose]() {
        client.destroy();
        tunnels.closeAll();
        server.close();
        await echo[Symbol.asyncDispose]();
      },
    };
  }

  it('has what it sent ahead delivered, and answered', IN_TURN, async () => {
    await using tunnel = await slowTunnels();
    tunnel.client.write('Cearly');
    tunnel.client.end();
    expect(await tunnel.client.rest()).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nearly$/);
  });

  it('has it delivered through SOCKS as well', IN_TURN, async () => {
    await using tunnel = await slowTunnels();
    const { port } = tunnel.echo;
    tunnel.client.write(
      Buffer.concat([
        Buffer.from([5, 1, 0, 5, 1, 0, 3, 8]),
        Buffer.from('slow.lan'),
        Buffer.from([port >> 8, port & 255]),
        Buffer.from('early'),
      ]),
    );
    tunnel.client.end();
    expect(await tunnel.client.rest()).toMatch(/early$/);
  });

  it('is given up when it sent nothing ahead, and the log says so', IN_TURN, async () => {
    await using tunnel = await slowTunnels();
    tunnel.client.write('C');
    tunnel.client.end();
    expect(await tunnel.client.rest()).toBe('');
    await eventually(() => tunnel.lines.length > 0, 'it is logged');
    expect(tunnel.lines[0]).toMatchObject({
      level: 'info',
      message: expect.stringContaining('given up: the client left while it was dialled (FIN)'),
    });
  });
});
