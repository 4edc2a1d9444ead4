import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDialer } from '../../../app/dial/index.ts';
import { RemoteHttp } from '../../../app/servers/remote/http.ts';
import { startOrigin } from '../../support/tcp.ts';

/** A request to a server that takes it and never answers. */
async function waiting(interfaces?: typeof networkInterfaces) {
  const taken = Promise.withResolvers<Socket>();
  const origin = await startOrigin((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => taken.resolve(socket));
  });
  onTestFinished(() => origin[Symbol.asyncDispose]());
  const dialer = createDialer({ upstream: '', noProxy: '', ownPorts: new Set() });
  const http = new RemoteHttp(dialer, { headers: {} }, null, interfaces);
  onTestFinished(() => http.close());
  const over = Promise.withResolvers<string>();
  const url = new URL(`http://${origin.authority}/mcp`);
  http.send(
    { method: 'POST', url, fields: [], body: Buffer.from('{}'), isSafe: false },
    {
      head: () => over.resolve('head'),
      content: () => undefined,
      complete: () => over.resolve('complete'),
      failed: ({ kind }) => over.resolve(kind),
    },
  );
  return { http, socket: await taken.promise, over: over.promise };
}

test('A request by an address that this machine has lost is given up, and one by an address that it has is not', async () => {
  const away = await waiting(() => ({}));
  const here = await waiting();
  away.http.forgetNetwork();
  here.http.forgetNetwork();
  expect(await away.over).toBe('network-left');
  here.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect(await here.over).toBe('head');
});

test('A request is not given up where its address is back a moment later', async () => {
  let isBack = false;
  const looks = vi.fn(() => (isBack ? networkInterfaces() : {}));
  const { http, socket, over } = await waiting(looks);
  http.forgetNetwork();
  isBack = true;
  await vi.waitFor(() => expect(looks).toHaveBeenCalled(), 30_000);
  socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect(await over).toBe('head');
});

/** Seconds until the system asks the other side of a connection whether it still lives (Linux, proc(5), /proc/net/tcp). */
function secondsToProbe(localPort: number): number | null {
  const port = localPort.toString(16).toUpperCase().padStart(4, '0');
  const [, timer, ticks = ''] =
    new RegExp(`^ *\\d+: [0-9A-F]+:${port} \\S+ \\S+ \\S+ (\\d\\d):([0-9A-F]+)`, 'm').exec(
      readFileSync('/proc/net/tcp', 'utf8'),
    ) ?? [];
  return timer === '02' ? Number.parseInt(ticks, 16) / 100 : null;
}

test.runIf(process.platform === 'linux')(
  'A connection by which an answer is to come is asked soon whether it still lives (Linux)',
  async () => {
    const { http, socket } = await waiting();
    const port = socket.remotePort ?? 0;
    await vi.waitFor(() => expect(secondsToProbe(port)).toBeGreaterThan(30), 10_000);
    http.forgetNetwork();
    await vi.waitFor(() => expect(secondsToProbe(port)).toBeLessThanOrEqual(5), 10_000);
  },
);
