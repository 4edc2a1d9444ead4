import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PinFile } from '../../../app/servers/index.ts';
import type { RemoteSetting } from '../../../app/settings/settings.ts';
import { hostBridge, remoteSetting, serverSetting } from '../../support/bridge-host.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { openSession, openSse, refusalAt } from '../../support/raw-mcp.ts';
import { answerAll, resultFor } from '../../support/remote-origin.ts';
import { addressOf } from '../../support/tcp.ts';
import {
  contextOf,
  makeCertificate,
  makeOldCertificate,
  startTlsOrigin,
  type TestCertificate,
} from '../../support/tls-origin.ts';
import { until } from '../../support/until.ts';

const headers = { Authorization: 'Bearer secret-token-1' };

/** A remote over TLS, which answers everything, and how often it was asked. */
function mcp(): { readonly listener: RequestListener; requests: number } {
  const remote = {
    requests: 0,
    listener: ((request, response) => {
      remote.requests++;
      answerAll(request, response);
    }) satisfies RequestListener,
  };
  return remote;
}

function hosted(port: number, tls: RemoteSetting['tls'], host = 'localhost', remotePatience = 50) {
  const setting = remoteSetting({ url: `https://${host}:${port}/mcp`, headers, ...(tls === undefined ? {} : { tls }) });
  return hostBridge({ servers: [setting] }, { times: { remotePatience } });
}

const pin = (fingerprint: string) => ({ fingerprint: fingerprint.replaceAll(':', '').toLowerCase() });

let folder = '';
let other: TestCertificate;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gangway-remote-tls-'));
  other = makeCertificate(folder, 'other');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('A remote over TLS with a certificate that no authority has signed', () => {
  test('is told of with the fingerprint of that certificate, and is sent nothing', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener);
    await using host = await hosted(far.port, undefined);
    expect(await refusalAt(host.url)).toContain(`Its SHA-256 fingerprint is ${far.fingerprint}.`);
    expect(remote.requests).toBe(0);
  });

  test('is told of so too where that certificate is out of date as well, and is served once it is trusted', async () => {
    const remote = mcp();
    const old = makeOldCertificate(folder, 'old');
    await using far = await startTlsOrigin(remote.listener, contextOf(old));
    await using host = await hosted(far.port, undefined);
    expect(await refusalAt(host.url)).toContain(`(CERT_HAS_EXPIRED). Its SHA-256 fingerprint is ${old.fingerprint}.`);
    await host.bridge.remotes.trust('remote', old.fingerprint);
    expect(await (await openSession(host.url)).tool('echo', { a: 1 })).toBe('{"a":1}');
  });

  test('is served when that certificate is trusted by its fingerprint, whatever name the URL has for the host', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener);
    await using host = await hosted(far.port, pin(far.fingerprint), '127.0.0.1');
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    expect(await session.tool('echo', { a: 1 })).toBe('{"a":1}');
  });

  test('gets no byte of a request over a connection whose certificate is another one than the trusted', async () => {
    // A bare TLS server: whatever comes over the connection is counted, a request or not.
    let bytes = 0;
    let connections = 0;
    const server = createServer(contextOf(other), (socket) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.on('error', () => undefined);
    });
    server.on('connection', () => connections++);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const trusted = makeCertificate(folder, 'trusted');
    await using host = await hosted(addressOf(server).port, pin(trusted.fingerprint));
    const refused = await refusalAt(host.url);
    expect(refused).toContain(trusted.fingerprint);
    expect(refused).toContain(other.fingerprint);
    expect({ bytes, isConnected: connections > 0 }).toEqual({ bytes: 0, isConnected: true });
    server.close();
  });

  test('is sent nothing more once it shows another certificate, and the error names both', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener);
    await using host = await hosted(far.port, pin(far.fingerprint));
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    expect(await session.tool('echo', { a: 1 })).toBe('{"a":1}');
    // The last of them asks for a stream, over a connection that is being opened.
    await until('all requests have come', () => remote.requests === 4);
    const before = remote.requests;
    far.use(other);
    const refused = await session.call('tools/call', { name: 'echo', arguments: {} });
    expect(refused.error?.message).toContain(far.fingerprint);
    expect(refused.error?.message).toContain(other.fingerprint);
    expect(remote.requests).toBe(before);
  });
});

