import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { startCli } from '../../support/cli-process.ts';
import { portOf, type RawPeer, rawClient, statusOf } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

/** The command line with so many descriptors at most. */
async function start(limit: number) {
  const command = ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh', process.execPath, inject('cli')];
  const { cli, port } = await startCli(['--log-level', 'info'], { command });
  return { port, pid: cli.pid, log: () => cli.err };
}

async function connect(port: number): Promise<RawPeer> {
  const peer = await rawClient(port);
  onTestFinished(() => peer.destroy());
  return peer;
}

/** Clients that are served already and stay. */
async function occupy(port: number, count: number): Promise<readonly RawPeer[]> {
  const peers: RawPeer[] = [];
  for (let index = 0; index < count; index++) {
    const peer = await connect(port);
    // Half a head: neither silent nor idle.
    peer.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    peers.push(peer);
  }
  return peers;
}

async function healthz(port: number): Promise<{ readonly status: number; readonly text: string }> {
  const peer = await connect(port);
  peer.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
  const answer = await peer.message();
  return { status: statusOf(answer), text: answer.fields.map((field) => field.join(': ')).join('\n') + answer.body };
}

const WARNING = /WARN.*File descriptors are running out/g;

describe.skipIf(process.platform === 'win32')('when the descriptors of the process are nearly used up', () => {
  test('new clients are answered 503, each in its protocol, and the log says so once', async () => {
    const { port, pid, log } = await start(80);
    await occupy(port, 70);
    const answers = await Promise.all(Array.from({ length: 3 }, () => healthz(port)));
    for (const { status, text } of answers) {
      expect(status).toBe(503);
      expect(text).toContain('Retry-After: 5');
      expect(text).toContain('ulimit -n');
    }
    const tunnel = await connect(port);
    tunnel.write('CONNECT 192.0.2.1:80 HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n');
    expect(statusOf(await tunnel.message())).toBe(503);
    const absolute = await connect(port);
    absolute.write('GET http://192.0.2.1/ HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n');
    expect(statusOf(await absolute.message())).toBe(503);
    const socks = await connect(port);
    socks.write(Buffer.from([5, 1, 0]));
    expect([...Buffer.from(await socks.bytes(2), 'latin1')]).toEqual([5, 0]);
    socks.write(Buffer.from([5, 1, 0, 1, 192, 0, 2, 1, 0, 80]));
    expect([...Buffer.from(await socks.bytes(2), 'latin1')]).toEqual([5, 1]);
    expect(log().match(WARNING)).toHaveLength(1);
    if (process.platform === 'linux') expect(readdirSync(`/proc/${pid}/fd`).length).toBeLessThan(76);
  });

  test('clients that send nothing are closed for those that do', async () => {
    const { port } = await start(80);
    const silent: RawPeer[] = [];
    for (let index = 0; index < 120; index++) silent.push(await connect(port));
    await until('one is served', async () => (await healthz(port)).status === 200);
    await until('a silent one is closed', () => silent.some((peer) => peer.hasEnded));
    expect((await healthz(port)).status).toBe(200);
  });

  test('there is service again when they leave, and the log says that, too', async () => {
    const { port, log } = await start(80);
    const peers = await occupy(port, 60);
    expect((await healthz(port)).status).toBe(503);
    for (const peer of peers) peer.destroy();
    await until('clients are served', async () => (await healthz(port)).status === 200);
    await until('the log says so', () => /INFO.*There are file descriptors again/.test(log()));
    expect(log().match(WARNING)).toHaveLength(1);
  });

  test('connections that we would open are refused before the last descriptor is gone', async () => {
    const held: Socket[] = [];
    const origin = createServer((socket) => held.push(socket));
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    onTestFinished(() => {
      for (const socket of held) socket.destroy();
      origin.close();
    });
    const { port, log } = await start(80);
    const authority = `127.0.0.1:${portOf(origin)}`;
    const tunnels = await Promise.all(Array.from({ length: 28 }, () => connect(port)));
    // All of them are let in before the first connection to the origin is opened.
    expect((await healthz(port)).status).toBe(200);
    for (const tunnel of tunnels) tunnel.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    const statuses = await Promise.all(tunnels.map(async (tunnel) => statusOf(await tunnel.head())));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(5);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    // Those that were refused may have left by now, and made room. An answer there is, in any case.
    expect([200, 503]).toContain((await healthz(port)).status);
    expect(log()).toContain('EMFILE');
  });
});
