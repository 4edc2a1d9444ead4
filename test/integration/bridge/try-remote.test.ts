import { describe, expect, test } from 'vitest';
import { type Spoken, spoken, textIn } from '../../../app/i18n/index.ts';
import { type TryResult, tryServer } from '../../../app/servers/index.ts';
import type { RemoteSetting } from '../../../app/settings/settings.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { answerAll, type Hook, sendJson, startRemote } from '../../support/remote-origin.ts';
import { freePort } from '../../support/tcp.ts';
import { startTlsOrigin } from '../../support/tls-origin.ts';

async function attempt(url: string, more: Partial<RemoteSetting> = {}): Promise<Spoken<TryResult>> {
  const setting: RemoteSetting = { name: 'ha', url, transport: 'auto', era: 'auto', headers: {}, ...more };
  const { log } = rememberingLog();
  const result = await tryServer(setting, { log, text: () => textIn('en'), searchPath: () => null, patience: 10_000 });
  return spoken(result, 'en');
}

const status =
  (code: number): Hook =>
  (_, response) =>
    sendJson(response, code, {});

describe('Trying a server with a URL tells the step it did not get past', () => {
  test('when nothing listens there, or no machine has the name', async () => {
    const refused = await attempt(`http://127.0.0.1:${await freePort()}/mcp`);
    expect(refused).toMatchObject({ kind: 'fails', remote: { step: 'route', certificate: null } });
    const nameless = await attempt('http://no-such-host.invalid/mcp');
    expect(nameless).toMatchObject({ kind: 'fails', remote: { step: 'name' } });
  });

  test.each<[string, Hook, string, string | null]>([
    ['refuses what it is not shown', status(401), 'sign-in', 'sign-in-needed'],
    ['lets no one in', status(403), 'sign-in', 'forbidden'],
    ['has nothing at the path', status(404), 'http', 'wrong-path'],
    ['is behind a proxy that does not reach it', status(502), 'http', null],
    [
      'sends a page',
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>').writableEnded,
      'http',
      'wrong-path',
    ],
    [
      'refuses the greeting',
      ({ message }, response) =>
        message?.method === 'initialize' &&
        sendJson(response, 200, { jsonrpc: '2.0', id: message.id, error: { code: -32_000, message: 'no' } }),
      'initialize',
      null,
    ],
    [
      'does not list its tools',
      ({ message }, response) =>
        message?.method === 'tools/list' &&
        sendJson(response, 200, { jsonrpc: '2.0', id: message.id, error: { code: -32_000, message: 'no' } }),
      'tools',
      null,
    ],
  ])('when it %s', async (_, hook, step, cause) => {
    await using remote = await startRemote();
    remote.hook = hook;
    expect(await attempt(remote.url, { transport: 'streamable' })).toMatchObject({
      kind: 'fails',
      remote: { step, cause },
    });
  });

  test('when its certificate is signed by itself, with the fingerprint to trust it by', async () => {
    await using origin = await startTlsOrigin(answerAll);
    const url = `https://localhost:${origin.port}/mcp`;
    const { fingerprint } = origin;
    expect(await attempt(url)).toMatchObject({ kind: 'fails', remote: { step: 'tls', certificate: fingerprint } });
    const tls = { fingerprint: fingerprint.replaceAll(':', '').toLowerCase() };
    expect(await attempt(url, { tls })).toMatchObject({ kind: 'works', server: 'remote' });
    const other = { fingerprint: '0'.repeat(64) };
    expect(await attempt(url, { tls: other })).toMatchObject({ remote: { step: 'tls', certificate: fingerprint } });
  });
});
