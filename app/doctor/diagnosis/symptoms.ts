import { isIP } from 'node:net';
import { AT_ONCE_MS } from '../../base/errno.ts';
import type { RemoteCause, RemoteStep } from '../../servers/index.ts';
import {
  type AddressFacts,
  type Attempt,
  type CertificateFacts,
  type Facts,
  observedValue,
  type Permission,
  type RuntimeAttempt,
} from '../facts.ts';

/** What can be read off the facts at a glance. The decision table is written in these words. */
export type Symptom =
  | 'mac'
  | 'reached'
  | 'refused'
  | 'denied-at-once'
  | 'unreachable-late'
  | 'timed-out'
  | 'broken-off'
  | 'not-permitted'
  | 'no-network'
  | 'other-error'
  /** A route of this machine drops what goes there. */
  | 'blackhole'
  /** Some addresses of the name were reached, and another one was not. */
  | 'some-addresses'
  /** This machine refuses at the target's address, and answers at another one of its own. */
  | 'other-loopback'
  /** The name leads to 0.0.0.0 alone: what a name server that filters answers for a name that it blocks. */
  | 'leads-nowhere'
  /** The target is a port of the gateway. */
  | 'own-port'
  | 'this-machine'
  | 'on-link'
  | 'routed'
  | 'tunnel'
  | 'name-missing'
  | 'name-unanswered'
  | 'local-name'
  | 'runtime-reaches'
  | 'runtime-fails'
  | 'runtime-name'
  | 'runtime-not-permitted'
  | 'apple-tool-reaches'
  | 'router-reached'
  | 'router-silent'
  | 'gateway-running'
  | 'gateway-off'
  | 'gateway-idle'
  | 'gateway-reaches'
  | 'gateway-denied'
  | 'gateway-fails'
  | 'port-taken'
  | 'token-missing'
  | 'server-of-client'
  | 'server-ours'
  | 'server-through'
  | 'server-missing'
  | 'server-remote'
  | 'interpreter-unsigned'
  | 'reported-unreachable'
  | 'reported-name'
  | 'reported-not-permitted'
  | 'reported-no-tunnel'
  | 'exempt'
  | 'service'
  | 'other-app'
  | 'permission-open'
  | 'permission-denied'
  | 'permission-granted'
  | 'permission-unknown'
  | 'filter'
  | 'vpn'
  | 'copies'
  | 'unsigned'
  | 'foreign-uuid'
  | 'translocated'
  | 'macos-changed'
  | 'tls-failed'
  | 'speaks-tls'
  | 'speaks-http'
  | 'certificate-self-signed'
  | 'certificate-unknown'
  | 'certificate-expired'
  | 'certificate-early'
  | 'certificate-name'
  | 'proxy-elsewhere'
  | 'certificate-accepted'
  | 'remote-works'
  | 'remote-unreachable'
  | 'remote-certificate-changed'
  | 'remote-certificate-unknown'
  | 'remote-certificate-refused'
  | 'remote-wrong-path'
  | 'remote-redirect'
  | 'remote-http'
  | 'remote-sign-in-needed'
  | 'remote-sign-in-ended'
  | 'remote-scope-missing'
  | 'remote-credentials-refused'
  | 'remote-forbidden'
  | 'remote-sign-in-unavailable'
  | 'remote-session'
  | 'remote-tools';

