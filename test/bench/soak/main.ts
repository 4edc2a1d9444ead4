// Usage: node test/bench/soak/main.ts [--seconds 3600] [--rate 100]
// Mixed operations at a steady rate against the built command line, on loopback; at its end memory, descriptors and children
// must be back where they were. Linux only: they are read from /proc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endWithUs } from '../common/end-with-us.ts';
import { CLI } from '../common/gangway.ts';
import { processesAreReadable, processTree } from '../common/processes.ts';
import { compare, highestOf, type Measured, measure } from './measure.ts';
import { endAll, OPERATIONS, type Operation, type Scene } from './operations.ts';

const ECHO_SERVER = fileURLToPath(new URL('../../fixtures/echo-server.mjs', import.meta.url));
/** Operations under way beyond which no more are begun: this machine cannot do more. */
const MOST_UNDER_WAY = 300;
/** What it takes for code to be compiled and pools to be filled, in seconds, of a short soak a fifth. */
const WARM_UP = 60;
/** How long things may take to be back where they were, in seconds. */
const SETTLE = 60;
/** The part of each kind of operation that must succeed, kills and resets beside them notwithstanding. */
const SUCCESSES = 0.9;

interface Count {
  done: number;
  failed: number;
  lastFailure: string;
}

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3600' }, rate: { type: 'string', default: '100' } },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
if (!processesAreReadable || !(seconds > 0) || !(rate > 0)) {
  console.error('The soak reads /proc, and takes --seconds N and --rate N.');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'gangway-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const connections = new Set<Socket>();
const origin = createServer((request, response) => {
  const bytes = Number(/^\/(\d+)/.exec(request.url ?? '')?.[1] ?? 100);
  response.end(Buffer.alloc(bytes, 'x'));
});
origin.on('connection', (socket: Socket) => {
  connections.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => connections.delete(socket));
});
origin.listen(0, '127.0.0.1');
await once(origin, 'listening');
const address = origin.address();
const authority = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

const port = await freePort();
const config = join(folder, 'servers.json');
writeFileSync(config, JSON.stringify({ mcpServers: { echo: { command: process.execPath, args: [ECHO_SERVER] } } }));
const gateway = spawn(process.execPath, [CLI, '-p', String(port), '--config', config, '--log-level', 'error'], {
  env: { ...process.env, HOME: folder },
  stdio: 'ignore',
});
endWithUs(gateway);
const pid = gateway.pid ?? 0;
for (;;) {
  const up = await fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  if (up) break;
  await wait(50);
}

const scene: Scene = {
  port,
  authority,
  breakOrigin: () => {
    for (const socket of connections) socket.resetAndDestroy();
  },
  childPid: () => {
    const children = processTree(pid).slice(1);
    return children[Math.floor(Math.random() * children.length)] ?? null;
  },
};

const counts = new Map<string, Count>();
let underWay = 0;
let skipped = 0;

const before = await soak('warming up', Math.min(WARM_UP, seconds / 5)).then(() => settled(null));
counts.clear();
skipped = 0;
const highest = await soak('soaking', seconds);
const after = await settled(before);
const { rows, ok } = compare(before, highest, after);

const kinds = [...counts].map(([name, { done, failed, lastFailure }]) => {
  const enough = done >= SUCCESSES * (done + failed);
  return { enough, row: [name, String(done), String(failed), enough ? '' : `too few: ${lastFailure}`] };
});
print([['operation', 'done', 'failed', ''], ...kinds.map(({ row }) => row)]);
if (skipped > 0) console.log(`\n${skipped} operations were not begun: the machine was too slow for ${rate} a second.`);
console.log();
print(rows);
const alive = gateway.exitCode === null;
console.log(
  `\n${ok && alive && kinds.every(({ enough }) => enough) ? 'All is back where it was.' : 'Something is not as it was.'}`,
);
gateway.kill('SIGTERM');
await Promise.race([once(gateway, 'exit'), wait(10_000)]);
origin.closeAllConnections();
process.exit(ok && alive && kinds.every(({ enough }) => enough) ? 0 : 1);

/** Runs operations for so many seconds. Returns the highest that was measured meanwhile. */
async function soak(what: string, length: number): Promise<Measured> {
  const end = performance.now() + length * 1000;
  let highestSoFar = await measure(pid, port);
  let nextLook = performance.now() + 10_000;
  let due = performance.now();
  while (performance.now() < end && gateway.exitCode === null) {
    for (; due <= performance.now(); due += 1000 / rate) begin(pick());
    if (performance.now() >= nextLook) {
      nextLook += 10_000;
      const now = await measure(pid, port);
      highestSoFar = highestOf(highestSoFar, now);
      const left = Math.round((end - performance.now()) / 1000);
      console.error(
        `${what}, ${left} s left: ${Object.entries(now)
          .map(([name, value]) => `${name} ${value.toFixed(0)}`)
          .join(', ')}`,
      );
    }
    await wait(5);
  }
  while (underWay > 0 && gateway.exitCode === null) await wait(50);
  await endAll(scene);
  return highestSoFar;
}

/** When nothing is under way any more: as soon as all is back where it was, or when that has taken too long. */
async function settled(wanted: Measured | null): Promise<Measured> {
  await wait(6000);
  for (let waited = 6; ; waited++) {
    const now = await measure(pid, port);
    if (wanted === null ? now.sessions + now.tunnels === 0 : compare(wanted, now, now).ok) return now;
    if (waited >= SETTLE) return now;
    await wait(1000);
  }
}

function pick(): Operation {
  const total = OPERATIONS.reduce((sum, { share }) => sum + share, 0);
  let at = Math.random() * total;
  for (const controller of OPERATIONS) {
    at -= controller.share;
    if (at < 0) return controller;
  }
  throw new Error('there are no operations');
}

function begin(controller: Operation): void {
  if (underWay >= MOST_UNDER_WAY) {
    skipped++;
    return;
  }
  const count = counts.get(controller.name) ?? { done: 0, failed: 0, lastFailure: '' };
  counts.set(controller.name, count);
  underWay++;
  controller.run(scene).then(
    () => {
      underWay--;
      count.done++;
    },
    (error: unknown) => {
      underWay--;
      count.failed++;
      count.lastFailure = String(error).slice(0, 200);
    },
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const found = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof found === 'object' && found !== null ? found.port : 0;
}

function print(table: readonly (readonly string[])[]): void {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
