import { certificate } from './certificate.ts';
import { gateway } from './gateway.ts';
import { machine } from './machine.ts';
import { permission } from './permission.ts';
import { server } from './server.ts';
import { target } from './target.ts';

export type { FindingFacts } from '../../../finding-words.ts';

/** What Doctor finds. */
export const doctorFindings = () => ({
  ...permission(),
  ...target(),
  ...server(),
  ...gateway(),
  ...certificate(),
  ...machine(),
});

export type FindingId = keyof ReturnType<typeof doctorFindings>;
