import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OK } from '../../../support/forward-fixture.ts';
import { startForwardProxy } from '../../../support/forward-proxy.ts';
import { fieldValue, type RawPeer, rawClient, ScriptedOrigin, statusOf } from '../../../support/raw-http.ts';
import { until } from '../../../support/until.ts';

/** Every way an exchange can end, as the path the client asks for. */
const ENDINGS = [
  'ok',
  'close',
  'chunked',
  'cut',
  'reset',
  'noise',
  'stale',
  'never',
  'upload',
  'early',
  'refused',
  'upgrade',
];

function resources(): { readonly sockets: number; readonly timers: number; readonly descriptors: number } {
  const active = process.getActiveResourcesInfo();
  return {
    sockets: active.filter((name) => name === 'TCPSocketWrap').length,
    timers: active.filter((name) => name === 'Timeout').length,
    descriptors: readdirSync(process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd').length,
  };
}

/** Plays the origin's part on one connection, for as long as it lasts. */
async function play(peer: RawPeer): Promise<void> {
  for (;;) {
    const { start } = await peer.head();
    switch (start.split(' ')[1]) {
      case '/ok':
      case '/stale':
        peer.write(OK);
        break;
      case '/close':
        peer.write('HTTP/1.1 200 OK\r\n\r\nok');
        return peer.end();
      case '/chunked':
        peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n');
        break;
      case '/cut':
        peer.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok');
        return peer.end();
      case '/reset':
        return peer.reset();
      case '/noise':
        peer.write('220 mail\r\n');
        break;
      case '/early':
        peer.write('HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n');
        break;
      case '/upgrade':
        peer.write('HTTP/1.1 101 Switching\r\nUpgrade: e\r\nConnection: Upgrade\r\n\r\n');
        return peer.end();
    }
  }
}

/** Plays the client's part of one exchange. */
async function ask(port: number, origin: ScriptedOrigin, ending: string): Promise<void> {
  const client = await rawClient(port);
  const url = ending === 'refused' ? 'http://127.0.0.1:1' : `http://${origin.authority}`;
  const line = `${ending === 'upload' || ending === 'early' ? 'PUT' : 'GET'} ${url}/${ending} HTTP/1.1\r\nHost: x\r\n`;
  if (ending === 'upload' || ending === 'early') client.write(`${line}Content-Length: 50000\r\n\r\nxx`);
  else if (ending === 'upgrade') client.write(`${line}Connection: Upgrade\r\nUpgrade: e\r\n\r\n`);
  else client.write(`${line}\r\n`);
  if (ending === 'cut') await client.head();
  else if (ending === 'upgrade') expect(fieldValue(await client.head(), 'Upgrade')).toBe('e');
  else if (ending !== 'never' && ending !== 'upload')
    expect(statusOf(await client.message())).toBeGreaterThanOrEqual(200);
  if (Math.random() < 0.5) client.destroy();
  else client.reset();
}

it('after six hundred endings of every kind, sockets, timers and descriptors are back where they were', async () => {
  // Files of this project share their processes: what another one has left may close meanwhile, and nothing may come.
  const { sockets } = resources();
  const origin = await ScriptedOrigin.start();
  const proxy = await startForwardProxy();
  const accept = (): void => {
    origin.connection().then(
      (peer) => {
        play(peer).catch(() => peer.destroy());
        accept();
      },
      () => undefined,
    );
  };
  accept();
  await Promise.all(ENDINGS.map((ending) => ask(proxy.port, origin, ending)));
  await until('the first round is over', () => proxy.tunnels.size === 0 && resources().sockets <= sockets);
  const before = resources();
  for (let round = 0; round < 50; round++) {
    await Promise.all(ENDINGS.map((ending) => ask(proxy.port, origin, ending)));
  }
  await until('all sockets are closed', () => proxy.tunnels.size === 0 && resources().sockets <= sockets);
  await until('all timers are gone', () => resources().timers <= before.timers);
  expect(resources().descriptors).toBeLessThanOrEqual(before.descriptors);
  await proxy.stop();
  await origin.stop();
});

it('stopping answers what waits, ends what streams, and leaves nothing', async () => {
  const origin = await ScriptedOrigin.start();
  const proxy = await startForwardProxy();
  const get = `GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
  const [idle, waiting, streaming] = await Promise.all([
    rawClient(proxy.port),
    rawClient(proxy.port),
    rawClient(proxy.port),
  ]);
  idle.write(get);
  const first = await origin.connection();
  await first.message();
  waiting.write(get);
  const second = await origin.connection();
  await second.message();
  streaming.write(get);
  const third = await origin.connection();
  await third.message();
  first.write(OK);
  await idle.message();
  third.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
  await streaming.until('\r\n1\r\na\r\n');
  proxy.forward.stop();
  const answer = await waiting.message();
  expect(statusOf(answer)).toBe(503);
  expect(fieldValue(answer, 'Proxy-Status')).toContain('STOPPING');
  expect(await streaming.rest()).toBe('');
  await Promise.all([first.ending(), second.ending(), third.ending()]);
  for (const client of [idle, waiting, streaming]) client.destroy();
  await proxy.stop();
  await origin.stop();
});

it('a denied port is refused, by default none is', async () => {
  const origin = await ScriptedOrigin.start();
  origin.answerAll(() => OK);
  const proxy = await startForwardProxy({ deniedPorts: [origin.port] });
  const client = await rawClient(proxy.port);
  client.write(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  const answer = await client.message();
  expect(statusOf(answer)).toBe(403);
  expect(fieldValue(answer, 'Proxy-Status')).toContain('error=http_request_denied');
  expect(origin.connections).toBe(0);
  client.destroy();
  await proxy.stop();
  await origin.stop();
});
