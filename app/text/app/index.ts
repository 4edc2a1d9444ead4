import { type In, inLanguage, type Language } from '../language.ts';
import { PARTS as ENGINE_PARTS } from '../parts.ts';
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

export type { FindingFacts, FindingId } from './doctor-findings/index.ts';

const PARTS = {
  ...ENGINE_PARTS,
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

/** Every sentence of the product in one language. */
export type AppText = In<typeof PARTS>;

/** The whole catalogue: what the engine says, and what windows, Doctor and the setting up of clients say. */
export function appTextIn(language: Language): AppText {
  return inLanguage(PARTS, language);
}
