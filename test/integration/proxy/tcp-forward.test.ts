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