describe('A remote over TLS whose entry names files', () => {
  test('is served by the authorities in its file', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener);
    await using host = await hosted(far.port, { ca: far.certificate });
    expect(await refusalAt(host.url)).toContain('no refusal');
    expect(remote.requests).toBeGreaterThan(0);
  });

  test('is shown our own certificate where it asks for one', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener, {
      requestCert: true,
      rejectUnauthorized: true,
      ca: [readFileSync(other.certificate)],
    });
    await using unknown = await hosted(far.port, { ca: far.certificate });
    expect(await refusalAt(unknown.url)).toContain('The MCP server remote cannot be');
    expect(remote.requests).toBe(0);
    await using known = await hosted(far.port, { ca: far.certificate, cert: other.certificate, key: other.key });
    expect(await refusalAt(known.url)).toContain('no refusal');
  });

  test('is told of with the file when that cannot be read', async () => {
    const file = join(folder, 'none.pem');
    await using far = await startTlsOrigin(mcp().listener);
    await using host = await hosted(far.port, { ca: file });
    expect(await refusalAt(host.url)).toContain(`the file ${file} that is named under tls could not be read (ENOENT)`);
  });
});

describe('A certificate that a person has trusted', () => {
  const pinned = (port: number, file: string, tls?: RemoteSetting['tls']) => {
    const setting = { url: `https://localhost:${port}/mcp`, headers, ...(tls === undefined ? {} : { tls }) };
    const { log, lines } = rememberingLog();
    const options = { times: { remotePatience: 50 }, pins: new PinFile(file, log) };
    return hostBridge({ servers: [remoteSetting(setting)] }, options).then((host) => Object.assign(host, { lines }));
  };

  test('is the only one from then on, over restarts too, and a changed one is refused with both fingerprints', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener);
    const file = join(folder, 'pins.json');
    const first = await pinned(far.port, file);
    const shown = { shown: far.fingerprint, trusted: null, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
    expect(await first.bridge.remotes.certificate('remote')).toEqual(shown);
    // What a person has not seen is not trusted.
    await expect(first.bridge.remotes.trust('remote', other.fingerprint)).rejects.toMatchObject({
      fault: { kind: 'changed' },
    });
    expect(remote.requests).toBe(0);
    await first.bridge.remotes.trust('remote', far.fingerprint);
    expect(await (await openSession(first.url)).tool('echo', { a: 1 })).toBe('{"a":1}');
    await expect(first.bridge.remotes.certificate('remote')).rejects.toMatchObject({ fault: { kind: 'trusted' } });
    await first[Symbol.asyncDispose]();
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);

    await using again = await pinned(far.port, file);
    expect(await (await openSession(again.url)).tool('echo', { a: 1 })).toBe('{"a":1}');
    far.use(other);
    const before = remote.requests;
    const refusal = await refusalAt(again.url);
    expect(refusal).toContain(far.fingerprint);
    expect(refusal).toContain(other.fingerprint);
    expect(remote.requests).toBe(before);
    const both = { shown: other.fingerprint, trusted: far.fingerprint, reason: null };
    expect(await again.bridge.remotes.certificate('remote')).toEqual(both);
    await again.bridge.remotes.trust('remote', other.fingerprint);
    expect(await (await openSession(again.url)).tool('echo', { a: 1 })).toBe('{"a":1}');
  });

  test('gives way to a fingerprint that is written into the settings afterwards', async () => {
    const remote = mcp();
    await using far = await startTlsOrigin(remote.listener);
    const file = join(folder, 'pins-and-settings.json');
    const first = await pinned(far.port, file, pin(other.fingerprint));
    await first.bridge.remotes.trust('remote', far.fingerprint);
    expect(await (await openSession(first.url)).tool('echo', {})).toBe('{}');
    await first[Symbol.asyncDispose]();
    await using changed = await pinned(far.port, file, pin('AB'.repeat(32)));
    expect(await refusalAt(changed.url)).toContain(far.fingerprint);
  });

  test.each([
    ['damaged', '{', 0o600],
    ['open to others', '{"certificates":{}}', 0o644],
  ])('is not believed where its file is %s', async (_, text, mode) => {
    const file = join(folder, `pins-${mode}.json`);
    writeFileSync(file, text);
    chmodSync(file, mode);
    await using host = await pinned(1, file);
    expect(host.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('cannot be used'));
  });

  test('is not asked for where there is none', async () => {
    await using host = await hostBridge({
      servers: [
        remoteSetting({ name: 'plain', url: 'http://127.0.0.1:1/mcp' }),
        remoteSetting({ name: 'away', url: 'https://127.0.0.1:1/mcp' }),
        serverSetting({ name: 'program' }),
      ],
    });
    const kindOf = (name: string) =>
      host.bridge.remotes.certificate(name).then(
        () => null,
        (error: unknown) => Object(error).fault.kind,
      );
    expect(await Promise.all(['plain', 'away', 'program'].map(kindOf))).toEqual(['no-tls', 'none-shown', 'not-remote']);
  });
});

