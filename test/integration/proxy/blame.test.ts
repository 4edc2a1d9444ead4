import { afterEach, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { freePort, type Origin, RawClient, startOrigin } from '../../support/tcp.ts';

const running: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) await each[Symbol.asyncDispose]();
});

/** A gangway behind a parent that says `answer` to whatever comes, and closes. */
async function behind(answer: string): Promise<{ readonly gangway: Gangway; readonly parent: Origin }> {
  const parent = await startOrigin((socket) => socket.once('data', () => socket.end(answer)));
  const gangway = await startGangway({ upstream: `http://${parent.authority}` });
  running.push(gangway, parent);
  return { gangway, parent };
}

async function ask(port: number, request: string): Promise<string> {
  using client = await RawClient.connect(port);
  client.send(request);
  return await client.untilEnd();
}

const CONNECT = 'CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n\r\n';
const GET = 'GET http://far.test/ HTTP/1.1\r\nHost: far.test\r\nConnection: close\r\n\r\n';

describe('a failure of the parent is blamed on the parent', () => {
  it.each([
    ['407', 502, 'a user name and a password that it knows'],
    ['403', 502, 'does not let this connection through'],
    ['502', 502, 'could not reach it'],
    ['503', 502, 'could not reach it'],
    ['504', 504, 'could not reach it'],
  ])('when it answers %s to CONNECT', async (status, answered, hint) => {
    const { gangway, parent } = await behind(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const answer = await ask(gangway.port, CONNECT);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${answered} `));
    expect(answer).toContain(`; next-hop="${parent.authority}"`);
    expect(answer).toContain(`The upstream proxy ${parent.authority} answered ${status} for far.test:443.`);
    expect(answer).toContain(hint);
  });

  it.each([
    ['closes without a word', ''],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH\r\n'],
  ])('when it %s', async (_, answer) => {
    const { gangway, parent } = await behind(answer);
    const refusal = await ask(gangway.port, CONNECT);
    expect(refusal).toContain(`The upstream proxy ${parent.authority} closed the connection without an answer.`);
    expect(refusal).toContain(`; next-hop="${parent.authority}"`);
  });

  it('when nothing listens there, in the answer, the list of failures and the log', async () => {
    const port = await freePort();
    const gangway = await startGangway({ upstream: `http://127.0.0.1:${port}` });
    running.push(gangway);
    for (const request of [CONNECT, GET]) {
      const answer = await ask(gangway.port, request);
      expect(answer).toContain(`The upstream proxy 127.0.0.1:${port} could not be used.`);
      expect(answer).toContain(`details="ECONNREFUSED"; next-hop="127.0.0.1:${port}"`);
    }
    expect(gangway.engine.state().failures.map(({ nextHop }) => nextHop)).toEqual(Array(2).fill(`127.0.0.1:${port}`));
    const line = gangway.lines.find(({ level }) => level === 'error');
    expect(line?.message).toMatch(/^far\.test:443 - Connection refused \(ECONNREFUSED\) /);
    expect(line?.fields).toMatchObject({ upstream: `127.0.0.1:${port}` });
  });

  it.each([
    ['closes', '', 'closed the connection before it answered'],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'is not valid HTTP'],
  ])('when it %s instead of answering an absolute-form request', async (_, answer, words) => {
    const { gangway, parent } = await behind(answer);
    const refusal = await ask(gangway.port, GET);
    expect(refusal).toContain(parent.authority);
    expect(refusal).toContain(words);
    expect(refusal).toContain(`; next-hop="${parent.authority}"`);
  });

  it('and not what a target is at fault for: there is no next-hop without a parent', async () => {
    const gangway = await startGangway();
    running.push(gangway);
    const answer = await ask(gangway.port, `CONNECT 127.0.0.1:${await freePort()} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toContain('details="ECONNREFUSED"\r\n');
  });
});

describe('a NO_PROXY entry that means nothing', () => {
  it('is named in the log, at the start and when the list changes', async () => {
    const gangway = await startGangway({ noProxy: '10.0.0.0/99, nas.lan' });
    running.push(gangway);
    const warnings = () => gangway.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings()).toEqual([expect.stringContaining('NO_PROXY: "10.0.0.0/99"')]);
    await gangway.engine.apply({ ...gangway.settings, noProxy: '10.0.0.0/99, nas.lan', logLevel: 'debug' });
    expect(warnings()).toHaveLength(1);
    await gangway.engine.apply({ ...gangway.settings, noProxy: 'intra*' });
    expect(warnings().at(-1)).toContain('NO_PROXY: "intra*"');
  });
});
