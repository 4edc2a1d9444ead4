import { parts } from '../index.ts';
import { activityWindow } from './activity-window.ts';
import { clients, snippets, verify } from './clients.ts';
import { clientsWindow } from './clients-window.ts';
import { commandLine } from './command-line.ts';
import { doctor, doctorFacts, doctorFindings } from './doctor.ts';
import { permission } from './permission.ts';
import { settingsWindow } from './settings-window.ts';
import { toolChanges } from './tool-changes.ts';
import { updates } from './updates.ts';
import { diagnostics, logWindow, menu, popover, problems, welcome, windows } from './windows.ts';

/** Every sentence of the product, part by part. */
export const appParts = {
  ...parts,
  activityWindow,
  clients,
  clientsWindow,
  commandLine,
  diagnostics,
  doctor,
  doctorFacts,
  doctorFindings,
  logWindow,
  menu,
  problems,
  permission,
  popover,
  settingsWindow,
  snippets,
  toolChanges,
  updates,
  verify,
  welcome,
  windows,
};
