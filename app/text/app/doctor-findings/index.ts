import { bilingual } from '../../language.ts';
import { certificate } from './certificate.ts';
import { gateway } from './gateway.ts';
import { machine } from './machine.ts';
import { permission } from './permission.ts';
import { server } from './server.ts';
import { target } from './target.ts';

export type { FindingFacts } from './finding-words.ts';

/** What Doctor finds. */
export const doctorFindings = bilingual(
  () => ({ ...permission.en, ...target.en, ...server.en, ...gateway.en, ...certificate.en, ...machine.en }),
  () => ({
    ...permission['zh-Hant'],
    ...target['zh-Hant'],
    ...server['zh-Hant'],
    ...gateway['zh-Hant'],
    ...certificate['zh-Hant'],
    ...machine['zh-Hant'],
  }),
);

export type FindingId = keyof (typeof doctorFindings)['en'];
