import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CliProcess, startCli } from '../support/cli-process.ts';
import { rawClient } from '../support/raw-http.ts';
import { until } from '../support/until.ts';

const PRELOAD = fileURLToPath(new URL('../fixtures/set-clock.cjs', import.meta.url));
const ECHO_SERVER = fileURLToPath(new URL('../fixtures/echo-server.mjs', import.meta.url));
const TWO_HOURS = 2 * 3_600_000;
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

async function startWithClock(step: number, args: readonly string[] = []) {
  const started = await startCli(args, {
    env: { NODE_OPTIONS: `--require ${PRELOAD}`, CLOCK_STEP: String(step) },
  });
  return { ...started, setTheClock: () => setTheClock(started.cli) };
}

async function setTheClock(cli: CliProcess): Promise<void> {
  cli.kill('SIGUSR2');
  await cli.until('err', /the clock was set/);
}

describe.each([
  ['back', -TWO_HOURS],
  ['forward', TWO_HOURS],
])('When the time of day is set two hours %s under a running gateway', (_direction, step) => {
  test('a server that keeps failing rests for seconds, as before', async () => {
    const args = ['--sse', process.execPath, ECHO_SERVER, '--instant-exit'];
    const { url, setTheClock } = await startWithClock(step, args);
    const post = () =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify(INITIALIZE),
      });
    let rests: Response | null = null;
    for (let attempt = 0; attempt < 6 && rests === null; attempt++) {
      const answer = await post();
      await answer.arrayBuffer();
      // The step comes between the failures and the rest.
      if (attempt === 1) await setTheClock();
      if (answer.status === 503) rests = answer;
    }
    const wait = Number(rests?.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(30);
  });

  test('an idle connection to an origin is used again within its time, and closed after it', async () => {
    const origin = createServer((_request, response) => response.end('ok'));
    origin.keepAliveTimeout = 60_000;
    let opened = 0;
    let closed = 0;
    origin.on('connection', (socket) => {
      opened++;
      socket.on('close', () => closed++);
    });
    const port = await listen(origin);
    const { port: proxy, setTheClock } = await startWithClock(step);
    const peer = await rawClient(proxy);
    const ask = async (): Promise<string> => {
      peer.write(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      return (await peer.message()).body;
    };
    expect(await ask()).toBe('ok');
    await setTheClock();
    expect(await ask()).toBe('ok');
    expect(opened).toBe(1);
    await until('the idle connection is closed', () => closed === 1);
    expect(closed).toBe(1);
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
