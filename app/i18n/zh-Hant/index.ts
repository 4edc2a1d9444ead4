import type { parts as en } from '../en/index.ts';
import { cliRun } from './cli-run.ts';
import { cliUsage } from './cli-usage.ts';
import { control } from './control.ts';
import { eras } from './eras.ts';
import { failures } from './failures.ts';
import { faults } from './faults.ts';
import { gateway } from './gateway.ts';
import { servers } from './servers.ts';
import { shim } from './shim.ts';
import { status } from './status.ts';

/** What the engine and the command line say, part by part. Windows say this too, and more: app/index.ts. */
export const parts: typeof en = { cliRun, cliUsage, control, eras, failures, faults, gateway, servers, shim, status };
