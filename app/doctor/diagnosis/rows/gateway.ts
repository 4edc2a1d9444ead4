import type { Row } from '../row.ts';

/** The gateway and its port. */
export const GATEWAY: readonly Row[] = [
  { finding: 'gateway-reaches', all: ['gateway-reaches'], severity: 'ok', confidence: 'certain' },
  {
    finding: 'gateway-blocked',
    all: ['mac', 'reached', 'gateway-denied'],
    severity: 'problem',
    confidence: 'likely',
    offer: 'local-network-pane',
  },
  {
    finding: 'gateway-fails',
    all: ['reached', 'gateway-fails'],
    severity: 'problem',
    confidence: 'certain',
    offer: 'show-log',
  },
  {
    finding: 'gateway-fails',
    all: ['reached', 'gateway-denied'],
    none: ['mac'],
    severity: 'problem',
    confidence: 'certain',
    offer: 'show-log',
  },
  {
    finding: 'gateway-needed',
    all: ['gateway-off', 'server-through'],
    severity: 'problem',
    confidence: 'certain',
    offer: 'turn-on',
  },
  {
    finding: 'gateway-off',
    all: ['gateway-off'],
    none: ['server-through'],
    severity: 'note',
    confidence: 'certain',
    offer: 'turn-on',
  },
  { finding: 'port-taken', all: ['port-taken'], severity: 'problem', confidence: 'certain', offer: 'use-port' },
  { finding: 'token-missing', all: ['token-missing'], severity: 'note', confidence: 'certain' },
];
