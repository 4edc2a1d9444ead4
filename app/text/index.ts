import { cliRun } from './cli-run.ts';
import { cliUsage } from './cli-usage.ts';
import { eras } from './eras.ts';
import { failures } from './failures.ts';
import { faults } from './faults.ts';
import { gateway } from './gateway.ts';
import { type In, inLanguage, type Language } from './language.ts';
import { servers } from './servers.ts';
import { shim } from './shim.ts';
import { status } from './status.ts';

export type { AnswerFault, RequestFault } from './faults.ts';
export { type Language, languageOf } from './language.ts';

/** The parts that the engine and the command line say. */
export const PARTS = { cliRun, cliUsage, eras, failures, faults, gateway, servers, shim, status };

/** The sentences of the engine and the command line in one language. */
export type Text = In<typeof PARTS>;

/** What the engine and the command line say. */
export function textIn(language: Language): Text {
  return inLanguage(PARTS, language);
}
