import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { absentError } from '../../../app/connect/transport.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { askGangway } from '../../../app/platform/port/index.ts';
import { CliProcess } from '../../support/cli-process.ts';
import { addressOf, freePort } from '../../support/tcp.ts';

async function listening(server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return addressOf(server).port;
}

async function statusOf(port: number): Promise<string> {
  const cli = new CliProcess(['status', '--host', '127.0.0.1', '-p', String(port)]);
  expect(await cli.exit()).toBe(1);
  return cli.err;
}

describe('status', () => {
  test('says that nothing runs where nothing listens', async () => {
    expect(await statusOf(await freePort())).toContain('MCP Gangway does not run on');
  });

  test('says that another program listens where one answers otherwise', async () => {
    const port = await listening(createHttpServer((_, response) => response.end('hello')));
    expect(await statusOf(port)).toContain('Another program listens on');
  });

  test('has patience only for the time in which it runs: what came during a pause of its own is read', async () => {
    const port = await listening(
      createHttpServer((_, response) => response.end(JSON.stringify({ product: 'mcp-gangway' }))),
    );
    const asked = askGangway({ host: '127.0.0.1', port, path: '/healthz', timeout: 1_000 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
    expect(await asked).toEqual({ kind: 'page', body: { product: 'mcp-gangway' } });
  });

  test('does not call a listener that says nothing another program: it may be Gangway on a busy machine', async () => {
    const silent = await statusOf(await listening(createServer()));
    expect(silent).toContain('does not answer');
    expect(silent).not.toContain('Another program');
  });
});

test('a probe tells a refused connection from an address that cannot be had', async () => {
  const probe = { path: '/healthz', timeout: 2_000 };
  expect(await askGangway({ ...probe, host: '127.0.0.1', port: await freePort() })).toEqual({
    kind: 'no-listener',
    code: 'ECONNREFUSED',
  });
});

describe('connect', () => {
  const words = textIn('en').shim;
  const place = { host: 'nas.lan', port: 28_080, token: null };

  test('says that Gangway is not running only where the connection was refused', () => {
    for (const code of ['ECONNREFUSED', 'ENOENT', undefined]) {
      expect(absentError('not-running', place, words, code).message).toMatch(
        /^MCP Gangway is not running: nothing listens/,
      );
    }
  });

  test('says that it cannot be reached, and why, where the machine or the network is at fault', () => {
    for (const code of ['EHOSTUNREACH', 'ENOTFOUND', 'ETIMEDOUT', 'ENETUNREACH']) {
      const { message, data } = absentError('not-running', place, words, code);
      expect(message).toMatch(new RegExp(`^MCP Gangway cannot be reached on nas\\.lan:28080 \\(${code}\\)\\.`));
      expect(data).toEqual({ cause: code });
    }
  });
});
