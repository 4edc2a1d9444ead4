import { type Command, freePort, Program } from '../../common/program.ts';
import { EchoTunnel } from '../load/echo.ts';

/** A proxy under test that carries tunnels now. */
export interface RunningProxy {
  readonly port: number;
  readonly program: Program;
}

/** Starts a proxy on a free port; it is ready when a byte has been to the origin and back through it. */
export async function startProxy(
  name: string,
  command: (port: number) => Command,
  origin: number,
): Promise<RunningProxy> {
  const port = await freePort();
  const program = await Program.start(name, command(port), () => carriesTunnels({ proxy: port, origin }));
  return { port, program };
}

async function carriesTunnels(path: { readonly proxy: number; readonly origin: number }): Promise<boolean> {
  try {
    const tunnel = await EchoTunnel.open(path);
    await tunnel.ping();
    await tunnel.close();
    return true;
  } catch {
    // Not listening yet, or not answering yet: asked again by the caller, who has the deadline.
    return false;
  }
}
