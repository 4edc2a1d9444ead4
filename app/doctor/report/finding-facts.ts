import { basename } from 'node:path';
import { authorityOf } from '../../base/address.ts';
import type { AppText, FindingFacts } from '../../i18n/app.ts';
import { type Diagnosis, diagnose } from '../diagnosis/diagnose.ts';
import { otherLoopback, tellingAddress, unreachedAddresses } from '../diagnosis/symptoms.ts';
import { type Facts, type InterpreterFacts, observedValue, type ServerFacts } from '../facts.ts';

/** What sentences are made of, taken out of the facts. */
function findingFacts(facts: Facts, text: AppText): FindingFacts {
  const { question, seen } = facts;
  const { comma } = text.doctorFacts;
  const tried = tellingAddress(facts);
  const server = observedValue(seen.server);
  const gateway = observedValue(seen.gateway);
  const through = observedValue(seen.throughGateway);
  const failed = observedValue(seen.runtime)?.find(({ outcome }) => outcome !== 'connected');
  const tls = observedValue(seen.tls);
  const remote = observedValue(seen.remote);
  const launch = observedValue(seen.launch);
  const day = (written: string | undefined): string => (written ?? '').slice(0, 10);
  return {
    target: question.target === null ? '' : authorityOf(question.target),
    host: question.target?.host ?? '',
    address: tried?.address ?? '',
    isHere: tried?.way.kind === 'this-machine',
    unreached: unreachedAddresses(facts)
      .map(({ address }) => address)
      .join(comma),
    elsewhere: elsewhereIn(facts),
    errno: tried?.errno ?? '',
    milliseconds: tried?.elapsedMs ?? 0,
    server: server?.name ?? '',
    client: server?.client ?? '',
    program: failed?.file ?? server?.program ?? '',
    runtime: failed === undefined ? '' : RUNTIMES[failed.runtime],
    interpreter: observedValue(seen.interpreter)?.file ?? '',
    clientRow: CLIENT_ROWS[server?.client ?? ''] ?? '',
    rows: rowsOf(server, observedValue(seen.interpreter)).join(comma),
    runtimeErrno: failed?.errno ?? '',
    gateway: `127.0.0.1:${gateway?.port ?? ''}`,
    gatewayErrno: through?.errno ?? String(through?.status ?? ''),
    holder: gateway?.kind === 'stranger' ? holderName(gateway.holder, gateway.pid) : '',
    freePort: gateway?.kind === 'stranger' ? gateway.free : 0,
    router: observedValue(seen.router)?.outcome === 'connected' ? '' : (observedValue(seen.router)?.address ?? ''),
    products: (observedValue(seen.extensions) ?? [])
      .filter(({ enabled }) => enabled)
      .map(({ name, bundleId }) => (name === '' ? bundleId : name))
      .join(comma),
    vpns: vpnNames(facts).join(comma),
    copies: observedValue(seen.copies) ?? [],
    startedBy: launch?.by ?? '',
    macosBefore: observedValue(seen.lastGood)?.macos ?? '',
    macosNow: observedValue(seen.macos)?.version ?? '',
    tlsErrno: tls?.errno ?? '',
    subject: tls?.certificate?.subject ?? '',
    issuer: tls?.certificate?.issuer ?? '',
    certificateNames: (tls?.certificate?.names ?? []).slice(0, 6).join(comma),
    validFrom: day(tls?.certificate?.validFrom),
    validTo: day(tls?.certificate?.validTo),
    remoteUrl: server?.url ?? '',
    remoteSaid: remote?.sentence?.[text.language] ?? '',
    remoteCertificate: remote?.certificate ?? '',
    remoteRevision: remote?.revision ?? '',
    remoteTools: remote?.tools ?? 0,
    variables: (observedValue(seen.proxyVariables) ?? [])
      .filter(({ leadsHere, name }) => !leadsHere && /^(?:https?|all)_proxy$/i.test(name))
      .map(({ name }) => name)
      .join(comma),
  };
}

/** `host:port` of the program that listens on another loopback address; empty where there is none. */
function elsewhereIn(facts: Facts): string {
  const address = otherLoopback(facts);
  const { target } = facts.question;
  return address === null || target === null ? '' : authorityOf({ host: address, port: target.port });
}

export const RUNTIMES = { node: 'Node', python: 'Python', bun: 'Bun', deno: 'Deno' } as const;

/**
 * The rows of clients that do not disclaim the programs they start, so that their own permission counts for these
 * (openai/codex#36891).
 */
const CLIENT_ROWS: Readonly<Record<string, string>> = { Codex: 'ChatGPT' };

/** What the list of Local Network may call a server: its interpreter, its program or its own name. */
function rowsOf(server: ServerFacts | null, interpreter: InterpreterFacts | null): readonly string[] {
  if (server === null || server.url !== undefined) return [];
  const names = [interpreter?.file ?? '', server.program].map((file) => basename(file));
  return [...new Set([...names, server.name])].filter((name) => name !== '');
}

/** Names of their own where the system knows some, else the interfaces. */
function vpnNames({ seen }: Facts): readonly string[] {
  const vpns = observedValue(seen.vpns);
  if (vpns === null) return [];
  const services = vpns.services.filter(({ connected }) => connected).map(({ name }) => name);
  return services.length > 0 ? services : vpns.tunnels.map(({ interface: name }) => name);
}

function holderName(name: string | null, pid: number | null): string {
  if (pid === null) return name ?? '';
  return name === null || name === '' ? String(pid) : `${name} (${pid})`;
}

/** A cause in words: what, why, and what to do about it. */
export interface Finding extends Diagnosis {
  readonly what: string;
  readonly why: string;
  readonly steps: readonly string[];
}

/** What the facts mean, told in one language; the worst and surest first. */
export function findingsIn(facts: Facts, text: AppText): readonly Finding[] {
  const about = findingFacts(facts, text);
  return diagnose(facts).map((diagnosis) => {
    const words = text.doctorFindings[diagnosis.id];
    return { ...diagnosis, what: words.what(about), why: words.why(about), steps: words.steps(about) };
  });
}
