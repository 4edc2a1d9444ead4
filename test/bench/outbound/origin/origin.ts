import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../../common/end-with-us.ts';

/** The ports of a running origin on 127.0.0.1. */
export interface Origin {
  readonly bytes: number;
  readonly http: number;
  stop(): Promise<void>;
}

/** Starts the origin in a process of its own, so that it never shares a core's time with the client by accident of one event loop. */
export async function startOrigin(): Promise<Origin> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const [line] = await once(child.stdout, 'data');
  const ports: unknown = JSON.parse(String(line));
  return { bytes: portOf(ports, 'bytes'), http: portOf(ports, 'http'), stop: () => stop(child) };
}

function portOf(ports: unknown, name: string): number {
  const port: unknown = typeof ports === 'object' && ports !== null ? Reflect.get(ports, name) : undefined;
  if (typeof port !== 'number') throw new Error(`the origin did not say its ${name} port`);
  return port;
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
