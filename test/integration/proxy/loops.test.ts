import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { eventually, type Origin, RawClient, startEcho, startOrigin } from '../../support/tcp.ts';

const running: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) await each[Symbol.asyncDispose]();
});

/** So many instances, each with the next one as its upstream, and the last one with the first. */
async function ring(count: number): Promise<Gangway[]> {
  const instances = await Promise.all(Array.from({ length: count }, () => startGangway()));
  running.push(...instances);
  for (const [index, { engine, settings }] of instances.entries()) {
    const next = instances[(index + 1) % count];
    await engine.apply({ ...settings, upstream: next?.url ?? null });
  }
  return instances;
}

async function answerTo(port: number, request: string): Promise<string> {
  using client = await RawClient.connect(port);
  client.send(request);
  return await client.untilEnd();
}

/** A parent that answers every CONNECT with `status`, and the heads it was sent. */
async function parentAnswering(status: string): Promise<{ readonly origin: Origin; readonly heads: string[] }> {
  const heads: string[] = [];
  const origin = await startOrigin((socket) => {
    socket.once('data', (head: Buffer) => {
      heads.push(head.toString('latin1'));
      socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    });
  });
  running.push(origin);
  return { origin, heads };
}

async function gangwayBefore(parent: Origin): Promise<Gangway> {
  const gangway = await startGangway({ upstream: `http://${parent.authority}` });
  running.push(gangway);
  return gangway;
}

const CONNECT = 'CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n';
const UPGRADE = 'Host: far.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';

describe('instances that name each other as upstream', () => {
  it.each([2, 3])('answer a CONNECT with 508 and keep no descriptors (%s of them)', async (count) => {
    const [first] = await ring(count);
    const before = readdirSync('/proc/self/fd').length;
    const answer = await answerTo(first?.port ?? 0, `${CONNECT}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 508 Loop Detected\r\n/);
    expect(answer).toContain('error=proxy_loop_detected');
    expect(readdirSync('/proc/self/fd').length - before).toBeLessThan(40);
  });

  it('answer an absolute-form request with 508', async () => {
    const [first] = await ring(2);
    const answer = await answerTo(
      first?.port ?? 0,
      'GET http://far.test/ HTTP/1.1\r\nHost: far.test\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 508 /);
  });

  it('answer an offer to upgrade with 508: it goes to the parent as a CONNECT', async () => {
    const [first] = await ring(2);
    expect(await answerTo(first?.port ?? 0, `GET http://far.test/ HTTP/1.1\r\n${UPGRADE}\r\n`)).toMatch(
      /^HTTP\/1\.1 508 /,
    );
  });

  it('refuse a SOCKS5 client by rule (reply 2)', async () => {
    const [first] = await ring(2);
    using client = await RawClient.connect(first?.port ?? 0);
    client.send(Buffer.from([5, 1, 0]));
    client.send(Buffer.from([5, 1, 0, 3, 8, ...Buffer.from('far.test'), 1, 187]));
    await client.untilEnd();
    expect([...client.bytes.subarray(2, 4)]).toEqual([5, 2]);
  });

  it('reset the client of a TCP forward', async () => {
    const [first, second] = await ring(2);
    if (first === undefined || second === undefined) throw new Error('no ring');
    const forwards = [{ port: 0, host: 'far.test', targetPort: 443 }];
    await first.engine.apply({ ...first.settings, upstream: second.url, forwards });
    using client = await RawClient.connect(first.engine.state().forwards[0]?.port ?? 0);
    await eventually(() => client.error !== null, 'the client is told');
    expect(client.error?.code).toBe('ECONNRESET');
    expect(first.engine.state().failures.map(({ code }) => code)).toEqual(['LOOP', 'LOOP']);
  });

  it('say in the list of failures that the circle is the fault, not the target', async () => {
    const [first, second] = await ring(2);
    await answerTo(first?.port ?? 0, `${CONNECT}\r\n`);
    expect(first?.engine.state().failures.map(({ sentence }) => sentence)).toEqual([
      'The request for far.test:443 has come back to this proxy.',
      `The upstream proxy 127.0.0.1:${second?.port} answered 508 for far.test:443: the way goes round in a circle.`,
    ]);
  });
});

describe('a CONNECT to the parent', () => {
  it('carries the Via it came with, and our name behind it', async () => {
    const { origin, heads } = await parentAnswering('502 Bad Gateway');
    const gangway = await gangwayBefore(origin);
    await answerTo(gangway.port, `${CONNECT}Via: 1.0 edge\r\nVia: 1.1 office\r\n\r\n`);
    expect(heads[0]).toMatch(/\r\nVia: 1\.0 edge, 1\.1 office, 1\.1 mcp-gangway-[0-9a-f]{8}\r\n/);
  });

  it('carries it through the HTTP parser as well', async () => {
    const { origin, heads } = await parentAnswering('502 Bad Gateway');
    const gangway = await gangwayBefore(origin);
    await answerTo(gangway.port, 'CONNECT far.test:443 HTTP/1.0\r\nVia: 1.0 edge\r\n\r\n');
    expect(heads[0]).toMatch(/\r\nVia: 1\.0 edge, 1\.1 mcp-gangway-[0-9a-f]{8}\r\n/);
  });

  it('that is answered 508 is passed on as 508', async () => {
    const { origin } = await parentAnswering('508 Loop Detected');
    const gangway = await gangwayBefore(origin);
    expect(await answerTo(gangway.port, `${CONNECT}\r\n`)).toMatch(/^HTTP\/1\.1 508 /);
  });

  it.each(['HTTP/1.1', 'HTTP/1.0'])(
    'that comes back is answered 508 in front of and behind the parser (%s)',
    async (version) => {
      const { origin, heads } = await parentAnswering('502 Bad Gateway');
      const gangway = await gangwayBefore(origin);
      await answerTo(gangway.port, `${CONNECT}\r\n`);
      const via = /\r\n(Via: [^\r]*)/.exec(heads[0] ?? '')?.[1];
      const head = CONNECT.replace('HTTP/1.1', version);
      expect(await answerTo(gangway.port, `${head}${via}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 508 /);
      expect(heads).toHaveLength(1);
    },
  );
});

it('two instances in a row are no loop', async () => {
  const echo = await startEcho();
  const last = await startGangway({ noProxy: '' });
  const first = await startGangway({ upstream: last.url });
  running.push(first, last, echo);
  // Loopback is always reached directly: the target must be a name that only the last instance looks up.
  expect(await answerTo(first.port, 'CONNECT nowhere.invalid:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 50[24] /,
  );
});
