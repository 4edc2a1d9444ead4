import { isPrivateHost } from '../../base/address.ts';
import type { AppText } from '../../i18n/app.ts';
import { addressesIn, isHere } from '../addresses/find.ts';
import { protocolNamed } from '../addresses/protocols.ts';
import type { Launch, Program } from '../entry/entry.ts';
import { type BridgeName, readBridge } from '../url-bridge/bridge.ts';
import {
  baseName,
  containerRun,
  isMcpRemote,
  launched,
  type Probes,
  readsProxyVariables,
  withholdingWrapper,
} from './launcher.ts';

/** Words for protocols that do not run over HTTP, so that no proxy variable can lead them anywhere. */
const WORDS = new Set(
  (
    'ssh sftp scp paramiko netmiko telnet ftp smb samba nfs postgres postgresql psql pg pghost pgvector mysql mariadb mssql sqlserver oracle ' +
    'redis valkey memcached mongo mongodb cassandra neo4j bolt memgraph kafka rabbitmq amqp nats mqtt zigbee2mqtt modbus bacnet knx snmp ldap ' +
    'imap smtp pop3 adb rtsp onvif vnc rdp mdns ping wol serial'
  ).split(' '),
);

/**
 * The word in a server's command, arguments, addresses or variable names that tells of a protocol besides HTTP; null when
 * there is none. Of values in the environment only an address's scheme is looked at.
 */
function rawTcpWord({ command, args, env }: Program): string | null {
  const schemes = Object.values(env).map((value) => /^([a-z][a-z0-9+]*):\/\//i.exec(value)?.[1] ?? '');
  const texts = [command.split(/[\\/]/).at(-1) ?? '', ...args, ...Object.keys(env), ...schemes];
  const words = texts.flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/));
  return words.find((word) => WORDS.has(word)) ?? rawAddress({ kind: 'program', command, args, env, cwd: null });
}

/** The usual ports of protocols besides HTTP, for addresses that say nothing but host and port. */
const RAW_PORTS: Readonly<Record<number, string>> = {
  22: 'ssh',
  23: 'telnet',
  389: 'ldap',
  502: 'modbus',
  554: 'rtsp',
  636: 'ldaps',
  1433: 'mssql',
  1521: 'oracle',
  1883: 'mqtt',
  3306: 'mysql',
  3389: 'rdp',
  4222: 'nats',
  5432: 'postgres',
  5555: 'adb',
  5672: 'amqp',
  5900: 'vnc',
  6379: 'redis',
  7687: 'bolt',
  8883: 'mqtts',
  9042: 'cassandra',
  9092: 'kafka',
  11211: 'memcached',
  27017: 'mongodb',
};

