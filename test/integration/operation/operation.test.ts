import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../app/base/clock.ts';
import { AppController, type AppControllerOptions } from '../../../app/desktop/index.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { createLog } from '../../../app/log/index.ts';
import type { TryProgress } from '../../../app/servers/index.ts';
import {
  DEFAULT_SETTINGS,
  DEFAULT_STORED,
  type Habits,
  memoryStore,
  type Settings,
  type SettingsStore,
} from '../../../app/settings/index.ts';
import { listening } from '../../support/listening.ts';
import { freePort } from '../../support/tcp.ts';

const open: AppController[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((controller) => controller.end()));
});

async function operate(
  changes: Partial<Settings> = {},
  options: Pick<AppControllerOptions, 'hasAddress' | 'clock'> = {},
  habits: Partial<Habits> = {},
): Promise<{ controller: AppController; store: SettingsStore }> {
  const store = memoryStore({
    settings: { ...DEFAULT_SETTINGS, port: await freePort(), ...changes },
    habits: { ...DEFAULT_STORED.habits, ...habits },
  });
  const controller = new AppController({
    store,
    running: createLog({ level: 'error' }),
    searchPath: () => null,
    ...options,
  });
  open.push(controller);
  return { controller, store };
}

describe('Trying a server', () => {
  const slow = {
    name: 'slow',
    command: process.execPath,
    args: ['-e', 'console.error("downloading"); process.stdin.resume()'],
    env: {},
    cwd: null,
    era: 'auto',
    spare: false,
  } as const;

  it('tells each second of a slow start what the server said last, until it is stopped', async () => {
    const { controller } = await operate();
    const told: TryProgress[] = [];
    const result = controller.tryServer(slow, (progress) => {
      told.push(progress);
      if (told.length === 2) controller.cancelTry();
    });
    expect(await result).toMatchObject({ kind: 'fails', stage: 'initialize', stderr: ['downloading'] });
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ lastLine: 'downloading' });
    expect(told[1]?.elapsedMs).toBeGreaterThan(1500);
  });

  it('stops the one before when another is tried', async () => {
    const { controller } = await operate();
    const nothing = () => undefined;
    const first = controller.tryServer(slow, nothing);
    const second = controller.tryServer({ ...slow, args: ['-e', 'process.exit(3)'] }, nothing);
    expect(await first).toMatchObject({ kind: 'fails', sentence: { en: expect.stringContaining('slow') } });
    expect(await second).toMatchObject({ kind: 'fails', sentence: { en: expect.stringContaining('exit code 3') } });
  });
});

describe('Turning off for a while', () => {
  it('says who used the port, remembers when it opens again, and opens it then', async () => {
    const after: { milliseconds: number; run: () => void }[] = [];
    let now = 0;
    const clock: Clock = {
      now: () => now,
      after(milliseconds, run) {
        after.push({ milliseconds, run });
        return () => undefined;
      },
    };
    const { controller, store } = await operate({}, { clock });
    await controller.turnOn();
    const before = Date.now();
    await controller.turnOff(3_600_000);
    const { phase, cutOff, habits } = controller.state();
    expect({ phase, cutOff }).toEqual({ phase: 'off', cutOff: null });
    expect(store.read().habits).toMatchObject({ on: false, backOnAt: habits.backOnAt });
    expect(habits.backOnAt).toBeGreaterThanOrEqual(before + 3_600_000);
    now = 3_600_000;
    const opened = new Promise<void>((resolve) => {
      controller.subscribe(({ rest }) => {
        if (rest.phase === 'on') resolve();
      });
    });
    after.at(-1)?.run();
    await opened;
    expect(store.read().habits).toMatchObject({ on: true, backOnAt: null });
  });

  it('stays off after a new start of the app until the time is up, and opens the port when it was up meanwhile', async () => {
    const started = async (backOnAt: number): Promise<AppController> => {
      const { controller } = await operate({}, {}, { on: false, backOnAt });
      await controller.resume();
      return controller;
    };
    const early = await started(Date.now() + 3_600_000);
    expect(early.state().phase).toBe('off');
    expect(early.state().habits.backOnAt).not.toBeNull();
    const late = await started(Date.now() - 1);
    expect(late.state().phase).toBe('on');
    expect(late.state().habits).toMatchObject({ on: true, backOnAt: null });
  });
});

