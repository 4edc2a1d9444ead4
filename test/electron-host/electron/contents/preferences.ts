import type * as Electron from 'electron';
import { violation } from '../../contract/violations.ts';

/** Preferences that open the page to the machine. Electron allows them; the stand-in knows only the safe way. */
const unsafe = {
  allowRunningInsecureContent: true,
  contextIsolation: false,
  experimentalFeatures: true,
  nodeIntegration: true,
  nodeIntegrationInSubFrames: true,
  nodeIntegrationInWorker: true,
  sandbox: false,
  webSecurity: false,
  webviewTag: true,
} as const satisfies Partial<Electron.WebPreferences>;

export function checkPreferences(preferences: Electron.WebPreferences): void {
  for (const [name, value] of Object.entries(unsafe)) {
    if (Object.entries(preferences).some(([asked, to]) => asked === name && to === value)) {
      violation(`webPreferences.${name} is ${value}: unsafe, and not simulated`);
    }
  }
}
