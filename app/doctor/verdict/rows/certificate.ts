import type { Row } from '../row.ts';

/** The certificate of the target. */
export const CERTIFICATE: readonly Row[] = [
  { finding: 'tls-failed', all: ['tls-failed'], severity: 'problem', confidence: 'certain' },
  { finding: 'certificate-self-signed', all: ['certificate-self-signed'], severity: 'note', confidence: 'certain' },
  { finding: 'certificate-unknown', all: ['certificate-unknown'], severity: 'note', confidence: 'certain' },
  { finding: 'certificate-expired', all: ['certificate-expired'], severity: 'problem', confidence: 'certain' },
  { finding: 'certificate-early', all: ['certificate-early'], severity: 'problem', confidence: 'certain' },
  { finding: 'certificate-name', all: ['certificate-name'], severity: 'problem', confidence: 'certain' },
];
