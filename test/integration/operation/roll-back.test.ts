import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppController } from '../../../app/desktop/index.ts';
import { Engine } from '../../../app/engine/index.ts';
import { Listener } from '../../../app/gateway/listener.ts';
import type { Problem } from '../../../app/ipc/index.ts';
import { createLog } from '../../../app/log/index.ts';
import { DEFAULT_SETTINGS, memoryStore } from '../../../app/settings/index.ts';
import { listening } from '../../support/listening.ts';

/** An address of no machine (RFC 5737, TEST-NET-1). */
const NO_ADDRESS = '192.0.2.1';

const opened: { end(): Promise<void> }[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((one) => one.end()));
});

function hold(port: number): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  opened.push({ end: () => new Promise((resolve) => server.close(() => resolve())) });
  return listening(server, port);
}

async function operating(): Promise<{ readonly controller: AppController; readonly port: number }> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const store = memoryStore({ settings: { ...DEFAULT_SETTINGS, port, token: 'a-token-of-enough-letters' } });
  const controller = new AppController({ store, running: createLog({ level: 'error' }), searchPath: () => null });
  opened.push(controller);
  await controller.turnOn();
  return { controller, port };
}

/** The same problem in the other language. */
const inChinese = (problem: Problem | null) => ({
  ...problem,
  sentence: expect.stringMatching(/\p{Script=Han}/u),
  hint: expect.stringMatching(/\p{Script=Han}/u),
});

describe('Settings that cannot be had, while those from before are lost as well', () => {
  it('leave the app off, with a problem that says both', async () => {
    const { controller, port } = await operating();
    const forward = { port: await hold(0), host: '127.0.0.1', targetPort: 1 };
    const free = await hold(0).then(async (taken) => {
      await opened.pop()?.end();
      return taken;
    });
    // Another program is faster: it takes the port between its being left and its being wanted back.
    const apply = Engine.prototype.apply;
    vi.spyOn(Engine.prototype, 'apply').mockImplementationOnce(async function (this: Engine, settings) {
      await apply.call(this, settings).finally(() => hold(port));
    });

    const outcome = await controller.change({ port: free, forwards: [forward] });

    const { phase, listening: addresses, address, forwards, problem } = controller.state();
    expect({ phase, addresses, forwards }).toEqual({ phase: 'off', addresses: [], forwards: [] });
    expect(address.port).toBe(port);
    expect(problem?.sentence).toContain('those from before could not be restored');
    expect(problem?.sentence).toContain(`Port ${port} is taken by`);
    expect(problem?.fix?.kind).toBe('use-port');
    expect(outcome).toEqual({ ok: false, faults: [], problem: { en: problem, 'zh-Hant': inChinese(problem) } });
    await expect(fetch(`http://127.0.0.1:${free}/healthz`)).rejects.toThrow();
  });

  it('leave the app off when the same port is lost on the way to another address', async () => {
    const { controller, port } = await operating();
    const listen = Listener.prototype.listen;
    vi.spyOn(Listener.prototype, 'listen').mockImplementationOnce(async function (this: Listener, host, to) {
      return listen.call(this, host, to).finally(() => hold(port));
    });

    const outcome = await controller.change({ host: NO_ADDRESS });

    const { phase, listening: addresses, problem } = controller.state();
    expect({ phase, addresses }).toEqual({ phase: 'off', addresses: [] });
    expect(problem?.sentence).toContain('those from before could not be restored');
    expect(outcome).toEqual({ ok: false, faults: [], problem: { en: problem, 'zh-Hant': inChinese(problem) } });
  });

  it('come back by a new start where that is possible', async () => {
    const { controller, port } = await operating();
    const listen = Listener.prototype.listen;
    let holder: Server | null = null;
    vi.spyOn(Listener.prototype, 'listen')
      .mockImplementationOnce(async function (this: Listener, host, to) {
        return listen.call(this, host, to).finally(async () => {
          holder = createServer((socket) => socket.destroy());
          await listening(holder, port);
        });
      })
      // The port is free again only after both attempts of the engine that was there.
      .mockImplementationOnce(function (this: Listener, host, to) {
        return listen.call(this, host, to);
      })
      .mockImplementationOnce(async function (this: Listener, host, to) {
        return listen.call(this, host, to).finally(() => new Promise((resolve) => holder?.close(resolve)));
      });

    const outcome = await controller.change({ host: NO_ADDRESS });

    expect(controller.state()).toMatchObject({ phase: 'on', problem: null, address: { host: '127.0.0.1', port } });
    expect(outcome).toMatchObject({ ok: false, problem: { en: { sentence: expect.stringContaining(NO_ADDRESS) } } });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(401);
  });
});
