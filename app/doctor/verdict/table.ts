import type { Row } from './row.ts';
import { CERTIFICATE } from './rows/certificate.ts';
import { GATEWAY } from './rows/gateway.ts';
import { MACHINE } from './rows/machine.ts';
import { PERMISSION } from './rows/permission.ts';
import { SERVER } from './rows/server.ts';
import { TARGET } from './rows/target.ts';

/**
 * Symptom -> cause, from Apple's TN3179, the XNU sources (necp.c, tcp_output.c, content_filter.c) and reports of people who had
 * each of them. Of rows with the same finding the first that fits counts. What tells causes apart is the errno together with
 * the time it took, and who else gets through.
 */
export const TABLE: readonly Row[] = [...PERMISSION, ...TARGET, ...SERVER, ...GATEWAY, ...CERTIFICATE, ...MACHINE];
