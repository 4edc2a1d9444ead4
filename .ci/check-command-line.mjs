// Usage: node .ci/check-command-line.mjs [out/cli.cjs]
// Tries what the command line claims on every system, Windows among them: serve with a config file, /mcp, connect over stdio,
// status, doctor, and that nothing is left when it is told to end. Exits with 1 and says what failed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const cli = resolve(process.argv[2] ?? 'out/cli.cjs');
const echo = join(import.meta.dirname, '../test/fixtures/echo-server.mjs');
const home = mkdtempSync(join(tmpdir(), 'gangway check '));
const config = join(home, 'servers.json');
writeFileSync(config, JSON.stringify({ mcpServers: { echo: { command: process.execPath, args: [echo] } } }));
const environment = { ...process.env, HOME: home, USERPROFILE: home, LOCALAPPDATA: home };

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'check', version: '1' } },
};
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
const CALL = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hello' } } };

let failed = 0;
const port = await freePort();
const gateway = spawn(process.execPath, [cli, '-p', String(port), '--config', config], { env: environment });
let said = '';
gateway.stdout.on('data', (text) => (said += text));
gateway.stderr.on('data', (text) => (said += text));

await check('it listens within twenty seconds', async () => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (Date.now() > deadline || gateway.exitCode !== null) throw new Error(said);
    await wait(100);
  }
});

await check('a client of Streamable HTTP calls a tool of a server from the config file', async () => {
  const url = `http://127.0.0.1:${port}/servers/echo/mcp`;
  const opened = await post(url, INITIALIZE, {});
  const session = { 'Mcp-Session-Id': opened.headers.get('mcp-session-id') ?? '', 'MCP-Protocol-Version': '2025-06-18' };
  await opened.text();
  await (await post(url, INITIALIZED, session)).text();
  const answer = await (await post(url, CALL, session)).text();
  if (!answer.includes('hello')) throw new Error(answer);
  await fetch(url, { method: 'DELETE', headers: session });
});

await check('connect offers the same server over stdio', async () => {
  const shim = spawn(process.execPath, [cli, 'connect', 'echo', '-p', String(port)], { env: environment });
  const answers = createInterface({ input: shim.stdout })[Symbol.asyncIterator]();
  shim.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  const greeting = await answers.next();
  if (!String(greeting.value).includes('serverInfo')) throw new Error(String(greeting.value));
  shim.stdin.write(`${JSON.stringify(INITIALIZED)}\n${JSON.stringify(CALL)}\n`);
  const answer = await answers.next();
  shim.stdin.end();
  await once(shim, 'exit');
  if (!String(answer.value).includes('hello')) throw new Error(String(answer.value));
});

await check('status tells of the server', () => {
  const { stdout, stderr } = run('status', '--json', '-p', String(port));
  const told = JSON.parse(stdout);
  if (!JSON.stringify(told).includes('"echo"')) throw new Error(stdout + stderr);
});

await check('doctor finds a refused port, and says so', () => {
  const { stdout, stderr } = run('doctor', '127.0.0.1:1', '--json', '-p', String(port));
  if (!JSON.stringify(JSON.parse(stdout)).includes('REFUSED')) throw new Error(stdout + stderr);
});

await check('it ends when it is told to, and its port is free', async () => {
  const ended = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  await Promise.race([ended, wait(15_000).then(() => Promise.reject(new Error('it still runs after 15 s')))]);
  await new Promise((free, taken) => {
    const socket = connectTcp(port, '127.0.0.1', () => taken(new Error('the port is still open')));
    socket.once('error', free);
  });
});

gateway.kill('SIGKILL');
rmSync(home, { recursive: true, force: true, maxRetries: 5 });
process.exit(failed === 0 ? 0 : 1);

/** What comes after a failure would only fail for the same reason. */
async function check(what, run) {
  if (failed > 0) return console.log(`skipped ${what}`);
  try {
    await run();
    console.log(`ok      ${what}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${what}\n${error instanceof Error ? error.message : error}`);
  }
}

function run(...args) {
  return spawnSync(process.execPath, [cli, ...args], { env: environment, encoding: 'utf8', timeout: 30_000 });
}

function post(url, message, headers) {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify(message),
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}
