import type { FindingId } from '../../i18n/app.ts';
import type { Symptom } from './symptoms.ts';

/** The gateway and its port. */
export const GATEWAY: readonly Row[] = [
  { finding: 'gateway-reaches', all: ['gateway-reaches'], severity: 'ok', confidence: 'certain' },
  {
    finding: 'gateway-blocked',
    all: ['mac', 'reached', 'gateway-denied'],
    severity: 'problem',
    confidence: 'likely',
    action: 'local-network-pane',
  },
  { finding: 'own-port', all: ['own-port'], severity: 'note', confidence: 'certain' },
  {
    finding: 'gateway-fails',
    all: ['reached', 'gateway-fails'],
    none: ['own-port'],
    severity: 'problem',
    confidence: 'certain',
    action: 'show-log',
  },
  {
    finding: 'gateway-fails',
    all: ['reached', 'gateway-denied'],
    none: ['mac'],
    severity: 'problem',
    confidence: 'certain',
    action: 'show-log',
  },
  {
    finding: 'gateway-needed',
    all: ['gateway-off', 'server-through'],
    severity: 'problem',
    confidence: 'certain',
    action: 'turn-on',
  },
  {
    finding: 'gateway-off',
    all: ['gateway-off'],
    none: ['server-through'],
    severity: 'note',
    confidence: 'certain',
    action: 'turn-on',
  },
  { finding: 'port-taken', all: ['port-taken'], severity: 'problem', confidence: 'certain', action: 'use-port' },
  { finding: 'token-missing', all: ['token-missing'], severity: 'note', confidence: 'certain' },
];

