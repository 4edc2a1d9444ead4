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

/** Every sentence a person can see, by the part of the product that says it. */
export interface Text {
  readonly language: Language;
  readonly cliRun: (typeof cliRun)['en'];
  readonly cliUsage: (typeof cliUsage)['en'];
  readonly diagnostics: (typeof diagnostics)['en'];
  readonly doctor: (typeof doctor)['en'];
  readonly doctorFindings: (typeof doctorFindings)['en'];
  readonly eras: (typeof eras)['en'];
  readonly clients: (typeof clients)['en'];
  readonly clientsWindow: (typeof clientsWindow)['en'];
  readonly failures: (typeof failures)['en'];
  readonly faults: (typeof faults)['en'];
  readonly gateway: (typeof gateway)['en'];
  readonly logWindow: (typeof logWindow)['en'];
  readonly menu: (typeof menu)['en'];
  readonly operation: (typeof operation)['en'];
  readonly settingsWindow: (typeof settingsWindow)['en'];
  readonly shim: (typeof shim)['en'];
  readonly snippets: (typeof snippets)['en'];
  readonly status: (typeof status)['en'];
  readonly permission: (typeof permission)['en'];
  readonly popover: (typeof popover)['en'];
  readonly servers: (typeof servers)['en'];
  readonly verify: (typeof verify)['en'];
  readonly welcome: (typeof welcome)['en'];
  readonly windows: (typeof windows)['en'];
}

/** The whole catalogue in one language. */
export function textIn(language: Language): Text {
  return {
    language,
    cliRun: cliRun[language],
    cliUsage: cliUsage[language],
    diagnostics: diagnostics[language],
    doctor: doctor[language],
    doctorFindings: doctorFindings[language],
    eras: eras[language],
    clients: clients[language],
    clientsWindow: clientsWindow[language],
    failures: failures[language],
    faults: faults[language],
    gateway: gateway[language],
    logWindow: logWindow[language],
    menu: menu[language],
    operation: operation[language],
    settingsWindow: settingsWindow[language],
    shim: shim[language],
    snippets: snippets[language],
    status: status[language],
    permission: permission[language],
    popover: popover[language],
    servers: servers[language],
    verify: verify[language],
    welcome: welcome[language],
    windows: windows[language],
  };
}
