import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { byPort, SHIM_TIMES, StdioProxy, type StdioProxyOptions } from '../../../app/connect/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { startEchoGateway } from '../../support/gangway.ts';
import { freePort } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

/** Milliseconds that a call waits which comes when the first has waited in vain. */
const SHORT_PATIENCE = 101;

/** The part of `connect` behind its arguments, in this process; starting the app is what the test makes of it. */
async function startShim({ port: given, ...options }: Partial<StdioProxyOptions> & { readonly port?: number } = {}) {
  const port = given ?? (await freePort());
  const [input, output] = [new PassThrough(), new PassThrough()];
  const said: string[] = [];
  const shim = new StdioProxy({
    server: null,
    dial: async (server) => byPort({ host: '127.0.0.1', port, token: null }, server, null),
    place: () => ({ host: '127.0.0.1', port, token: null }),
    isOff: () => false,
    startApp: null,
    input,
    output,
    words: textIn('en').shim,
    times: { ...SHIM_TIMES, patience: 300, shortPatience: SHORT_PATIENCE },
    say: (line) => said.push(line),
    ...options,
  });
  const ended = shim.run();
  onTestFinished(async () => {
    shim.end();
    await ended;
  });
  const ask = async (id: number): Promise<object> => {
    input.write(`{"jsonrpc":"2.0","id":${id},"method":"ping"}\n`);
    const [answer] = await once(output, 'data');
    return JSON.parse(String(answer));
  };
  return { ask, said, port };
}

test('the app is opened once when it is not there, and its start is waited for', async () => {
  let starts = 0;
  const { ask, port } = await startShim({
    startApp: () => void starts++,
    times: { ...SHIM_TIMES, patience: 20_000 },
  });
  const answer = ask(1);
  await until('the app was opened', () => starts > 0);
  await using gangway = await startEchoGateway({ port });
  expect(await answer).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  await gangway.engine.stop();
  expect(starts).toBe(1);
});

test('an app that was there before is not opened again: the person has quit it', async () => {
  let starts = 0;
  const gangway = await startEchoGateway();
  const { ask } = await startShim({ port: gangway.port, startApp: () => void starts++ });
  expect(await ask(1)).toMatchObject({ result: {} });
  await gangway.engine.stop();
  expect(await ask(2)).toMatchObject({ error: { message: expect.stringContaining('is not running') } });
  expect(starts).toBe(0);
});

test('an app that is switched off is said to be, and left alone', async () => {
  let starts = 0;
  const { ask, said } = await startShim({ startApp: () => void starts++, isOff: () => true });
  expect(await ask(1)).toMatchObject({ error: { message: expect.stringContaining('switched off') } });
  expect(said).toEqual([expect.stringContaining('switched off')]);
  expect(starts).toBe(0);
});

test('an app that does not come in time is said to be starting, and later calls do not wait as long', async () => {
  const { ask } = await startShim({ startApp: () => undefined });
  expect(await ask(1)).toMatchObject({ error: { message: expect.stringContaining('is being started') } });
  const timers = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => timers.mockRestore());
  expect(await ask(2)).toMatchObject({ error: { message: expect.stringContaining('is being started') } });
  expect(timers.mock.calls.map(([, milliseconds]) => milliseconds)).toContain(SHORT_PATIENCE);
});
