import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startGangway } from '../../support/gangway.ts';
import { listening } from '../../support/listening.ts';
import { eventually, openTunnel, startEcho } from '../../support/tcp.ts';

/** One request in absolute-form; the status of its answer. */
async function fetchThrough(port: number, url: string): Promise<number | undefined> {
  const outgoing = request({ host: '127.0.0.1', port, path: url, headers: { Host: new URL(url).host } });
  outgoing.end();
  const [answer] = await once(outgoing, 'response');
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode;
}

describe('In another network', () => {
  it('connections kept for later are dropped, and a tunnel that stands is left alone', async () => {
    await using gangway = await startGangway();
    const kept: Socket[] = [];
    const origin = createServer((_request, response) => response.end('ok'));
    origin.keepAliveTimeout = 60_000;
    origin.on('connection', (socket) => kept.push(socket));
    const url = `http://127.0.0.1:${await listening(origin)}/`;
    await using echo = await startEcho();
    const tunnel = await openTunnel(gangway.port, echo.authority);
    expect(await fetchThrough(gangway.port, url)).toBe(200);
    expect(kept.map(({ destroyed }) => destroyed)).toEqual([false]);

    gangway.engine.forgetNetwork();
    await eventually(() => kept.every(({ destroyed }) => destroyed), 'the idle connection is closed');
    tunnel.send('still here');
    await tunnel.until((text) => text.endsWith('still here'));
    expect(await fetchThrough(gangway.port, url)).toBe(200);
    expect(kept).toHaveLength(2);
    tunnel.socket.destroy();
    origin.close();
  });

  it('the port is opened once more where it was, and nothing that stands is disturbed', async () => {
    await using gangway = await startGangway();
    await using echo = await startEcho();
    const tunnel = await openTunnel(gangway.port, echo.authority);
    const { startedAt, listening: before } = gangway.engine.snapshot();
    await gangway.engine.reopen();
    expect(gangway.engine.snapshot()).toMatchObject({ startedAt, listening: before });
    expect((await fetch(`${gangway.url}/healthz`)).status).toBe(200);
    tunnel.send('still here');
    await tunnel.until((text) => text.endsWith('still here'));
    tunnel.socket.destroy();
  });
});