/** WebSocket libraries connect by themselves: `ws` of npm follows no proxy variable, even where fetch does. */
function rawAddress(program: Program): string | null {
  const texts = [...program.args, ...Object.values(program.env)];
  const socket = texts.map((text) => /\b(wss?):\/\//i.exec(text)?.[1]).find((scheme) => scheme !== undefined);
  if (socket !== undefined) return socket.toLowerCase();
  for (const { protocol, port } of addressesIn(program)) {
    const known = protocol === null ? null : protocolNamed(protocol);
    if (protocol !== null && known !== null && known.isHttp !== true) return protocol;
    const usual = protocol === null ? RAW_PORTS[port] : undefined;
    if (usual !== undefined) return usual;
  }
  return null;
}

export type ProposalReason =
  | { readonly kind: 'reads-proxy'; readonly runtime: 'node' | 'bun' | 'deno' | 'python' }
  | { readonly kind: 'java' }
  /** The JVM sends no password to a proxy by itself. */
  | { readonly kind: 'java-token' }
  | { readonly kind: 'mcp-remote' }
  /** A bridge in front of a URL: Gangway connects there itself. */
  | {
      readonly kind: 'bridge';
      readonly bridge: BridgeName;
      readonly host: string;
      readonly product: Product | null;
      readonly isContained: boolean;
    }
  /** A bridge around a program, which is the server. */
  | { readonly kind: 'bridged-program'; readonly bridge: BridgeName }
  | { readonly kind: 'container' }
  /** A wrapper that hands no variables on. */
  | { readonly kind: 'withheld'; readonly program: string }
  /** A container whose command line takes variables. */
  | { readonly kind: 'container-run'; readonly host: string }
  /** Another system, such as WSL. */
  | { readonly kind: 'machine'; readonly program: string }
  /** A script, which may start anything. */
  | { readonly kind: 'script'; readonly program: string }
  /** A server with an address in the local network, which the client connects to itself. */
  | { readonly kind: 'remote'; readonly host: string; readonly product: Product | null }
  | { readonly kind: 'raw-tcp'; readonly word: string }
  | { readonly kind: 'old-node'; readonly version: string }
  | { readonly kind: 'no-node' }
  | { readonly kind: 'unknown-program' };

export interface Proposal {
  readonly mode: 'through' | 'run';
  readonly reason: ProposalReason;
}

/** The mode that fits a server: through us where its runtime reads proxy variables, in us where none would help. */
export async function proposeMode(program: Program, needsToken: boolean, probes: Probes): Promise<Proposal> {
  const start = launched(program.command, program.args);
  const isContained = start.runtime === 'container';
  const bridge = readBridge(program);
  if (bridge?.kind === 'url') {
    const [host, product] = [hostIn(bridge.url), productAt(bridge.url)];
    return run({ kind: 'bridge', bridge: bridge.bridge, host, product, isContained });
  }
  if (isContained) return containerProposal(program);
  if (bridge?.kind === 'program') return run({ kind: 'bridged-program', bridge: bridge.bridge });
  const wrapper = withholdingWrapper(program.command, program.args);
  // On another system, or behind sudo, no variable of ours gets to it.
  const isElsewhere = start.runtime === 'machine' || baseName(start.program) === 'ssh' || wrapper !== null;
  if (isMcpRemote(start) && !isElsewhere) return through({ kind: 'mcp-remote' });
  const word = rawTcpWord(program);
  if (word !== null) return run({ kind: 'raw-tcp', word });
  if (wrapper !== null) return run({ kind: 'withheld', program: wrapper });
  switch (start.runtime) {
    case 'java':
      return needsToken ? run({ kind: 'java-token' }) : through({ kind: 'java' });
    case 'node':
      return nodeProposal(await probes.nodeVersion(start.program));
    case 'bun':
    case 'deno':
    case 'python':
      return through({ kind: 'reads-proxy', runtime: start.runtime });
    case 'machine':
      return run({ kind: 'machine', program: baseName(start.program) });
    case 'script':
      return through({ kind: 'script', program: baseName(start.program) });
    case 'unknown':
      return through({ kind: 'unknown-program' });
    default:
      return start.runtime satisfies never;
  }
}

/** What connects itself to a server in the local network is held up with its client; what leaves it is not. */
export function proposeRemote(launch: Launch & { kind: 'address' }): Proposal | null {
  const host = hostIn(launch.url);
  const isNear = host !== '' && !isHere(host) && isPrivateHost(host);
  return isNear ? run({ kind: 'remote', host, product: productAt(launch.url) }) : null;
}

/** What a server is known to be by its address. */
export type Product = 'home-assistant';

/** Home Assistant's MCP server: Streamable HTTP since 2025.11, HTTP+SSE since 2025.2. */
function productAt(url: string): Product | null {
  return /^\/(?:api\/mcp|mcp_server\/sse)\/?$/.test(URL.parse(url)?.pathname ?? '') ? 'home-assistant' : null;
}

function hostIn(url: string): string {
  return URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
}

/** No mode changes the network of a container; its variables can be set where its command line is known. */
function containerProposal(program: Program): Proposal {
  const container = containerRun(program);
  const isRaw = rawTcpWord(program) !== null;
  return container === null || isRaw
    ? run({ kind: 'container' })
    : through({ kind: 'container-run', host: container.host });
}

function nodeProposal(version: string | null): Proposal {
  if (version === null) return run({ kind: 'no-node' });
  return readsProxyVariables(version)
    ? through({ kind: 'reads-proxy', runtime: 'node' })
    : run({ kind: 'old-node', version });
}

function through(reason: ProposalReason): Proposal {
  return { mode: 'through', reason };
}

function run(reason: ProposalReason): Proposal {
  return { mode: 'run', reason };
}

/** What a bridge is written in. */
const RUNTIME: Readonly<Record<BridgeName, string>> = {
  'mcp-remote': 'Node',
  'mcp-proxy': 'Python',
  supergateway: 'Node',
};

/** Why, in one sentence. */
export function proposalSentence({ reason }: Proposal, text: AppText): string {
  const words = text.clients.proposal;
  switch (reason.kind) {
    case 'reads-proxy':
      return words.readsProxy[reason.runtime];
    case 'java':
      return words.java;
    case 'java-token':
      return words.javaToken;
    case 'mcp-remote':
      return words.mcpRemote;
    case 'bridge': {
      const { bridge, host, product, isContained } = reason;
      const where = product === null ? host : words.product[product](host);
      return words.bridge(bridge, where, isContained ? words.engine : RUNTIME[bridge]);
    }
    case 'bridged-program':
      return words.bridgedProgram(reason.bridge);
    case 'container':
      return words.container;
    case 'withheld':
      return words.withheld(reason.program);
    case 'container-run':
      return words.containerRun(reason.host);
    case 'machine':
      return words.machine(reason.program);
    case 'script':
      return words.script(reason.program);
    case 'remote':
      return words.remote(reason.product === null ? reason.host : words.product[reason.product](reason.host));
    case 'raw-tcp':
      return words.rawTcp(reason.word);
    case 'old-node':
      return words.oldNode(reason.version);
    case 'no-node':
      return words.noNode;
    case 'unknown-program':
      return words.unknownProgram;
    default:
      return reason satisfies never;
  }
}
