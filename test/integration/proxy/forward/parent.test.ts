import { afterEach, describe, expect, it } from 'vitest';
import { OK } from '../../../support/forward-fixture.ts';
import { type ForwardProxy, startForwardProxy } from '../../../support/forward-proxy.ts';
import { fieldValue, type RawPeer, rawClient, ScriptedOrigin, statusOf } from '../../../support/raw-http.ts';

const open: { stop(): Promise<void> }[] = [];
const clients: RawPeer[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const each of open.splice(0).reverse()) await each.stop();
});

async function startParent(): Promise<ScriptedOrigin> {
  const parent = await ScriptedOrigin.start();
  open.push(parent);
  return parent;
}

async function startProxy(upstream: string, noProxy = ''): Promise<ForwardProxy> {
  const proxy = await startForwardProxy({ upstream, noProxy });
  open.push(proxy);
  return proxy;
}

async function ask(proxy: ForwardProxy, text: string): Promise<RawPeer> {
  const client = await rawClient(proxy.port);
  clients.push(client);
  client.write(text);
  return client;
}

describe('with a parent proxy', () => {
  it('a request goes there in absolute-form, with the credentials of the settings', async () => {
    const parent = await startParent();
    const proxy = await startProxy(`http://user:p%40ss@${parent.authority}`);
    const client = await ask(
      proxy,
      'GET http://me:too@nas.example:8123?q HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic ours\r\n\r\n',
    );
    const peer = await parent.connection();
    const request = await peer.message();
    expect(request.start).toBe('GET http://nas.example:8123/?q HTTP/1.1');
    expect(fieldValue(request, 'Host')).toBe('nas.example:8123');
    expect(fieldValue(request, 'Proxy-Authorization')).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    expect(fieldValue(request, 'Authorization')).toBeUndefined();
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
  });

  it('OPTIONS for the whole server has a target without path', async () => {
    const parent = await startParent();
    const proxy = await startProxy(`http://${parent.authority}`);
    await ask(proxy, 'OPTIONS http://nas.example HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await (await parent.connection()).message()).start).toBe('OPTIONS http://nas.example HTTP/1.1');
  });

  it('connections to it serve all origins', async () => {
    const parent = await startParent();
    parent.answerAll(() => OK);
    const proxy = await startProxy(`http://${parent.authority}`);
    const client = await ask(proxy, 'GET http://a.example/ HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await client.message()).body).toBe('ok');
    client.write('GET http://b.example/ HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await client.message()).body).toBe('ok');
    expect(parent.connections).toBe(1);
  });

  it('its wish for credentials is ours to explain, not the client’s to answer', async () => {
    const parent = await startParent();
    parent.answerAll(() => 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nauth');
    const proxy = await startProxy(`http://${parent.authority}`);
    const client = await ask(proxy, 'GET http://a.example/ HTTP/1.1\r\nHost: x\r\n\r\n');
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(fieldValue(answer, 'Proxy-Authenticate')).toBeUndefined();
    expect(fieldValue(answer, 'Proxy-Status')).toBe(
      `mcp-gangway; error=proxy_configuration_error; details="PARENT_REFUSED"; next-hop="${parent.authority}"`,
    );
    expect(answer.body).toContain(parent.authority);
  });

  it('that is not there the failure names it', async () => {
    const parent = await startParent();
    const { authority } = parent;
    const proxy = await startProxy(`http://${authority}`);
    await parent.stop();
    const client = await ask(proxy, 'GET http://a.example/ HTTP/1.1\r\nHost: x\r\n\r\n');
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(answer.body).toContain(authority);
  });

  it('targets of NO_PROXY are reached directly', async () => {
    const parent = await startParent();
    const origin = await startParent();
    origin.answerAll(() => OK);
    const proxy = await startProxy(`http://${parent.authority}`, '127.0.0.1');
    const client = await ask(proxy, `GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect((await client.message()).body).toBe('ok');
    expect(parent.connections).toBe(0);
  });

  it('an Upgrade goes through its CONNECT', async () => {
    const parent = await startParent();
    const proxy = await startProxy(`http://${parent.authority}`);
    const client = await ask(
      proxy,
      'GET http://ws.example:81/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: e\r\n\r\n',
    );
    const peer = await parent.connection();
    expect((await peer.head()).start).toBe('CONNECT ws.example:81 HTTP/1.1');
    peer.write('HTTP/1.1 200 OK\r\n\r\n');
    expect((await peer.head()).start).toBe('GET / HTTP/1.1');
    peer.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: e\r\nConnection: Upgrade\r\n\r\nhi');
    expect(statusOf(await client.head())).toBe(101);
    expect(await client.bytes(2)).toBe('hi');
  });
});

it('two gangways in a row are no loop, and both are in Via', async () => {
  const origin = await startParent();
  const outer = await startForwardProxy({ address: '127.0.0.1' });
  open.push(outer);
  const inner = await startProxy(`http://127.0.0.1:${outer.port}`);
  const client = await ask(inner, `GET http://nas.example:${origin.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  const peer = await origin.connection();
  const names = (fieldValue(await peer.message(), 'Via') ?? '').split(', ');
  expect(names).toHaveLength(2);
  expect(new Set(names).size).toBe(2);
  peer.write(OK);
  const answer = await client.message();
  expect(fieldValue(answer, 'Via')?.split(', ')).toEqual(names.toReversed());
});

it('a request that comes round to the gangway that sent it is a loop', async () => {
  // The second is the parent of the first, and the first of the second: neither knows.
  const place = await startParent();
  const first = await startProxy(`http://${place.authority}`);
  const client = await ask(first, 'GET http://nas.example/ HTTP/1.1\r\nHost: x\r\n\r\n');
  const peer = await place.connection();
  const { start, fields } = await peer.message();
  const round = await ask(first, `${start}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  const answer = await round.message();
  expect(statusOf(answer)).toBe(508);
  peer.write(
    `HTTP/1.1 508 Loop Detected\r\nProxy-Status: ${fieldValue(answer, 'Proxy-Status')}\r\nContent-Length: 0\r\n\r\n`,
  );
  expect(fieldValue(await client.message(), 'Proxy-Status')).toContain('error=proxy_loop_detected');
});