describe('Operating the engine', () => {
  it('names stored settings that do not go together, and opens nothing where two want one port', async () => {
    const forward = { port: await freePort(), host: 'nas.lan', targetPort: 80 };
    const clash = await operate({ forwards: [forward, forward] });
    await clash.controller.turnOn();
    expect(clash.controller.state()).toMatchObject({
      phase: 'off',
      problem: { sentence: expect.stringContaining('forwards.1.port: This port is in use here already.') },
    });
    const { controller } = await operate({ defaultServer: 'gone', language: 'zh-Hant' });
    await controller.turnOn();
    expect(controller.state()).toMatchObject({
      phase: 'on',
      problem: { sentence: '有些設定互相衝突。defaultServer：沒有這個伺服器。', fix: { kind: 'open-settings' } },
    });
  });

  it('goes on and off and on again, and remembers which', async () => {
    const { controller, store } = await operate();
    const phases: string[] = [];
    controller.subscribe(({ rest }) => phases.push(rest.phase));
    await controller.turnOn();
    expect(controller.state().listening[0]?.port).toBe(controller.settings.port);
    expect(store.read().habits.on).toBe(true);
    await controller.turnOff();
    expect(controller.state()).toMatchObject({ phase: 'off', listening: [] });
    expect(store.read().habits.on).toBe(false);
    await controller.turnOn();
    expect(phases.filter((phase, at) => phase !== phases[at - 1])).toEqual([
      'starting',
      'on',
      'stopping',
      'off',
      'starting',
      'on',
    ]);
  });

  it('says who holds the port and offers another, which works', async () => {
    const holder = createServer();
    const port = await listening(holder);
    const { controller } = await operate({ port });
    await controller.turnOn();
    const { phase, problem } = controller.state();
    expect(phase).toBe('off');
    expect(problem?.sentence).toContain(`Port ${port} is taken by`);
    expect(problem?.sentence).toContain(String(process.pid));
    if (problem?.fix?.kind !== 'use-port') throw new Error('There is no other port');
    await controller.applyFix(problem.fix);
    expect(controller.state()).toMatchObject({ phase: 'on', problem: null, address: { port: problem.fix.port } });
    holder.close();
  });

  it('moves the port live, and stays where it is when the other is taken', async () => {
    const { controller, store } = await operate();
    await controller.turnOn();
    const before = controller.settings.port;
    const holder = createServer();
    const taken = await listening(holder);
    const refused = await controller.change({ port: taken });
    expect(refused).toMatchObject({
      ok: false,
      faults: [],
      problem: {
        en: { sentence: expect.stringContaining('is taken by'), fix: { kind: 'use-port' } },
        'zh-Hant': { sentence: expect.stringContaining('使用'), fix: { kind: 'use-port' } },
      },
    });
    expect(controller.settings.port).toBe(before);
    expect((await fetch(`http://127.0.0.1:${before}/healthz`)).status).toBe(200);
    holder.close();

    const free = await freePort();
    expect(await controller.change({ port: free })).toEqual({ ok: true });
    expect((await fetch(`http://127.0.0.1:${free}/healthz`)).status).toBe(200);
    expect(store.read().settings.port).toBe(free);
  });

  it('takes back a TCP forward that cannot be had, and everything that came with it', async () => {
    const { controller } = await operate();
    await controller.turnOn();
    const holder = createServer();
    const taken = await listening(holder);
    const outcome = await controller.change({
      language: 'zh-Hant',
      forwards: [{ port: taken, host: '127.0.0.1', targetPort: 1 }],
    });
    expect(outcome.ok).toBe(false);
    expect(controller.settings).toMatchObject({ language: 'en', forwards: [] });
    holder.close();
  });

  it('refuses settings that do not fit together, touching nothing', async () => {
    const { controller, store } = await operate();
    const before = store.read();
    expect(await controller.change({ host: '0.0.0.0' })).toEqual({
      ok: false,
      faults: [{ path: 'host', reason: 'needs-token' }],
      problem: null,
    });
    expect(store.read()).toBe(before);
  });

  it('refuses a direct list with an entry that means nothing, and keeps one that is stored', async () => {
    const { controller } = await operate({ noProxy: 'intra*' });
    expect(await controller.change({ noProxy: '10.0.0.0/99' })).toMatchObject({
      ok: false,
      faults: [{ path: 'noProxy', reason: 'not-a-direct-target' }],
    });
    expect(await controller.change({ logLevel: 'debug' })).toEqual({ ok: true });
    expect(await controller.change({ noProxy: '192.0.2.*; nas.lan' })).toEqual({ ok: true });
  });

  it('leaves a port alone that still answers after a sleep', async () => {
    const { controller } = await operate();
    await controller.turnOn();
    const { startedAt } = controller.state();
    await controller.recheck();
    expect(controller.state().startedAt).toBe(startedAt);
  });

  it('waits for an address that is gone, with everything as it was', async () => {
    let here = true;
    const { controller } = await operate({}, { hasAddress: () => here });
    await controller.turnOn();
    const { startedAt, listening: before } = controller.state();
    here = false;
    await controller.recheck();
    expect(controller.state()).toMatchObject({ phase: 'on', startedAt, listening: before, problem: null });
    here = true;
    await controller.recheck();
    expect(controller.state()).toMatchObject({ phase: 'on', startedAt });
    expect((await fetch(`http://127.0.0.1:${controller.settings.port}/healthz`)).status).toBe(200);
  });

  it('opens the port in another network when it could not be had in the last', async () => {
    const holder = createServer((socket) => socket.destroy());
    const port = await listening(holder);
    const { controller } = await operate({ port });
    await controller.turnOn();
    expect(controller.state().phase).toBe('off');
    await new Promise((resolve) => holder.close(resolve));
    await controller.recheck();
    expect(controller.state()).toMatchObject({ phase: 'on', problem: null });
  });

  it('says what went wrong before in the language that is chosen after it', async () => {
    const holder = createServer((socket) => socket.destroy());
    const port = await listening(holder);
    const { controller } = await operate({ port });
    await controller.turnOn();
    expect(controller.state().problem?.sentence).toContain(`Port ${port} is taken by`);
    await controller.change({ language: 'zh-Hant' });
    expect(controller.state().problem?.sentence).toMatch(new RegExp(`連接埠 ${port}.*使用`));
    await new Promise((resolve) => holder.close(resolve));
    await controller.turnOn();
    // Nothing listens on the port of a server that has closed.
    const gone = createServer();
    const closed = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    const asked = request({ port: controller.settings.port, method: 'CONNECT', path: `127.0.0.1:${closed}` }).end();
    const [answer, socket] = await once(asked, 'connect');
    socket.destroy();
    expect(answer.statusCode).toBe(502);
    const { refused } = appTextIn('en').failures;
    const last = () => controller.state().failures.at(-1);
    expect(last()?.hint).toBe(appTextIn('zh-Hant').failures.refused.hint);
    expect(controller.state().problem?.hint).toBe(last()?.hint);
    await controller.change({ language: 'en' });
    expect(last()).toMatchObject({ sentence: refused.sentence(`127.0.0.1:${closed}`), hint: refused.hint });
    expect(controller.state().problem).toMatchObject({ hint: refused.hint });
    expect(last()).not.toHaveProperty('again');
    await controller.turnOff();
  });

  it('does not bring a dismissed problem back', async () => {
    const { controller } = await operate();
    controller.report(() => ({ id: 'x', weight: 'attention', at: 0, sentence: 'Bad', hint: '', fix: null }));
    expect(controller.state().problem?.sentence).toBe('Bad');
    controller.dismissProblem();
    expect(controller.state().problem).toBeNull();
  });
});
