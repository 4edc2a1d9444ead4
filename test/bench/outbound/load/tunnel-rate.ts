import { performance } from 'node:perf_hooks';
import { EchoTunnel } from './echo.ts';
import type { Path } from './tunnel.ts';

export interface TunnelsDone {
  readonly tunnels: number;
  readonly seconds: number;
  /** Of the proxy. */
  readonly cpuSeconds: number;
}

/** Opens tunnels, uses each for one small exchange, and closes it, `atOnce` of them at any time. */
export async function newTunnels(
  path: Path,
  atOnce: number,
  windowMs: number,
  cpuSeconds: () => number,
): Promise<TunnelsDone> {
  const cpuBefore = cpuSeconds();
  const started = performance.now();
  let finished = 0;
  const openAndClose = async (): Promise<void> => {
    while (performance.now() - started < windowMs) {
      const tunnel = await EchoTunnel.open(path);
      await tunnel.ping();
      await tunnel.close();
      finished++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, openAndClose));
  const seconds = (performance.now() - started) / 1000;
  return { tunnels: finished, seconds, cpuSeconds: cpuSeconds() - cpuBefore };
}

/** Tunnels a second of that. */
export async function tunnelRate(path: Path, atOnce: number, windowMs: number): Promise<number> {
  const { tunnels, seconds } = await newTunnels(path, atOnce, windowMs, () => 0);
  return tunnels / seconds;
}
