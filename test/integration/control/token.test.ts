import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { folderIn } from '../../support/control.ts';
import { startEchoGateway } from '../../support/gangway.ts';
import { LineClient } from '../../support/line-client.ts';
import { addressOf } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const TOKEN = 'SECRETTOKEN-abcdefghijkl';
const COMMANDS = ['connect', 'status', 'doctor'] as const;

/** A program that listens where MCP Gangway is expected, keeps what it hears and answers as MCP Gangway might. */
async function startStranger(host: string) {
  let heard = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      socket.end(
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="MCP Gangway"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
    });
  }).listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: addressOf(server).port, heard: () => heard };
}

/** A home in which an app of an earlier version has left its place and its token, under the id of a process that lives. */
function homeWith(place: object, pid = process.pid): string {
  const home = temporaryDirectory();
  mkdirSync(folderIn(home), { recursive: true });
  writeFileSync(join(folderIn(home), 'running.json'), JSON.stringify({ pid, place }));
  return home;
}

async function run(command: (typeof COMMANDS)[number], args: readonly string[], env: Readonly<Record<string, string>>) {
  if (command === 'connect') {
    const client = new LineClient(args, env);
    client.send({ id: 1, method: 'ping' });
    return client.answerTo(1);
  }
  const words = command === 'doctor' ? [command, '127.0.0.1:9', ...args] : [command, ...args];
  return new CliProcess(words, { env }).exit();
}

describe.each(COMMANDS)('%s shows no token', (command) => {
  test('to a program behind the announcement of an app that is gone, whose process id another has', async () => {
    const stranger = await startStranger('127.0.0.1');
    const HOME = homeWith({ host: '127.0.0.1', port: stranger.port, token: TOKEN });
    await run(command, [], { HOME, MCP_GANGWAY_TOKEN: 'MINE-of-the-environment' });
    expect(stranger.heard()).toContain('HTTP/1.1');
    expect(stranger.heard()).not.toMatch(/SECRETTOKEN|MINE-of/);
    expect(atob64(stranger.heard())).not.toMatch(/SECRETTOKEN|MINE-of/);
  });

  test('to another host than the one of the announcement, IPv6 included', async () => {
    for (const host of ['127.0.0.2', '::1']) {
      const stranger = await startStranger(host);
      const HOME = homeWith({ host: '127.0.0.1', port: stranger.port, token: TOKEN });
      await run(command, ['--host', host, '-p', String(stranger.port)], { HOME });
      expect(stranger.heard()).toContain('HTTP/1.1');
      expect(stranger.heard()).not.toContain('SECRETTOKEN');
      expect(atob64(stranger.heard())).not.toContain('SECRETTOKEN');
    }
  });

  test('that was named for a port to the host of an announcement', async () => {
    const stranger = await startStranger('127.0.0.2');
    const HOME = homeWith({ host: '127.0.0.2', port: stranger.port, token: null });
    await run(command, ['-p', String(stranger.port)], { HOME, MCP_GANGWAY_TOKEN: TOKEN });
    expect(stranger.heard()).toBe('');
  });
});

/** What the fields of Basic credentials in it say. */
function atob64(heard: string): string {
  return [...heard.matchAll(/Basic ([\w+/=]+)/g)].map(([, text = '']) => atob(text)).join();
}

test.each([['--host', '127.0.0.1'], []])(
  'a token that was named with its address is shown there: %s %s',
  async (...host) => {
    await using gangway = await startEchoGateway({ token: TOKEN });
    const address = [...host, '-p', String(gangway.port)];
    const HOME = temporaryDirectory();
    const byEnvironment = new LineClient(address, { HOME, MCP_GANGWAY_TOKEN: TOKEN });
    expect(await byEnvironment.tool('echo', { text: 'one' })).toBe('one');
    const status = new CliProcess(['status', ...address, '--token', TOKEN], { env: { HOME } });
    expect(await status.exit()).toBe(0);
  },
);

test('a token without an address is kept, and the sentence says how to name both', async () => {
  await using gangway = await startEchoGateway({ token: TOKEN });
  const HOME = homeWith({ host: '127.0.0.1', port: gangway.port, token: null });
  const client = new LineClient([], { HOME, MCP_GANGWAY_TOKEN: TOKEN });
  const sentence = 'sent only to an address that you name: give -p PORT or --host as well';
  expect(await client.initialize()).toMatchObject({ error: { message: expect.stringContaining(sentence) } });
  const status = new CliProcess(['status', '--token', TOKEN], { env: { HOME } });
  expect(await status.exit()).toBe(1);
  expect(status.err).toContain(sentence);
});

test('the announcement of a version with a control socket leads nowhere once that is gone', async () => {
  const stranger = await startStranger('127.0.0.1');
  const HOME = temporaryDirectory();
  mkdirSync(folderIn(HOME), { recursive: true });
  const place = { host: '127.0.0.1', port: stranger.port, token: null };
  writeFileSync(join(folderIn(HOME), 'running.json'), JSON.stringify({ pid: process.pid, place, control: true }));
  const status = new CliProcess(['status'], { env: { HOME } });
  await status.exit();
  expect(stranger.heard()).toBe('');
});

test('nothing that the control socket offers is to be had by the port, with the token either', async () => {
  const HOME = temporaryDirectory();
  const { port } = await startCli(['--token', TOKEN], { env: { HOME } });
  const headers = { Authorization: `Bearer ${TOKEN}` };
  for (const path of ['/control', '/settings', '/settings.get', '/follow', '/servers/restart', '/hello']) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status).toBe(404);
  }
  const status = await (await fetch(`http://127.0.0.1:${port}/status`, { headers })).text();
  expect(status).not.toContain(TOKEN);
});
