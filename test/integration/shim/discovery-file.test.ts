import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appFolder } from '../../../app/base/home-folder.ts';
import { writeAnnouncement } from '../../../app/connect/index.ts';
import { startEchoGateway } from '../../support/gangway.ts';
import { LineClient, onPort } from '../../support/line-client.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const TOKEN = 'a-token-that-is-long-enough';

describe('where the gateway is', () => {
  function home(port: number): { readonly HOME: string } {
    const directory = temporaryDirectory();
    const folder = appFolder({ platform: process.platform, home: directory, env: {} });
    writeAnnouncement(folder, { pid: process.pid, place: { host: '0.0.0.0', port }, control: false });
    return { HOME: directory };
  }

  test('is read from what a running app of an earlier version has written down, but not the token', async () => {
    await using gangway = await startEchoGateway();
    const found = home(gangway.port);
    const client = new LineClient([], found);
    expect(await client.tool('echo', { text: 'found' })).toBe('found');
    await using guarded = await startEchoGateway({ token: TOKEN });
    const file = join(appFolder({ platform: process.platform, home: found.HOME, env: {} }), 'running.json');
    const place = { host: '127.0.0.1', port: guarded.port, token: TOKEN };
    writeFileSync(file, JSON.stringify({ pid: process.pid, place }));
    const refused = new LineClient([], found);
    expect(await refused.call('initialize')).toMatchObject({
      error: { message: expect.stringContaining('MCP_GANGWAY_TOKEN') },
    });
  });

  test('is read again for each attempt', async () => {
    const { HOME } = home(await freePort());
    const client = new LineClient([], { HOME });
    client.send({ id: 'early', method: 'tools/call', params: { name: 'echo', arguments: { text: 'patience' } } });
    await until('it has said that nothing listens', () => client.err.includes('is not running'));
    await using gangway = await startEchoGateway();
    const folder = appFolder({ platform: process.platform, home: HOME, env: {} });
    writeAnnouncement(folder, { pid: process.pid, place: { host: '127.0.0.1', port: gangway.port }, control: false });
    expect(await client.answerTo('early')).toMatchObject({ result: { content: [{ text: 'patience' }] } });
  });

  test('is known by options, and the token by the environment or a file', async () => {
    await using gangway = await startEchoGateway({ token: TOKEN });
    const byEnvironment = new LineClient(onPort(gangway.port, '--host', '::1'), { MCP_GANGWAY_TOKEN: TOKEN });
    expect(await byEnvironment.tool('echo', { text: 'one' })).toBe('one');
    const file = join(temporaryDirectory(), 'token');
    writeFileSync(file, `${TOKEN}\n`);
    const byFile = new LineClient(onPort(gangway.port, '--token-file', file));
    expect(await byFile.tool('echo', { text: 'two' })).toBe('two');
  });

  test('a damaged note is as good as none', async () => {
    const directory = temporaryDirectory();
    const folder = appFolder({ platform: process.platform, home: directory, env: {} });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'running.json'), '{"port":"no');
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port), { HOME: directory });
    expect(await client.tool('echo', { text: 'found' })).toBe('found');
  });
});
