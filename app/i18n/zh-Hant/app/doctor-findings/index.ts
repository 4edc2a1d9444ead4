import type { doctorFindings as en } from '../../../en/app/doctor-findings/index.ts';
import { certificate } from './certificate.ts';
import { gateway } from './gateway.ts';
import { machine } from './machine.ts';
import { permission } from './permission.ts';
import { server } from './server.ts';
import { target } from './target.ts';

/** What Doctor finds. */
export const doctorFindings: typeof en = () => ({
  ...permission(),
  ...target(),
  ...server(),
  ...gateway(),
  ...certificate(),
  ...machine(),
});
