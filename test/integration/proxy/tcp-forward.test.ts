import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../app/settings/settings.ts';
import { startGangway } from '../../support/gangway.ts';
import { closed, eventually, freePort, RawClient, startEcho } from '../../support/tcp.ts';

describe('a TCP forward', () => {
  it('leads from its loopback port to its target', async () => {
    await using echo = await startEcho();
    await using gangway = await startGangway({ forwards: [{ port: 0, host: 'localhost', targetPort: echo.port }] });
    const [forward] = gangway.engine.snapshot().forwards;
    using client = await RawClient.connect(forward?.port ?? 0);
    client.send('ping');
    await client.until((text) => text === 'ping');
    expect(gangway.engine.snapshot().tunnels).toMatchObject([{ kind: 'tcp-forward', up: 4, down: 4 }]);
  });

  it('opens and closes while we run; an established tunnel stays open', async () => {
    await using echo = await startEcho();
    await using gangway = await startGangway();
    const port = await freePort();
    const settings = { ...DEFAULT_SETTINGS, port: gangway.port };
    await gangway.engine.apply({ ...settings, forwards: [{ port, host: '127.0.0.1', targetPort: echo.port }] });
    using client = await RawClient.connect(port);
    client.send('one');
    await client.until((text) => text === 'one');
    await gangway.engine.apply(settings);
    await expect(RawClient.connect(port)).rejects.toThrow('ECONNREFUSED');
    client.send('two');
    await client.until((text) => text === 'onetwo');
  });

  it('that cannot reach its target resets the client and says why in the log', async () => {
    await using gangway = await startGangway({ forwards: [{ port: 0, host: '127.0.0.1', targetPort: 1 }] });
    using client = await RawClient.connect(gangway.engine.snapshot().forwards[0]?.port ?? 0);
    await closed(client.socket);
    await eventually(() => gangway.lines.length > 0, 'the failure is logged');
    expect(gangway.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/^127\.0\.0\.1:1 - Connection refused \(ECONNREFUSED\)/),
      }),
    );
  });

  it('whose clients cannot be accepted says so once, and goes on', async () => {
    await using echo = await startEcho();
    const opened: Server[] = [];
    const open = (message: unknown) => {
      const { server } = Object(message);
      if (server instanceof Server) opened.push(server);
    };
    const channel = 'tracing:net.server.listen:asyncEnd';
    subscribe(channel, open);
    await using gangway = await startGangway({ forwards: [{ port: 0, host: '127.0.0.1', targetPort: echo.port }] });
    unsubscribe(channel, open);
    const port = gangway.engine.snapshot().forwards[0]?.port ?? 0;
    const server = opened.find((one) => Object(one.address()).port === port);
    // As Node reports that the system has not accepted a client.
    const shortage = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE', syscall: 'accept' });
    for (let times = 0; times < 3; times++) expect(server?.emit('error', shortage)).toBe(true);
    expect(gangway.lines.filter(({ message }) => message.includes('could not be accepted'))).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/: accept EMFILE$/) },
    ]);
    using client = await RawClient.connect(port);
    client.send('ping');
    await client.until((text) => text === 'ping');
  });

  it('on a port that is taken stops the start, and leaves nothing open', async () => {
    await using taken = await startEcho();
    await expect(
      startGangway({ forwards: [{ port: taken.port, host: '127.0.0.1', targetPort: 1 }] }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('that leads to itself ends instead of filling the machine', async () => {
    const port = await freePort();
    await using gangway = await startGangway({ forwards: [{ port, host: 'localhost', targetPort: port }] });
    // The reset may come before the client has heard that it is connected.
    await RawClient.connect(port).then(
      (client) => closed(client.socket),
      (error: Error) => expect(error.message).toContain('ECONNRESET'),
    );
    await eventually(() => gangway.engine.snapshot().failures.length > 0, 'the loop is noticed');
    expect(gangway.engine.snapshot().failures).toMatchObject([{ code: 'LOOP' }]);
  });
});
