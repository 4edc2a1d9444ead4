import type { Row } from '../row.ts';

/** An error within milliseconds for a neighbour: only this machine itself can be so quick. */
const DENIED = ['mac', 'denied-at-once', 'on-link'] as const;

/** macOS stops our own connections, or something here that looks like it. */
export const PERMISSION: readonly Row[] = [
  {
    finding: 'permission-open',
    all: [...DENIED, 'permission-open'],
    none: ['exempt'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    offer: 'ask-permission',
  },
  {
    finding: 'permission-denied',
    all: [...DENIED, 'permission-denied'],
    none: ['exempt'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    offer: 'local-network-pane',
  },
  {
    finding: 'after-update',
    all: [...DENIED, 'macos-changed'],
    none: ['exempt', 'permission-open', 'permission-denied'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    offer: 'local-network-pane',
  },
  {
    finding: 'permission-stale',
    all: [...DENIED, 'permission-granted'],
    none: ['exempt', 'macos-changed'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    offer: 'local-network-pane',
  },
  {
    finding: 'permission-unknown',
    all: [...DENIED, 'permission-unknown'],
    none: ['exempt', 'macos-changed', 'service'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    offer: 'local-network-pane',
  },
  {
    finding: 'blocked-for-all',
    all: [...DENIED, 'exempt', 'filter'],
    severity: 'problem',
    confidence: 'likely',
    offer: 'network-extensions-pane',
  },
  {
    finding: 'blocked-for-all',
    all: [...DENIED, 'exempt', 'vpn'],
    severity: 'problem',
    confidence: 'likely',
    offer: 'vpn-pane',
  },
  { finding: 'blocked-for-all', all: [...DENIED, 'exempt'], severity: 'problem', confidence: 'possible' },
];
