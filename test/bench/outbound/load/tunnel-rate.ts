import { performance } from 'node:perf_hooks';
import { EchoTunnel } from './echo.ts';
import type { Path } from './tunnel.ts';

export interface TunnelsDone {
  readonly tunnels: number;
  readonly seconds: number;
  /** From the first packet of each to its end, milliseconds. */
  readonly laps: readonly number[];
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
  const laps: number[] = [];
  const openAndClose = async (): Promise<void> => {
    while (performance.now() - started < windowMs) {
      const began = performance.now();
      const tunnel = await EchoTunnel.open(path);
      await tunnel.ping();
      await tunnel.close();
      laps.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, openAndClose));
  const seconds = (performance.now() - started) / 1000;
  return { tunnels: laps.length, seconds, laps, cpuSeconds: cpuSeconds() - cpuBefore };
}
