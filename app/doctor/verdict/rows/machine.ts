import type { Row } from '../row.ts';

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