/** The error of the server, compared with what this process sees. */
export const SERVER: readonly Row[] = [
  {
    finding: 'client-blocked',
    all: ['mac', 'reached', 'reported-unreachable'],
    none: ['server-ours', 'server-through'],
    severity: 'problem',
    confidence: 'likely',
    action: 'route-server',
  },
  {
    finding: 'client-may-block',
    all: ['mac', 'reached', 'server-of-client'],
    none: ['server-through', 'reported-unreachable', 'reported-name', 'reported-not-permitted'],
    severity: 'note',
    confidence: 'possible',
    action: 'route-server',
  },
  {
    finding: 'name-in-child',
    all: ['reached', 'reported-name'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['runtime-name'],
    action: 'route-server',
  },
  {
    finding: 'name-in-child',
    all: ['reached', 'runtime-name'],
    severity: 'problem',
    confidence: 'certain',
    action: 'route-server',
  },
  {
    finding: 'sandboxed',
    all: ['reached', 'reported-not-permitted'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['runtime-not-permitted'],
    action: 'route-server',
  },
  {
    finding: 'sandboxed',
    all: ['reached', 'runtime-not-permitted'],
    severity: 'problem',
    confidence: 'likely',
    action: 'route-server',
  },
  {
    finding: 'proxy-ignored',
    all: ['server-through', 'reported-unreachable', 'gateway-running', 'gateway-idle'],
    severity: 'problem',
    confidence: 'likely',
    action: 'route-server',
  },
  {
    finding: 'https-without-tunnel',
    all: ['server-through', 'reported-no-tunnel'],
    severity: 'problem',
    confidence: 'likely',
    action: 'route-server',
  },
  {
    finding: 'restart-server',
    all: ['mac', 'reached', 'server-ours', 'reported-unreachable'],
    // Nothing of it was started before the permission was given.
    none: ['server-remote'],
    severity: 'problem',
    confidence: 'likely',
    action: 'restart-server',
  },
  {
    finding: 'runtime-fails',
    all: ['reached', 'runtime-fails'],
    severity: 'problem',
    confidence: 'certain',
    action: 'show-log',
  },
  {
    finding: 'interpreter-unsigned',
    all: ['mac', 'interpreter-unsigned', 'reported-unreachable'],
    none: ['server-through'],
    severity: 'note',
    confidence: 'possible',
    action: 'route-server',
  },
  {
    finding: 'interpreter-unsigned',
    all: ['mac', 'interpreter-unsigned', 'reached', 'runtime-fails'],
    none: ['server-through'],
    severity: 'note',
    confidence: 'possible',
    action: 'route-server',
  },
  {
    finding: 'server-missing',
    all: ['server-missing'],
    severity: 'problem',
    confidence: 'certain',
  },
  {
    finding: 'apple-exempt',
    all: ['apple-tool-reaches'],
    none: ['reached'],
    severity: 'note',
    confidence: 'certain',
  },
];

/** The target, seen from this process. */
export const TARGET: readonly Row[] = [
  { finding: 'reached', all: ['reached'], severity: 'ok', confidence: 'certain' },
  {
    finding: 'denied-here',
    all: ['denied-at-once', 'on-link'],
    none: ['mac'],
    severity: 'problem',
    confidence: 'likely',
  },
  {
    finding: 'content-filter',
    all: ['broken-off', 'filter'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['router-silent'],
    action: 'network-extensions-pane',
  },
  {
    finding: 'content-filter',
    all: ['timed-out', 'filter', 'router-silent'],
    severity: 'problem',
    confidence: 'likely',
    action: 'network-extensions-pane',
  },
  { finding: 'broken-off', all: ['broken-off'], none: ['filter'], severity: 'problem', confidence: 'likely' },
  {
    finding: 'other-loopback',
    all: ['refused', 'other-loopback'],
    severity: 'problem',
    confidence: 'certain',
  },
  { finding: 'some-addresses', all: ['some-addresses'], severity: 'note', confidence: 'certain' },
  { finding: 'denied-here', all: ['blackhole'], none: ['mac'], severity: 'problem', confidence: 'likely' },
  { finding: 'other-error', all: ['mac', 'blackhole'], severity: 'problem', confidence: 'certain' },
  {
    finding: 'leads-nowhere',
    all: ['leads-nowhere'],
    none: ['reached'],
    severity: 'problem',
    confidence: 'certain',
  },
  {
    finding: 'refused',
    all: ['refused'],
    none: ['other-loopback', 'leads-nowhere'],
    severity: 'problem',
    confidence: 'certain',
  },
  {
    finding: 'no-answer',
    all: ['timed-out', 'filter', 'router-silent'],
    severity: 'problem',
    confidence: 'possible',
  },
  { finding: 'no-answer', all: ['timed-out'], severity: 'problem', confidence: 'likely' },
  { finding: 'host-silent', all: ['unreachable-late', 'on-link'], severity: 'problem', confidence: 'likely' },
  { finding: 'no-path', all: ['denied-at-once', 'routed'], severity: 'problem', confidence: 'likely' },
  { finding: 'no-path', all: ['unreachable-late', 'routed'], severity: 'problem', confidence: 'likely' },
  {
    finding: 'no-path',
    all: ['denied-at-once', 'tunnel'],
    severity: 'problem',
    confidence: 'likely',
    action: 'vpn-pane',
  },
  {
    finding: 'no-path',
    all: ['unreachable-late', 'tunnel'],
    severity: 'problem',
    confidence: 'likely',
    action: 'vpn-pane',
  },
  { finding: 'not-permitted', all: ['not-permitted'], severity: 'problem', confidence: 'likely' },
  { finding: 'no-network', all: ['no-network'], severity: 'problem', confidence: 'certain' },
  { finding: 'other-error', all: ['other-error'], severity: 'problem', confidence: 'certain' },
  {
    finding: 'local-name',
    all: ['name-missing', 'local-name'],
    severity: 'problem',
    confidence: 'likely',
  },
  { finding: 'name-missing', all: ['name-missing'], none: ['local-name'], severity: 'problem', confidence: 'certain' },
  { finding: 'name-unanswered', all: ['name-unanswered'], severity: 'problem', confidence: 'likely' },
];

/** An error within milliseconds for a neighbour: only this machine itself can be so quick. */
const DENIED = ['mac', 'denied-at-once', 'on-link'] as const;

/** macOS stops our own connections, or something here that looks like it. */
const PERMISSION: readonly Row[] = [
  {
    finding: 'permission-open',
    all: [...DENIED, 'permission-open'],
    none: ['exempt'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    action: 'ask-permission',
  },
  {
    finding: 'permission-denied',
    all: [...DENIED, 'permission-denied'],
    none: ['exempt'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    action: 'local-network-pane',
  },
  {
    finding: 'after-update',
    all: [...DENIED, 'macos-changed'],
    none: ['exempt', 'permission-open', 'permission-denied'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    action: 'local-network-pane',
  },
  {
    finding: 'permission-stale',
    all: [...DENIED, 'permission-granted'],
    none: ['exempt', 'macos-changed'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    action: 'local-network-pane',
  },
  {
    finding: 'permission-unknown',
    all: [...DENIED, 'permission-unknown'],
    none: ['exempt', 'macos-changed', 'service'],
    severity: 'problem',
    confidence: 'likely',
    surer: ['apple-tool-reaches'],
    action: 'local-network-pane',
  },
  {
    finding: 'blocked-for-all',
    all: [...DENIED, 'exempt', 'filter'],
    severity: 'problem',
    confidence: 'likely',
    action: 'network-extensions-pane',
  },
  {
    finding: 'blocked-for-all',
    all: [...DENIED, 'exempt', 'vpn'],
    severity: 'problem',
    confidence: 'likely',
    action: 'vpn-pane',
  },
  { finding: 'blocked-for-all', all: [...DENIED, 'exempt'], severity: 'problem', confidence: 'possible' },
];

/** The one thing that we can do about a finding ourselves. */
export type Action =
  | { readonly kind: 'open-pane'; readonly pane: Pane }
  | { readonly kind: 'ask-permission' }
  | { readonly kind: 'turn-on' }
  | { readonly kind: 'use-port'; readonly port: number }
  | { readonly kind: 'restart-server'; readonly server: string }
  /** Leads the server's traffic through Gangway, or lets Gangway run it. */
  | { readonly kind: 'route-server'; readonly server: string | null }
  | { readonly kind: 'show-log' }
  | { readonly kind: 'show-copies'; readonly paths: readonly string[] };

/** A pane of System Settings. */
export type Pane = 'local-network' | 'network-extensions' | 'vpn';

export type Severity = 'ok' | 'note' | 'problem';

/** How much a row's symptoms prove. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** Which action a row offers; what it acts on is taken from the facts. */
export type ActionName =
  | 'local-network-pane'
  | 'network-extensions-pane'
  | 'vpn-pane'
  | 'ask-permission'
  | 'turn-on'
  | 'use-port'
  | 'restart-server'
  | 'route-server'
  | 'show-log'
  | 'show-copies';

/** One row of the decision table: the finding holds when `all` symptoms are present and `none` of the others. */
export interface Row {
  readonly finding: FindingId;
  readonly all: readonly Symptom[];
  readonly none?: readonly Symptom[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Any of these makes it certain. */
  readonly surer?: readonly Symptom[];
  readonly action?: ActionName;
}

/** This machine, whatever the target. */
const MACHINE: readonly Row[] = [
  { finding: 'service', all: ['mac', 'service'], severity: 'problem', confidence: 'likely' },
  { finding: 'other-app', all: ['mac', 'other-app'], severity: 'note', confidence: 'certain' },
  { finding: 'translocated', all: ['translocated'], severity: 'problem', confidence: 'certain' },
  { finding: 'unsigned', all: ['unsigned'], severity: 'note', confidence: 'certain' },
  { finding: 'foreign-uuid', all: ['foreign-uuid'], severity: 'note', confidence: 'certain' },
  { finding: 'copies', all: ['copies'], severity: 'note', confidence: 'certain', action: 'show-copies' },
  {
    finding: 'filter',
    all: ['filter'],
    severity: 'note',
    confidence: 'certain',
    action: 'network-extensions-pane',
  },
  { finding: 'vpn', all: ['vpn'], severity: 'note', confidence: 'certain' },
  { finding: 'proxy-elsewhere', all: ['proxy-elsewhere'], severity: 'note', confidence: 'certain' },
];

/** What the server itself was told by its certificate counts more than what is thought of certificates in general. */
const JUDGED = ['certificate-accepted', 'remote-certificate-changed', 'remote-certificate-unknown'] as const;

/** The certificate of the target. */
export const CERTIFICATE: readonly Row[] = [
  { finding: 'speaks-tls', all: ['speaks-tls'], severity: 'problem', confidence: 'certain' },
  { finding: 'speaks-http', all: ['speaks-http'], severity: 'problem', confidence: 'certain' },
  { finding: 'tls-failed', all: ['tls-failed'], severity: 'problem', confidence: 'certain' },
  {
    finding: 'certificate-self-signed',
    all: ['certificate-self-signed'],
    none: JUDGED,
    severity: 'note',
    confidence: 'certain',
  },
  {
    finding: 'certificate-unknown',
    all: ['certificate-unknown'],
    none: JUDGED,
    severity: 'note',
    confidence: 'certain',
  },
  {
    finding: 'certificate-expired',
    all: ['certificate-expired'],
    none: JUDGED,
    severity: 'problem',
    confidence: 'certain',
  },
  {
    finding: 'certificate-early',
    all: ['certificate-early'],
    none: JUDGED,
    severity: 'problem',
    confidence: 'certain',
  },
  { finding: 'certificate-name', all: ['certificate-name'], none: JUDGED, severity: 'problem', confidence: 'certain' },
];

const remote = (finding: FindingId & Symptom, confidence: Confidence = 'certain'): Row => ({
  finding,
  all: [finding],
  severity: 'problem',
  confidence,
});

/** A server with a URL, asked by the running instance with its own connections, certificates and sign-in. */
const REMOTE: readonly Row[] = [
  { finding: 'remote-works', all: ['remote-works'], severity: 'ok', confidence: 'certain' },
  // Where this process does not reach it either, the target's own findings say more.
  { finding: 'remote-unreachable', all: ['reached', 'remote-unreachable'], severity: 'problem', confidence: 'likely' },
  remote('remote-certificate-changed'),
  remote('remote-certificate-unknown'),
  {
    finding: 'remote-certificate-refused',
    all: ['remote-certificate-refused'],
    none: ['tls-failed', 'certificate-expired', 'certificate-early', 'certificate-name'],
    severity: 'problem',
    confidence: 'certain',
  },
  remote('remote-wrong-path'),
  remote('remote-redirect'),
  remote('remote-http'),
  remote('remote-sign-in-needed'),
  remote('remote-sign-in-ended'),
  remote('remote-scope-missing'),
  remote('remote-credentials-refused'),
  remote('remote-forbidden'),
  remote('remote-sign-in-unavailable', 'likely'),
  remote('remote-session', 'likely'),
  remote('remote-tools'),
];

/**
 * Symptom -> cause, from Apple's TN3179, the XNU sources (necp.c, tcp_output.c, content_filter.c) and reports of people who had
 * each of them. Of rows with the same finding the first that fits counts. What tells causes apart is the errno together with
 * the time it took, and who else gets through.
 */
export const TABLE: readonly Row[] = [
  ...PERMISSION,
  ...TARGET,
  ...SERVER,
  ...GATEWAY,
  ...CERTIFICATE,
  ...REMOTE,
  ...MACHINE,
];
