import { aggregate, bridge } from './bridge.ts';
import { cliRun, cliUsage, shim } from './cli.ts';
import { failures } from './failures.ts';
import { faults, gateway } from './faults.ts';
import { port } from './port.ts';
import { servers } from './servers.ts';
import { control, status } from './status.ts';

/** What the engine and the command line say, part by part. Windows say this too, and more: app/index.ts. */
export const parts = {
  aggregate,
  bridge,
  cliRun,
  cliUsage,
  control,
  failures,
  faults,
  gateway,
  port,
  servers,
  shim,
  status,
};
