import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../../app/settings/settings.ts';
import { PYTHON } from '../../support/programs.ts';
import { type Machine, startTwoMachines, type TwoMachines, twoMachinesObstacle } from '../../support/two-machines.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/lan');
const TOKEN = 'a-token-of-some-length';
const AUTHORIZATION = `Proxy-Authorization: Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}\r\n`;
const PORT = 28_080;
const SERVICE = 8000;
const FORWARD = 8001;
const OTHER = 8002;

const obstacle = twoMachinesObstacle();
let machines: TwoMachines;

beforeAll(async () => {
  if (obstacle === null) machines = await startTwoMachines();
});

afterAll(async () => {
  if (obstacle === null) await machines[Symbol.asyncDispose]();
});

/** A program on one of the machines that answers each line of its input with one of its output. It has said its first one. */
async function converse({ command }: Machine, ...args: readonly string[]): Promise<(line: string) => Promise<string>> {
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return async (line) => {
    child.stdin.write(`${line}\n`);
    return String((await lines.next()).value);
  };
}

/** A web server that keeps connections open. */
function serve(machine: Machine, port: number) {
  const script = `import http.server
class H(http.server.BaseHTTPRequestHandler):
  protocol_version='HTTP/1.1'
  def do_GET(self):
    self.send_response(200); self.send_header('content-length','4'); self.end_headers(); self.wfile.write(b'here')
  def log_message(self,*a): pass
s=http.server.ThreadingHTTPServer(('0.0.0.0',${port}),H); s.handle_error=lambda *a: None; print('up',flush=True); s.serve_forever()`;
  return converse(machine, PYTHON, '-c', script);
}

/** The engine on the machine `here`, open to the network. What it returns changes its settings. */
async function gangway(changes: Partial<Settings>): Promise<(changes: Partial<Settings>) => Promise<string>> {
  const settings: Partial<Settings> = { host: '0.0.0.0', port: PORT, token: TOKEN, ...changes };
  const apply = await converse(machines.here, process.execPath, join(FIXTURES, 'engine.ts'), JSON.stringify(settings));
  return (more) => apply(JSON.stringify(more));
}

interface Held {
  /** The status of the answer to a GET, or `ended`. */
  get(): Promise<string>;
  /** `ended` once the connection has been ended. */
  ended(): Promise<string>;
}

/** A connection to the proxy that its client keeps for one request after another, by absolute-form or in a tunnel. */
async function hold(machine: Machine, way: 'requests' | 'tunnel', authority: string): Promise<Held> {
  const at = machine === machines.here ? '127.0.0.1' : machines.here.address;
  const say = await converse(machine, PYTHON, join(FIXTURES, 'held-connection.py'), at, String(PORT));
  const send = (text: string) => say(JSON.stringify(text));
  if (way === 'tunnel')
    expect(await send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${AUTHORIZATION}\r\n`)).toBe('200');
  const start = way === 'tunnel' ? 'GET / HTTP/1.1\r\nHost: x\r\n' : `GET http://${authority}/ HTTP/1.1\r\nHost: x\r\n`;
  return {
    get: () => send(`${start}${way === 'tunnel' ? '' : AUTHORIZATION}\r\n`),
    ended: () => send(''),
  };
}

describe.skipIf(obstacle !== null)(`what is not lent any more (${obstacle ?? 'in network namespaces'})`, () => {
  it('is this machine: who has its port open from another one is let go, and no one else', async () => {
    await serve(machines.here, SERVICE);
    await serve(machines.there, OTHER);
    const apply = await gangway({ lanLoopback: true });
    const local = await hold(machines.here, 'tunnel', `127.0.0.1:${SERVICE}`);
    const requests = await hold(machines.there, 'requests', `${machines.there.address}:${OTHER}`);
    const tunnel = await hold(machines.there, 'tunnel', `${machines.there.address}:${OTHER}`);
    for (const held of [local, requests, tunnel]) expect(await held.get()).toBe('200');
    expect(await apply({ port: PORT + 1 })).toBe('applied');
    for (const held of [local, requests, tunnel]) expect(await held.get()).toBe('200');
    expect(await apply({ host: '127.0.0.1' })).toBe('applied');
    expect(await requests.ended()).toBe('ended');
    expect(await tunnel.ended()).toBe('ended');
    expect(await local.get()).toBe('200');
  });

  it('is what this machine serves itself: who is there from another one is let go, and no one else', async () => {
    await serve(machines.here, SERVICE);
    await serve(machines.there, OTHER);
    const forwards = [{ port: FORWARD, host: '127.0.0.1', targetPort: SERVICE }];
    const apply = await gangway({ lanLoopback: true, lanForwards: true, forwards });
    const service = `127.0.0.1:${SERVICE}`;
    const local = await hold(machines.here, 'tunnel', service);
    const away = await hold(machines.there, 'tunnel', `${machines.there.address}:${OTHER}`);
    const forward = await hold(machines.there, 'tunnel', `127.0.0.1:${FORWARD}`);
    const requests = await hold(machines.there, 'requests', service);
    const tunnel = await hold(machines.there, 'tunnel', service);
    for (const held of [local, away, forward, requests, tunnel]) expect(await held.get()).toBe('200');
    expect(await apply({ lanLoopback: false })).toBe('applied');
    expect(await tunnel.ended()).toBe('ended');
    expect(await requests.get()).toBe('403');
    for (const held of [local, away, forward]) expect(await held.get()).toBe('200');
    expect(await apply({ lanForwards: false })).toBe('applied');
    expect(await forward.ended()).toBe('ended');
    for (const held of [local, away]) expect(await held.get()).toBe('200');
    expect(await apply({ deniedPorts: [OTHER] })).toBe('applied');
    expect(await away.ended()).toBe('ended');
    expect(await local.get()).toBe('200');
  });
});
