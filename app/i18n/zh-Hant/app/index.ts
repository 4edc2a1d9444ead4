import type { appParts as en } from '../../en/app/index.ts';
import { parts } from '../index.ts';
import { clients } from './clients.ts';
import { clientsWindow } from './clients-window.ts';
import { diagnostics } from './diagnostics.ts';
import { doctor } from './doctor.ts';
import { doctorFacts } from './doctor-facts.ts';
import { doctorFindings } from './doctor-findings/index.ts';
import { logWindow } from './log-window.ts';
import { menu } from './menu.ts';
import { operation } from './operation.ts';
import { permission } from './permission.ts';
import { popover } from './popover.ts';
import { settingsWindow } from './settings-window.ts';
import { snippets } from './snippets.ts';
import { verify } from './verify.ts';
import { welcome } from './welcome.ts';
import { windows } from './windows.ts';

/** Every sentence of the product, part by part. */
export const appParts: typeof en = {
  ...parts,
  clients,
  clientsWindow,
  diagnostics,
  doctor,
  doctorFacts,
  doctorFindings,
  logWindow,
  menu,
  operation,
  permission,
  popover,
  settingsWindow,
  snippets,
  verify,
  welcome,
  windows,
};
