import type { AppText } from '../../i18n/app.ts';
import type { Language } from '../../i18n/index.ts';
import { PROBE_NAMES } from '../examine.ts';
import type { Attempt, Facts, Observed, ProbeName, ProbeResults } from '../facts.ts';
import { RUNTIMES } from './finding-facts.ts';

/** What one probe has seen, as a person reads it. */
export interface FactRow {
  readonly probe: ProbeName;
  readonly label: string;
  readonly state: Observed<unknown>['state'];
  readonly lines: readonly string[];
}

/** Every probe that had something to look at. */
export function factRows({ seen }: Facts, text: AppText): readonly FactRow[] {
  return PROBE_NAMES.filter((name) => seen[name].state !== 'not-applicable').map((name) =>
    factRow(name, seen[name], text),
  );
}

export function factRow<Name extends ProbeName>(
  name: Name,
  observed: Observed<ProbeResults[Name]>,
  text: AppText,
): FactRow {
  const words = text.doctorFacts;
  const row = { probe: name, label: words.probes[name], state: observed.state };
  switch (observed.state) {
    case 'seen': {
      const lines = LINES[name](observed.value, words, text.language);
      return { ...row, lines: lines.length === 0 ? [words.none] : lines };
    }
    case 'unknown':
      return { ...row, lines: [words.unknown(observed.reason)] };
    case 'stopped':
      return { ...row, lines: [words.stopped] };
    case 'not-applicable':
      return { ...row, lines: [] };
    default:
      return observed satisfies never;
  }
}

type Words = AppText['doctorFacts'];

const LINES: {
  readonly [Name in ProbeName]: (value: ProbeResults[Name], words: Words, language: Language) => readonly string[];
} = {
  names: ({ addresses, errno, elapsedMs }, words) => [
    errno === null
      ? words.lookedUp(addresses.map(({ address }) => address).join(words.comma), elapsedMs)
      : words.failed(errno, elapsedMs),
  ],
  connect: (addresses, words) =>
    addresses.map(({ address, way, tries, ...attempt }) => {
      const subject = words.aside(address, joined(words, [words.ways[way.kind], way.interface, way.router]));
      const tried = tries > 1 ? words.tries(tries) : null;
      return words.labelled(subject, joined(words, [attemptLine(attempt, words), tried]));
    }),
  loopback: (attempts, words) =>
    attempts.map(({ address, ...attempt }) => words.labelled(address, attemptLine(attempt, words))),
  tls: ({ outcome, errno, elapsedMs, protocol, certificate }, words) => [
    outcome === 'failed' ? words.failed(errno ?? '', elapsedMs) : joined(words, [protocol, words.connected(elapsedMs)]),
    ...(certificate === null
      ? []
      : [
          joined(words, [
            words.certificate(certificate.subject, certificate.issuer, certificate.validTo.slice(0, 10)),
            words.verdicts[certificate.verdict],
          ]),
        ]),
  ],
  remote: ({ outcome, elapsedMs, step, sentence, revision, tools, isPinned }, words, language) => [
    outcome === 'works'
      ? words.remote.works(revision ?? '', tools ?? 0, elapsedMs)
      : words.remote.failed(step === null ? '' : words.remote.steps[step], elapsedMs),
    ...(sentence === null ? [] : [sentence[language]]),
    ...(isPinned ? [words.remote.pinned] : []),
  ],
  throughGateway: ({ status, errno, elapsedMs }, words) => [
    status === null ? words.failed(errno ?? '', elapsedMs) : joined(words, [words.answered(status, elapsedMs), errno]),
  ],
  runtime: (attempts, words) =>
    attempts.map(({ runtime, file, ...attempt }) =>
      words.labelled(words.aside(RUNTIMES[runtime], file), attemptLine(attempt, words)),
    ),
  appleTool: (attempt, words) => [attemptLine(attempt, words)],
  router: ({ address, ...attempt }, words) => [words.labelled(address, attemptLine(attempt, words))],
  gateway: (gateway, { gateway: words }) => {
    switch (gateway.kind) {
      case 'running': {
        const { port, version, pid, carried } = gateway;
        const first = words.running(port, version, pid);
        return carried === null ? [first] : [first, words.carried(carried.tunnels, carried.requests, carried.failures)];
      }
      case 'token-required':
        return [words.tokenRequired(gateway.port)];
      case 'stranger':
        return [words.stranger(gateway.port, gateway.holder ?? words.unknownHolder)];
      case 'off':
        return [words.off(gateway.port)];
      default:
        return gateway satisfies never;
    }
  },
  server: ({ name, client, program, file, mode, url }, words) =>
    url === undefined
      ? [joined(words, [name, client, words.modes[mode]]), words.labelled(program, file ?? words.notFound)]
      : [joined(words, [name, client, url])],
  interpreter: ({ file, signature, identifier, team }, words) => [
    words.labelled(file, joined(words, [words.signatures[signature], identifier, team])),
  ],
  launch: ({ kind, by, root }, words) => [joined(words, [words.launchKinds[kind], by, root ? words.asRoot : null])],
  permission: (permission, words) => [words.permissions[permission]],
  macos: ({ version, build }, words) => [words.aside(version, build)],
  extensions: (extensions, words) =>
    extensions.map(({ name, bundleId, version, team, enabled, state }) =>
      joined(words, [`${name} ${version}`, bundleId, team, enabled ? words.enabled : words.disabled, state]),
    ),
  filters: ({ filters, sockets }, words) => [
    joined(words, [words.filters(filters), sockets === null || filters === 0 ? null : words.sockets(sockets)]),
  ],
  vpns: ({ services, tunnels }, words) => [
    ...services.map(({ name, kind, connected }) =>
      joined(words, [name, kind, connected ? words.vpnConnected : words.vpnDisconnected]),
    ),
    ...tunnels.map(({ interface: name, addresses }) => words.labelled(name, addresses.join(words.comma))),
  ],
  bundle: ({ path, identifier, team, signature, uuids, ownUuid }, words) => [
    path,
    joined(words, [words.signatures[signature], identifier, team]),
    joined(words, [`LC_UUID ${uuids.join(words.comma)}`, ownUuid ? words.ownUuid : words.foreignUuid]),
  ],
  copies: (copies) => copies,
  path: ({ folders, fromShell, commands }, words) => [
    folders.join(words.comma),
    ...(fromShell ? [words.fromShell] : []),
    commands.map(({ name, file }) => words.labelled(name, file ?? words.notFound)).join(words.comma),
  ],
  proxyVariables: (variables, words) =>
    variables.map(({ name, leadsHere }) =>
      words.labelled(
        name,
        leadsHere ? words.leadsHere : /_proxy$/i.test(name) && !/^no/i.test(name) ? words.leadsElsewhere : words.isSet,
      ),
    ),
  lastGood: ({ at, macos }, words) => [
    joined(words, [new Date(at).toISOString(), macos === null ? null : `macOS ${macos}`]),
  ],
};

function attemptLine({ outcome, errno, elapsedMs }: Attempt, words: Words): string {
  if (outcome === 'connected') return words.connected(elapsedMs);
  if (outcome === 'timed-out') return words.timedOut(elapsedMs);
  return errno === null ? words.failedSilently(elapsedMs) : words.failed(errno, elapsedMs);
}

function joined({ comma }: Words, parts: readonly (string | null)[]): string {
  return parts.filter(isGiven).join(comma);
}

function isGiven(part: string | null): part is string {
  return part !== null && part !== '';
}
