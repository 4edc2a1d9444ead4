import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { CliProcess } from '../../support/cli-process.ts';
import { run } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTwoMachines, type TwoMachines, twoMachinesObstacle } from '../../support/two-machines.ts';

const TOKEN = 'a-token-of-some-length';
const PORT = 28_080;
/** Ports of the machine that the gateway runs on. */
const SERVICE = 8000;
const FORWARD = 8001;

const obstacle = twoMachinesObstacle();
let machines: TwoMachines;

/** Of this machine's own, on an interface without a cable, as Docker's bridge is while no container runs: Node does not list such. */
const UNPLUGGED = '10.99.0.1';
const UNPLUGGED_INTERFACE = [
  ['tuntap', 'add', 'dev', 'away', 'mode', 'tun'],
  ['address', 'add', `${UNPLUGGED}/32`, 'dev', 'away'],
  ['link', 'set', 'away', 'up'],
];

beforeAll(async () => {
  if (obstacle !== null) return;
  machines = await startTwoMachines();
  const [program = '', ...before] = machines.here.command;
  for (const words of UNPLUGGED_INTERFACE) await run(program, [...before, 'ip', ...words]);
});

afterAll(async () => {
  if (obstacle === null) await machines[Symbol.asyncDispose]();
});

/** A web server on one of the machines. It serves an empty folder. */
async function serve(command: readonly string[], port: number): Promise<void> {
  const [program = '', ...before] = command;
  const script = `import http.server,socketserver
socketserver.TCPServer.allow_reuse_address=True
class H(http.server.BaseHTTPRequestHandler):
  protocol_version='HTTP/1.1'
  def do_GET(self):
    self.send_response(200); self.send_header('content-length','4'); self.end_headers(); self.wfile.write(b'here')
  def log_message(self,*a): pass
s=http.server.ThreadingHTTPServer(('0.0.0.0',${port}),H); print('up',flush=True); s.serve_forever()`;
  const child = spawn(program, [...before, 'python3', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill();
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
}

async function gateway(...args: readonly string[]): Promise<void> {
  const cli = new CliProcess(['--host', '0.0.0.0', '--forward', `${FORWARD}=127.0.0.1:${SERVICE}`, ...args], {
    command: [...machines.here.command, process.execPath, inject('cli')],
    env: { MCP_GANGWAY_TOKEN: TOKEN },
  });
  await cli.until('err', /listening on/);
}

interface Asked {
  readonly from: 'here' | 'there';
  readonly user?: string;
  readonly url: string;
  readonly way?: readonly string[];
}

/** The status that curl got for a URL through the proxy, with the code of the failure if there was one. */
async function ask({ from, user = `me:${TOKEN}`, url, way = [] }: Asked): Promise<string> {
  const [program = '', ...before] = machines[from].command;
  const at = from === 'here' ? '127.0.0.1' : machines.here.address;
  const proxy =
    way.length > 0
      ? way.map((part) => part.replace('PROXY', `${user}@${at}:${PORT}`))
      : ['-x', `http://${user}@${at}:${PORT}`];
  const curl = ['curl', '-sS', '-m', '8', '-o', '/dev/null', '-w', '%{http_code} %{http_connect} %{exitcode}'];
  const { stdout } = await run(program, [...before, ...curl, '--noproxy', '', ...proxy, url]);
  const [status, connected, exit] = stdout.trim().split(' ');
  return exit === '0' ? `${status}` : `refused ${connected}`;
}

const LOOPBACKS = [
  '127.0.0.1',
  'localhost',
  '127.9.9.9',
  '[::1]',
  '0.0.0.0',
  '2130706433',
  '127.1',
  '[::ffff:127.0.0.1]',
  '10.77.0.1',
  UNPLUGGED,
];

describe.skipIf(obstacle !== null)(
  `a client on another machine (${obstacle ?? 'in a network namespace of its own'})`,
  () => {
    it('has no way out, nor has the machine it comes to: nothing here can dial into the world', async () => {
      for (const { command } of [machines.here, machines.there]) {
        const [program = '', ...before] = command;
        const { stdout } = await run(program, [...before, 'ip', 'route', 'show', 'table', 'main']);
        expect(stdout).toMatch(/^10\.77\.0\.0\/24 dev tun0 [^\n]*\n$/);
        expect((await run(program, [...before, 'ip', '-6', 'route', 'show', 'default'])).stdout).toBe('');
      }
    });

    it('is asked for a token although those of this machine are not', async () => {
      const folder = temporaryDirectory();
      const file = join(folder, 'tokens');
      const made = new CliProcess(['token', 'add', 'laptop', '--tokens', file]);
      expect(await made.exit()).toBe(0);
      const secret = made.out.trim();
      const cli = new CliProcess(['--host', '0.0.0.0', '--tokens', file, '--lan-loopback'], {
        command: [...machines.here.command, process.execPath, inject('cli')],
      });
      await cli.until('err', /listening on/);
      await serve(machines.here.command, SERVICE);
      const url = `http://127.0.0.1:${SERVICE}/`;
      expect(await ask({ from: 'here', user: 'me:x', url })).toBe('200');
      expect(await ask({ from: 'there', user: 'me:x', url })).toBe('407');
      expect(await ask({ from: 'there', user: `laptop:${secret}`, url })).toBe('200');
      expect(await ask({ from: 'there', user: 'me:x', url, way: ['--socks5-hostname', 'PROXY'] })).toBe('refused 000');
      const [program = '', ...before] = machines.there.command;
      const page = (...fields: readonly string[]) =>
        run(program, [
          ...before,
          'curl',
          '-sS',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
          ...fields,
          `http://10.77.0.1:${PORT}/healthz`,
        ]);
      expect((await page()).stdout).toBe('401');
      expect((await page('-H', `Authorization: Bearer ${secret}`)).stdout).toBe('200');
      cli.kill('SIGTERM');
      await cli.exit();
    });

    it('reaches no service of this machine by any way of writing its address, nor a TCP forward', async () => {
      await gateway();
      await serve(machines.here.command, SERVICE);
      await serve(machines.there.command, SERVICE + 10);
      expect(await ask({ from: 'there', url: `http://10.77.0.2:${SERVICE + 10}/` })).toBe('200');
      for (const host of LOOPBACKS) {
        const url = `http://${host}:${SERVICE}/`;
        expect([host, await ask({ from: 'there', url })]).toEqual([host, '403']);
        expect([host, await ask({ from: 'there', url, way: ['-p', '-x', 'http://PROXY'] })]).toEqual([
          host,
          'refused 403',
        ]);
        expect([host, await ask({ from: 'there', url, way: ['--socks5-hostname', 'PROXY'] })]).toEqual([
          host,
          'refused 000',
        ]);
      }
      expect(await ask({ from: 'there', url: `http://127.0.0.1:${FORWARD}/` })).toBe('403');
      // By its own port it would come in once more, as a program of this machine.
      const own = `http://${UNPLUGGED}:${PORT}/healthz`;
      expect(await ask({ from: 'there', url: own, way: ['-p', '-x', 'http://PROXY'] })).toBe('refused 508');
    });

    it('does not ride on a connection that a client of this machine has left idle', async () => {
      await gateway();
      await serve(machines.here.command, SERVICE);
      const url = `http://localhost:${SERVICE}/`;
      expect(await ask({ from: 'here', url })).toBe('200');
      expect(await ask({ from: 'there', url })).toBe('403');
    });

    it('reaches this machine through a parent proxy no more than without one', async () => {
      await gateway('--upstream', 'http://127.0.0.1:28090', '--no-proxy', '*.direct');
      const parent = new CliProcess(['-p', '28090'], {
        command: [...machines.here.command, process.execPath, inject('cli')],
      });
      await parent.until('err', /listening on/);
      await serve(machines.here.command, SERVICE);
      await serve(machines.there.command, SERVICE + 10);
      expect(await ask({ from: 'there', url: `http://10.77.0.2:${SERVICE + 10}/` })).toBe('200');
      expect(await ask({ from: 'there', url: `http://10.77.0.1:${SERVICE}/` })).toBe('403');
      expect(await ask({ from: 'there', url: `http://10.77.0.1:${SERVICE}/`, way: ['-p', '-x', 'http://PROXY'] })).toBe(
        'refused 403',
      );
    });

    it('reaches the services of this machine where the switch says so, and its TCP forwards by another one', async () => {
      await gateway('--lan-loopback');
      await serve(machines.here.command, SERVICE);
      expect(await ask({ from: 'there', url: `http://127.0.0.1:${SERVICE}/` })).toBe('200');
      expect(await ask({ from: 'there', url: `http://127.0.0.1:${FORWARD}/` })).toBe('403');
    });

    it('reaches only the TCP forwards where only that switch is on', async () => {
      await gateway('--lan-forwards');
      await serve(machines.here.command, SERVICE);
      expect(await ask({ from: 'there', url: `http://localhost:${FORWARD}/` })).toBe('200');
      expect(await ask({ from: 'there', url: `http://localhost:${SERVICE}/` })).toBe('403');
    });
  },
);

describe.skipIf(obstacle !== null)('a server with a URL and credentials', () => {
  it('is for this machine only, and its sibling with the switch for others too', async () => {
    const entry = { url: 'http://127.0.0.1:9/mcp', headers: { 'X-Key': 'k' } };
    const file = join(temporaryDirectory(), 'servers.json');
    await writeFile(file, JSON.stringify({ mcpServers: { own: entry, lent: { ...entry, lanCredentials: true } } }));
    await gateway('--config', file);
    const get = async (from: 'here' | 'there', server: string): Promise<string> => {
      const [program = '', ...before] = machines[from].command;
      const at = from === 'here' ? '127.0.0.1' : machines.here.address;
      const curl = ['curl', '-sS', '--noproxy', '*', '-u', `me:${TOKEN}`, '-o', '/dev/null', '-w', '%{http_code}'];
      const { stdout } = await run(program, [...before, ...curl, `http://${at}:${PORT}/servers/${server}/mcp`]);
      return stdout;
    };
    expect(await get('there', 'own')).toBe('403');
    expect(await get('there', 'lent')).toBe(await get('here', 'own'));
  });
});

describe.skipIf(obstacle !== null)('a client of this machine that comes by another of its addresses', () => {
  it('is no other machine: it reaches the services here', async () => {
    await gateway();
    await serve(machines.here.command, SERVICE);
    const [program = '', ...before] = machines.here.command;
    const proxy = `http://me:${TOKEN}@${machines.here.address}:${PORT}`;
    const { stdout } = await run(program, [
      ...before,
      'curl',
      '-sS',
      '--noproxy',
      '',
      '-x',
      proxy,
      `http://127.0.0.1:${SERVICE}/`,
    ]);
    expect(stdout).toBe('here');
  });
});
