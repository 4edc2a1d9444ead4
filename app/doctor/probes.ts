import { type Interfaces, interfacesNow } from '../base/interfaces.ts';
import type { RemoteTrial } from '../servers/index.ts';
import { NOT_APPLICABLE, type Permission, type Probe, type ProbeResults, type Probes, seen } from './facts.ts';
import type { Memory } from './last-good.ts';
import {
  BUNDLE_ID,
  FILTER_COUNTERS,
  launchFacts,
  lookAtBundle,
  lookAtInterpreter,
  lookAtVpns,
  macTool,
  pathFacts,
  proxyVariables,
  readCopies,
  readExtensions,
  readFilters,
  readSwVers,
} from './machine.ts';
import { connectDirectly, connectToRouter, connectWithAppleTool, lookUpNames } from './network/connect.ts';
import { connectThroughGateway, type GatewayAddress, type GatewayControl, lookAtGateway } from './network/gateway.ts';
import { connectToLoopback } from './network/loopback.ts';
import { connectWithRuntimes, runnerFor } from './network/runtime.ts';
import { shakeHands } from './network/tls.ts';
import { type RunCommand, runCommand } from './run-command.ts';
import { findServer, type KnownServer, programOf, serverFacts } from './servers.ts';

/** The machine and the product as the probes of a run find them. */
export interface ProbeEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** The program we run as. */
  readonly executable: string;
  readonly home: string;
  /** The PATH of servers; null for our own. */
  readonly searchPath: () => string | null | Promise<string | null>;
  /** Where the gateway is, or would be. */
  readonly gateway: () => GatewayAddress;
  /** Its control socket or its process; null or left out where there is neither. */
  readonly control?: GatewayControl | null;
  readonly servers: () => Promise<readonly KnownServer[]>;
  /** Asks a server with a URL: one of ours by the running instance. Left out where there are none, null where it cannot be asked. */
  readonly tryRemote?: (server: KnownServer, signal: AbortSignal) => Promise<RemoteTrial | null>;
  /** What must never be shown: the token, passwords of settings. */
  readonly secrets: () => readonly string[];
  /** What we know of the Local Network permission; null where it is not tracked (the command line). */
  readonly permission: () => Permission | null;
  readonly memory: Memory;
  readonly run?: RunCommand;
  readonly interfaces?: () => Interfaces;
}

/** The real probes. Those that ask macOS answer `not-applicable` elsewhere. */
export function systemProbes(environment: ProbeEnvironment): Probes {
  const { platform, env, executable, searchPath, gateway, servers, permission, memory } = environment;
  const { run = runCommand, interfaces = () => interfacesNow() ?? {}, control = null, tryRemote } = environment;
  const childEnv = async (): Promise<NodeJS.ProcessEnv> => {
    const path = await searchPath();
    return path === null ? env : { ...env, PATH: path };
  };
  const tool = <Value>(
    file: string,
    args: readonly string[],
    read: Parameters<typeof macTool<Value>>[4],
  ): Probe<Value> => macTool(platform, run, file, args, read);
  const server = async (name: string): Promise<KnownServer | null> => findServer(await servers(), name);

  return {
    names: lookUpNames,
    connect: connectDirectly({ platform, run, interfaces }),
    loopback: connectToLoopback,
    tls: shakeHands,
    remote: async ({ question, signal }) => {
      const found = question.server === null ? null : await server(question.server);
      if (found?.url === undefined || tryRemote === undefined) return NOT_APPLICABLE;
      return known(await tryRemote(found, signal));
    },
    gateway: lookAtGateway(gateway, control),
    throughGateway: connectThroughGateway(gateway, control),
    runtime: connectWithRuntimes({
      env: childEnv,
      platform,
      program: async (name) => {
        const found = await server(name);
        return found === null ? null : programOf(found);
      },
    }),
    appleTool: connectWithAppleTool(platform, run),
    router: connectToRouter(platform, run),
    server: async ({ question }) => {
      const found = question.server === null ? null : await server(question.server);
      return found === null ? NOT_APPLICABLE : seen(serverFacts(found, await childEnv(), platform));
    },
    interpreter: (context) =>
      lookAtInterpreter(platform, run, async () => {
        const { server: name } = context.question;
        const found = name === null ? null : await server(name);
        const program = found === null ? null : programOf(found);
        if (found === null || program === null) return null;
        const known = await childEnv();
        const runner = program.runtime === null ? null : runnerFor(program.runtime, program.program, known, platform);
        return runner?.file ?? serverFacts(found, known, platform).file;
      })(context),
    launch: () => seen(launchFacts({ env, platform, executable, uid: process.getuid?.() ?? -1 })),
    permission: () => onMac(permission()),
    macos: tool('/usr/bin/sw_vers', [], readSwVers),
    extensions: tool('/usr/bin/systemextensionsctl', ['list'], readExtensions),
    filters: tool('/usr/sbin/sysctl', FILTER_COUNTERS, readFilters),
    vpns: lookAtVpns(platform, run, interfaces),
    bundle: lookAtBundle(platform, run, executable),
    copies: tool('/usr/bin/mdfind', [`kMDItemCFBundleIdentifier == '${BUNDLE_ID}'`], readCopies),
    path: async () => seen(pathFacts(await childEnv(), platform, (await searchPath()) !== null)),
    proxyVariables: () => seen(proxyVariables(env, gateway().port)),
    lastGood: () => known(memory.read()),
  };

  function onMac(state: Permission | null): ReturnType<Probe<ProbeResults['permission']>> {
    return platform === 'darwin' ? known(state) : NOT_APPLICABLE;
  }
}

function known<Value>(value: Value | null): ReturnType<Probe<Value>> {
  return value === null ? NOT_APPLICABLE : seen(value);
}
