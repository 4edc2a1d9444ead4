import { cliRun } from './cli-run.ts';
import { cliUsage } from './cli-usage.ts';
import { failures } from './failures.ts';
import { faults } from './faults.ts';
import { gateway } from './gateway.ts';
import type { Language } from './language.ts';
import { servers } from './servers.ts';

export type { AnswerFault, RequestFault } from './faults.ts';
export { type Language, languageOf } from './language.ts';

/** Every sentence a person can see, by the part of the product that says it. */
export interface Text {
  readonly language: Language;
  readonly cliRun: (typeof cliRun)['en'];
  readonly cliUsage: (typeof cliUsage)['en'];
  readonly failures: (typeof failures)['en'];
  readonly faults: (typeof faults)['en'];
  readonly gateway: (typeof gateway)['en'];
  readonly servers: (typeof servers)['en'];
}

/** The whole catalogue in one language. */
export function textIn(language: Language): Text {
  return {
    language,
    cliRun: cliRun[language],
    cliUsage: cliUsage[language],
    failures: failures[language],
    faults: faults[language],
    gateway: gateway[language],
    servers: servers[language],
  };
}
