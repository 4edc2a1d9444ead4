import { cliRun } from './cli-run.ts';
import { cliUsage } from './cli-usage.ts';
import { clients } from './clients.ts';
import { clientsWindow } from './clients-window.ts';
import { diagnostics } from './diagnostics.ts';
import { doctor } from './doctor.ts';
import { doctorFindings } from './doctor-findings/index.ts';
import { eras } from './eras.ts';
import { failures } from './failures.ts';
import { faults } from './faults.ts';
import { gateway } from './gateway.ts';
import type { Language } from './language.ts';
import { logWindow } from './log-window.ts';
import { menu } from './menu.ts';
import { operation } from './operation.ts';
import { permission } from './permission.ts';
import { popover } from './popover.ts';
import { servers } from './servers.ts';
import { settingsWindow } from './settings-window.ts';
import { shim } from './shim.ts';
import { snippets } from './snippets.ts';
import { status } from './status.ts';
import { verify } from './verify.ts';
import { welcome } from './welcome.ts';
import { windows } from './windows.ts';

export type { FindingFacts, FindingId } from './doctor-findings/index.ts';
export type { AnswerFault, RequestFault } from './faults.ts';
export { type Language, languageOf } from './language.ts';

/** The parts of the catalogue, by the part of the product that says them. */
const PARTS = {
  cliRun,
  cliUsage,
  diagnostics,
  doctor,
  doctorFindings,
  eras,
  clients,
  clientsWindow,
  failures,
  faults,
  gateway,
  logWindow,
  menu,
  operation,
  settingsWindow,
  shim,
  snippets,
  status,
  permission,
  popover,
  servers,
  verify,
  welcome,
  windows,
};

type Parts = typeof PARTS;

/** Every sentence a person can see, in one language. */
export type Text = { readonly language: Language } & { readonly [Name in keyof Parts]: Parts[Name]['en'] };

/** The whole catalogue in one language. A part is made when it is first read. */
export function textIn(language: Language): Text {
  const text = { language };
  for (const [name, part] of Object.entries(PARTS)) {
    Object.defineProperty(text, name, { get: () => part[language], enumerable: true });
  }
  return text as Text;
}
