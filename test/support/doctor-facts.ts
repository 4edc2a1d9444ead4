import {
  blankFacts,
  type DoctorRequest,
  type Facts,
  type Observed,
  type Probe,
  type ProbeName,
  type ProbeResults,
  type Probes,
  seen,
} from '../../app/doctor/index.ts';

/** What a case tells of a machine: the rest is as on a Mac where nothing stands out. */
export interface Told {
  readonly platform?: NodeJS.Platform;
  readonly question?: Partial<DoctorRequest>;
  readonly seen?: { readonly [Name in ProbeName]?: ProbeResults[Name] };
}

const TARGET: DoctorRequest = {
  target: { host: '192.168.1.20', port: 8123 },
  tls: false,
  server: null,
  reported: null,
};

/** A person's Mac: opened as an app, the gateway running, nothing else installed. */
const PLAIN: Told['seen'] = {
  gateway: {
    kind: 'running',
    port: 28_080,
    version: '0.0.0',
    pid: 1,
    carried: { tunnels: 3, requests: 0, failures: 0 },
  },
  launch: { kind: 'app', by: null, root: false },
  macos: { version: '26.1', build: '25B78' },
};

export function factsFrom({ platform = 'darwin', question = {}, seen: sights = {} }: Told): Facts {
  const blank = blankFacts({ ...TARGET, ...question }, platform);
  const told = Object.entries({ ...PLAIN, ...sights }).map(([name, value]) => [name, seen(value)]);
  return { ...blank, seen: { ...blank.seen, ...Object.fromEntries(told) } };
}

/** Probes that see what these facts say, and look at nothing. */
export function probesSeeing(facts: Facts): Probes {
  const { names, connect, loopback, tls, remote, throughGateway, runtime, appleTool, router, gateway, server, launch } =
    facts.seen;
  const { interpreter } = facts.seen;
  const { permission, macos, extensions, filters, vpns, bundle, copies, path, proxyVariables, lastGood } = facts.seen;
  return {
    names: saying(names),
    connect: saying(connect),
    loopback: saying(loopback),
    tls: saying(tls),
    remote: saying(remote),
    throughGateway: saying(throughGateway),
    runtime: saying(runtime),
    appleTool: saying(appleTool),
    router: saying(router),
    gateway: saying(gateway),
    server: saying(server),
    interpreter: saying(interpreter),
    launch: saying(launch),
    permission: saying(permission),
    macos: saying(macos),
    extensions: saying(extensions),
    filters: saying(filters),
    vpns: saying(vpns),
    bundle: saying(bundle),
    copies: saying(copies),
    path: saying(path),
    proxyVariables: saying(proxyVariables),
    lastGood: saying(lastGood),
  };
}

/** Probes that find nothing, for tests that care about one. */
export function blankProbes(changes: Partial<Probes> = {}): Probes {
  return { ...probesSeeing(blankFacts(TARGET, 'linux')), ...changes };
}

function saying<Value>(observed: Observed<Value>): Probe<Value> {
  return () => Promise.resolve(observed);
}
