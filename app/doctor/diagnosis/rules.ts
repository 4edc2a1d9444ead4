import type { Row } from './row.ts';
import { GATEWAY } from './rows/gateway.ts';
import { PERMISSION } from './rows/permission.ts';
import { SERVER } from './rows/server.ts';
import { TARGET } from './rows/target.ts';

/** This machine, whatever the target. */
export const MACHINE: readonly Row[] = [
  { finding: 'service', all: ['mac', 'service'], severity: 'problem', confidence: 'likely' },
  { finding: 'other-app', all: ['mac', 'other-app'], severity: 'note', confidence: 'certain' },
  { finding: 'translocated', all: ['translocated'], severity: 'problem', confidence: 'certain' },
  { finding: 'unsigned', all: ['unsigned'], severity: 'note', confidence: 'certain' },
  { finding: 'foreign-uuid', all: ['foreign-uuid'], severity: 'note', confidence: 'certain' },
  { finding: 'copies', all: ['copies'], severity: 'note', confidence: 'certain', offer: 'show-copies' },
  {
    finding: 'filter',
    all: ['filter'],
    severity: 'note',
    confidence: 'certain',
    offer: 'network-extensions-pane',
  },
  { finding: 'vpn', all: ['vpn'], severity: 'note', confidence: 'certain' },
  { finding: 'proxy-elsewhere', all: ['proxy-elsewhere'], severity: 'note', confidence: 'certain' },
];

/** The certificate of the target. */
export const CERTIFICATE: readonly Row[] = [
  { finding: 'tls-failed', all: ['tls-failed'], severity: 'problem', confidence: 'certain' },
  { finding: 'certificate-self-signed', all: ['certificate-self-signed'], severity: 'note', confidence: 'certain' },
  { finding: 'certificate-unknown', all: ['certificate-unknown'], severity: 'note', confidence: 'certain' },
  { finding: 'certificate-expired', all: ['certificate-expired'], severity: 'problem', confidence: 'certain' },
  { finding: 'certificate-early', all: ['certificate-early'], severity: 'problem', confidence: 'certain' },
  { finding: 'certificate-name', all: ['certificate-name'], severity: 'problem', confidence: 'certain' },
];

/**
 * Symptom -> cause, from Apple's TN3179, the XNU sources (necp.c, tcp_output.c, content_filter.c) and reports of people who had
 * each of them. Of rows with the same finding the first that fits counts. What tells causes apart is the errno together with
 * the time it took, and who else gets through.
 */
export const TABLE: readonly Row[] = [...PERMISSION, ...TARGET, ...SERVER, ...GATEWAY, ...CERTIFICATE, ...MACHINE];
