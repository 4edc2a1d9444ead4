import { performance } from 'node:perf_hooks';
import { EchoTunnel } from './echo.ts';
import type { Path } from './tunnel.ts';

/** Tunnels a second that are opened, used for one small exchange, and closed, `atOnce` of them at any time. */
export async function tunnelRate(path: Path, atOnce: number, windowMs: number): Promise<number> {
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
  return finished / ((performance.now() - started) / 1000);
}