test('A remote over TLS that speaks HTTP/2 only is said to', async () => {
  const server = createSecureServer({ ...contextOf(other), allowHTTP1: false });
  server.on('unknownProtocol', (socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using host = await hosted(addressOf(server).port, pin(other.fingerprint));
  expect(await refusalAt(host.url)).toContain('it speaks HTTP/2 only');
  server.close();
});

describe('A remote behind a proxy that ends TLS, which takes itself to be asked over http', () => {
  /** Redirects to this path of itself. */
  const redirecting =
    (path: string): RequestListener =>
    (request, response) => {
      if (request.url === '/mcp/') return answerAll(request, response);
      request.resume();
      return response.writeHead(307, { Location: `http://${request.headers.host}${path}` }).end();
    };

  test('is asked over TLS where it redirects to another path of its own', async () => {
    await using far = await startTlsOrigin(redirecting('/mcp/'));
    await using host = await hosted(far.port, pin(far.fingerprint));
    expect(await (await openSession(host.url)).tool('echo', { a: 1 })).toBe('{"a":1}');
  });

  test('is not followed where it insists on http', async () => {
    await using far = await startTlsOrigin(redirecting('/mcp'));
    await using host = await hosted(far.port, pin(far.fingerprint));
    expect(await refusalAt(host.url)).toContain(`it redirects to http://localhost:${far.port}`);
  });

  test('is posted to over TLS where it names an endpoint of its own so', async () => {
    const streams: ServerResponse[] = [];
    const listener: RequestListener = async (request, response) => {
      if (request.method === 'GET') {
        const endpoint = `http://${request.headers.host}/messages`;
        response
          .writeHead(200, { 'Content-Type': 'text/event-stream' })
          .write(`event: endpoint\ndata: ${endpoint}\n\n`);
        return void streams.push(response);
      }
      if (request.url !== '/messages') return void response.writeHead(405).end();
      const message = JSON.parse(await text(request));
      response.writeHead(202).end();
      if (message.id === undefined) return;
      streams
        .at(-1)
        ?.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultFor(message) })}\n\n`);
    };
    await using far = await startTlsOrigin(listener);
    await using host = await hosted(far.port, pin(far.fingerprint));
    expect(await (await openSession(host.url)).tool('echo', { a: 1 })).toBe('{"a":1}');
  });
});

describe('A remote over TLS whose handshakes take long', () => {
  /** What it is asked for, in order, and how its handshakes go on from the second one. */
  async function slow(later: (done: () => void) => void) {
    const asked: string[] = [];
    let handshakes = 0;
    const listener: RequestListener = (request, response) => {
      const at = asked.push(request.method ?? '') - 1;
      request.once('data', (body) => {
        asked[at] = JSON.parse(String(body)).method;
      });
      answerAll(request, response);
    };
    const SNICallback = (_name: string, callback: (error: null) => void) => {
      const done = () => callback(null);
      if (++handshakes === 1) done();
      else later(done);
    };
    const far = await startTlsOrigin(listener, { SNICallback });
    // The first handshake takes as long as it takes: nobody answers in the server's place, and so asks it for more than is meant here.
    const host = await hosted(far.port, pin(far.fingerprint), 'localhost', 60_000);
    const session = await openSse(host.url);
    await session.call('initialize', { protocolVersion: '2025-11-25', capabilities: {} });
    await session.post({ method: 'notifications/initialized' });
    return {
      asked,
      session,
      async [Symbol.asyncDispose]() {
        session.close();
        await host[Symbol.asyncDispose]();
        await far[Symbol.asyncDispose]();
      },
    };
  }

  test('is asked for its stream before the first call, so that nothing said of the call is missed', async () => {
    await using remote = await slow((done) => setTimeout(done, 100));
    const { session, asked } = remote;
    expect(await session.tool('echo', { a: 1 })).toBe('{"a":1}');
    expect(asked).toEqual(['initialize', 'notifications/initialized', 'GET', 'tools/call']);
  });

  test('lists its tools without waiting for that stream', async () => {
    let finish = (): void => undefined;
    await using remote = await slow((done) => {
      finish = done;
    });
    const { session, asked } = remote;
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
    expect(asked).toEqual(['initialize', 'notifications/initialized', 'tools/list']);
    finish();
    await until('the stream is asked for', () => asked.includes('GET'));
  });

  test('is called all the same where the connection for that stream never comes about', async () => {
    await using remote = await slow(() => undefined);
    const { session, asked } = remote;
    expect(await session.tool('echo', { a: 1 })).toBe('{"a":1}');
    expect(asked).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
  });

  test('hears nothing of a call that is cancelled before that stream is asked for', async () => {
    let finish = (): void => undefined;
    await using remote = await slow((done) => {
      finish = done;
    });
    const { session, asked } = remote;
    await session.post({ id: 7, method: 'tools/call', params: { name: 'echo', arguments: {} } });
    await session.post({ method: 'notifications/cancelled', params: { requestId: 7 } });
    finish();
    await until('the stream is asked for', () => asked.includes('GET'));
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
    expect(asked).toEqual(['initialize', 'notifications/initialized', 'GET', 'tools/list']);
  });
});