/** Errors of a connection that a filter on this machine has cut off (XNU, content_filter.c and sodefunct). */
const BROKEN = new Set(['EBADF', 'ENOTCONN', 'ECONNRESET', 'ECONNABORTED', 'EPIPE']);
const NO_NETWORK = new Set(['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);
const NO_NAME = new Set(['ENOTFOUND', 'EAI_NONAME', 'EAI_NODATA']);
const NAME_ERRORS = new Set([...NO_NAME, 'EAI_AGAIN', 'EAI_FAIL']);
const NOT_PERMITTED = new Set(['EPERM', 'EACCES']);

/** Every symptom in these facts. */
export function symptomsIn(facts: Facts): ReadonlySet<Symptom> {
  return new Set([
    ...(facts.platform === 'darwin' ? (['mac'] as const) : []),
    ...targetSymptoms(facts),
    ...otherProgramSymptoms(facts),
    ...gatewaySymptoms(facts),
    ...serverSymptoms(facts),
    ...machineSymptoms(facts),
    ...tlsSymptoms(facts),
    ...remoteSymptoms(facts),
  ]);
}

/** The most specific errors come first. */
const TELLING = ['ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'EPERM', 'EACCES', 'ETIMEDOUT'];

/** The address that decides: one that was reached, else the one with the most specific error. */
export function tellingAddress({ seen }: Facts): AddressFacts | null {
  const rank = ({ outcome, errno, way }: AddressFacts): number => {
    if (outcome === 'connected') return -1;
    const position = TELLING.indexOf(errno ?? 'ETIMEDOUT');
    return (position === -1 ? TELLING.length : position) + (way.kind === 'on-link' ? 0 : 0.5);
  };
  return (observedValue(seen.connect) ?? []).toSorted((one, other) => rank(one) - rank(other))[0] ?? null;
}

function targetSymptoms(facts: Facts): readonly Symptom[] {
  const { target } = facts.question;
  const names = observedValue(facts.seen.names);
  const symptoms: Symptom[] = [];
  if (target !== null && isIP(target.host) === 0 && /\.local\.?$/i.test(target.host)) symptoms.push('local-name');
  if (names !== null && names.errno !== null)
    symptoms.push(NO_NAME.has(names.errno) ? 'name-missing' : 'name-unanswered');
  const telling = tellingAddress(facts);
  if (telling === null) return symptoms;
  const fate = fateOf(telling);
  if (fate === 'reached' && unreachedAddresses(facts).length > 0) symptoms.push('some-addresses');
  if (otherLoopback(facts) !== null) symptoms.push('other-loopback');
  if (target !== null && isIP(target.host) === 0 && UNSPECIFIED.has(telling.address)) symptoms.push('leads-nowhere');
  if (telling.way.kind === 'this-machine' && isOwnPort(facts)) symptoms.push('own-port');
  return [...symptoms, telling.way.kind, fate];
}

const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/** Addresses of the target that programs may try first, and fail at. One of a family that this network does not have is passed over by all. */
export function unreachedAddresses({ seen }: Facts): readonly AddressFacts[] {
  return (observedValue(seen.connect) ?? []).filter(
    ({ outcome, errno }) => outcome === 'timed-out' || errno === 'ETIMEDOUT' || errno === 'ECONNREFUSED',
  );
}

/** The loopback address that a program listens on in place of that of the target; null where none does. */
export function otherLoopback({ seen }: Facts): string | null {
  return observedValue(seen.loopback)?.find(({ outcome }) => outcome === 'connected')?.address ?? null;
}

/** The gateway leads nothing to ports of its own; where it was not asked for the want of a token, its port tells. */
function isOwnPort({ question: { target }, seen }: Facts): boolean {
  const gateway = observedValue(seen.gateway);
  if (gateway?.kind !== 'running' && gateway?.kind !== 'token-required') return false;
  const through = observedValue(seen.throughGateway);
  return through?.errno === 'LOOP' || (through?.status !== 200 && gateway.port === target?.port);
}

function fateOf({ outcome, errno, elapsedMs }: Attempt): Symptom {
  if (outcome === 'connected') return 'reached';
  if (outcome === 'timed-out' || errno === 'ETIMEDOUT') return 'timed-out';
  if (errno === 'ECONNREFUSED') return 'refused';
  if (errno === 'EHOSTUNREACH') return elapsedMs < AT_ONCE_MS ? 'denied-at-once' : 'unreachable-late';
  if (errno === 'EHOSTDOWN') return 'unreachable-late';
  if (BROKEN.has(errno ?? '')) return 'broken-off';
  if (NOT_PERMITTED.has(errno ?? '')) return 'not-permitted';
  // Linux says EINVAL of a route of the type blackhole (ip-route(8)).
  if (errno === 'EINVAL') return 'blackhole';
  return NO_NETWORK.has(errno ?? '') ? 'no-network' : 'other-error';
}

function otherProgramSymptoms({ seen }: Facts): readonly Symptom[] {
  const symptoms: Symptom[] = [];
  const runtimes = observedValue(seen.runtime) ?? [];
  const failed = runtimes.filter(({ outcome, errno }) => outcome !== 'connected' && isAboutTheNetwork(errno));
  const says = (errnos: ReadonlySet<string>): boolean => failed.some(({ errno }) => errnos.has(errno ?? ''));
  if (runtimes.some(({ outcome }) => outcome === 'connected')) symptoms.push('runtime-reaches');
  if (says(NAME_ERRORS)) symptoms.push('runtime-name');
  else if (says(NOT_PERMITTED)) symptoms.push('runtime-not-permitted');
  else if (failed.length > 0) symptoms.push('runtime-fails');
  if (observedValue(seen.appleTool)?.outcome === 'connected') symptoms.push('apple-tool-reaches');
  const router = observedValue(seen.router);
  if (router?.outcome === 'connected' || router?.errno === 'ECONNREFUSED') symptoms.push('router-reached');
  else if (router !== null) symptoms.push('router-silent');
  return symptoms;
}

/** A runtime that did not even start has an opinion on nothing. */
function isAboutTheNetwork(errno: RuntimeAttempt['errno']): boolean {
  return errno !== 'NOT_STARTED' && errno !== 'NO_ANSWER';
}

function gatewaySymptoms({ seen }: Facts): readonly Symptom[] {
  const gateway = observedValue(seen.gateway);
  if (gateway === null) return [];
  if (gateway.kind === 'off') return ['gateway-off'];
  if (gateway.kind === 'stranger') return ['port-taken'];
  const symptoms: Symptom[] = ['gateway-running'];
  const through = observedValue(seen.throughGateway);
  if (gateway.kind === 'token-required' || through?.status === 407) return [...symptoms, 'token-missing'];
  const { carried } = gateway;
  if (carried !== null && carried.tunnels + carried.requests + carried.failures === 0) symptoms.push('gateway-idle');
  if (through === null) return symptoms;
  if (through.status === 200) symptoms.push('gateway-reaches');
  else symptoms.push(through.errno === 'EHOSTUNREACH' ? 'gateway-denied' : 'gateway-fails');
  return symptoms;
}

function serverSymptoms({ question: { reported }, seen }: Facts): readonly Symptom[] {
  const symptoms: Symptom[] = [];
  if (reported === 'EHOSTUNREACH' || reported === 'EHOSTDOWN') symptoms.push('reported-unreachable');
  else if (NAME_ERRORS.has(reported ?? '')) symptoms.push('reported-name');
  else if (NOT_PERMITTED.has(reported ?? '')) symptoms.push('reported-not-permitted');
  else if (reported === 'UNSUPPORTED_SCHEME') symptoms.push('reported-no-tunnel');
  const signature = observedValue(seen.interpreter)?.signature;
  if (signature === 'none' || signature === 'ad-hoc') symptoms.push('interpreter-unsigned');
  const server = observedValue(seen.server);
  if (server === null) return symptoms;
  if (server.url !== undefined) symptoms.push('server-remote');
  else if (server.file === null) symptoms.push('server-missing');
  if (server.mode === 'through') symptoms.push('server-through');
  // The entry of a client may stand for a server that Gangway runs.
  symptoms.push(server.client === null || server.mode === 'run' ? 'server-ours' : 'server-of-client');
  return symptoms;
}

function machineSymptoms({ platform, seen }: Facts): readonly Symptom[] {
  const symptoms: Symptom[] = [];
  const launch = observedValue(seen.launch);
  if (launch !== null && (launch.root || launch.kind === 'terminal' || launch.kind === 'ssh')) symptoms.push('exempt');
  else if (launch?.kind === 'service' || launch?.kind === 'other-app') symptoms.push(launch.kind);
  if (platform === 'darwin') symptoms.push(permissionSymptom(observedValue(seen.permission)));
  const enabled = observedValue(seen.extensions)?.some((extension) => extension.enabled);
  if (enabled === true || (observedValue(seen.filters)?.filters ?? 0) > 0) symptoms.push('filter');
  const vpns = observedValue(seen.vpns);
  if (vpns !== null && (vpns.tunnels.length > 0 || vpns.services.some(({ connected }) => connected)))
    symptoms.push('vpn');
  if ((observedValue(seen.copies)?.length ?? 0) > 1) symptoms.push('copies');
  const bundle = observedValue(seen.bundle);
  if (bundle !== null && (bundle.signature === 'none' || bundle.signature === 'ad-hoc')) symptoms.push('unsigned');
  if (bundle?.ownUuid === false) symptoms.push('foreign-uuid');
  if (bundle?.translocated === true) symptoms.push('translocated');
  const before = observedValue(seen.lastGood)?.macos ?? null;
  const now = observedValue(seen.macos)?.version ?? null;
  if (before !== null && now !== null && majorOf(before) !== majorOf(now)) symptoms.push('macos-changed');
  const variables = observedValue(seen.proxyVariables) ?? [];
  if (variables.some(({ name, leadsHere }) => /^(?:https?|all)_proxy$/i.test(name) && !leadsHere)) {
    symptoms.push('proxy-elsewhere');
  }
  return symptoms;
}

function permissionSymptom(permission: Permission | null): Symptom {
  switch (permission) {
    case 'not-asked':
    case 'asked':
      return 'permission-open';
    case 'denied':
      return 'permission-denied';
    case 'granted':
    case 'stale':
      return 'permission-granted';
    case null:
      return 'permission-unknown';
    default:
      return permission satisfies never;
  }
}

function tlsSymptoms({ question: { scheme }, seen }: Facts): readonly Symptom[] {
  const tls = observedValue(seen.tls);
  if (tls === null) return [];
  if (tls.outcome === 'failed') return tls.http === true ? ['speaks-http'] : ['tls-failed'];
  // What is wrong with its certificate matters once it is spoken to so.
  if (scheme === 'http') return ['speaks-tls'];
  return tls.certificate === null ? [] : certificateSymptoms(tls.certificate.verdict);
}

function certificateSymptoms(verdict: CertificateFacts['verdict']): readonly Symptom[] {
  switch (verdict) {
    case 'self-signed':
      return ['certificate-self-signed'];
    case 'unknown-issuer':
    case 'other':
      return ['certificate-unknown'];
    case 'expired':
      return ['certificate-expired'];
    case 'not-yet-valid':
      return ['certificate-early'];
    case 'wrong-name':
      return ['certificate-name'];
    case 'trusted':
      return [];
    default:
      return verdict satisfies never;
  }
}

function remoteSymptoms({ question: { tls }, seen }: Facts): readonly Symptom[] {
  const remote = observedValue(seen.remote);
  if (remote === null) return [];
  if (remote.outcome === 'works') return tls ? ['remote-works', 'certificate-accepted'] : ['remote-works'];
  const { step, cause } = remote;
  if (step === null) return [];
  const symptom = cause === null ? symptomOfStep(step) : CAUSES[cause];
  // What was met with behind the certificate says that it was taken: pinned, or of an authority that the settings name.
  return tls && BEHIND_TLS.has(step) ? [symptom, 'certificate-accepted'] : [symptom];
}

const BEHIND_TLS: ReadonlySet<RemoteStep> = new Set(['http', 'sign-in', 'initialize', 'tools']);

const CAUSES: Readonly<Record<RemoteCause, Symptom>> = {
  'certificate-changed': 'remote-certificate-changed',
  'certificate-unknown': 'remote-certificate-unknown',
  'certificate-refused': 'remote-certificate-refused',
  'certificate-file': 'remote-certificate-refused',
  'wrong-path': 'remote-wrong-path',
  redirect: 'remote-redirect',
  'sign-in-needed': 'remote-sign-in-needed',
  'sign-in-ended': 'remote-sign-in-ended',
  'scope-missing': 'remote-scope-missing',
  'credentials-refused': 'remote-credentials-refused',
  forbidden: 'remote-forbidden',
  'sign-in-unavailable': 'remote-sign-in-unavailable',
};

function symptomOfStep(step: RemoteStep): Symptom {
  switch (step) {
    case 'name':
    case 'route':
    case 'permission':
      return 'remote-unreachable';
    case 'tls':
      return 'remote-certificate-refused';
    case 'http':
      return 'remote-http';
    case 'sign-in':
      return 'remote-sign-in-needed';
    case 'initialize':
      return 'remote-session';
    case 'tools':
      return 'remote-tools';
    default:
      return step satisfies never;
  }
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? '';
}
