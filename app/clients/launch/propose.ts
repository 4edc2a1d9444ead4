import type { AppText } from '../../i18n/app.ts';
import type { Program } from '../entry/entry.ts';
import { isMcpRemote, launched, type Probes, readsProxyVariables } from './launcher.ts';

/** Words for protocols that do not run over HTTP, so that no proxy variable can lead them anywhere. */
const WORDS = new Set(
  (
    'ssh sftp scp paramiko netmiko telnet ftp smb samba nfs postgres postgresql psql pg pghost pgvector mysql mariadb mssql sqlserver oracle ' +
    'redis valkey memcached mongo mongodb cassandra kafka rabbitmq amqp nats mqtt zigbee2mqtt modbus bacnet knx snmp ldap ' +
    'imap smtp pop3 adb rtsp onvif vnc rdp mdns ping wol serial'
  ).split(' '),
);

/**
 * The word in a server's command, arguments, addresses or variable names that tells of a protocol besides HTTP; null when
 * there is none. Of values in the environment only an address's scheme is looked at.
 */
export function rawTcpWord({ command, args, env }: Program): string | null {
  const schemes = Object.values(env).map((value) => /^([a-z][a-z0-9+]*):\/\//i.exec(value)?.[1] ?? '');
  const texts = [command.split(/[\\/]/).at(-1) ?? '', ...args, ...Object.keys(env), ...schemes];
  const words = texts.flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/));
  return words.find((word) => WORDS.has(word)) ?? null;
}

export type ProposalReason =
  | { readonly kind: 'reads-proxy'; readonly runtime: 'node' | 'bun' | 'deno' | 'python' }
  | { readonly kind: 'java' }
  /** The JVM sends no password to a proxy by itself. */
  | { readonly kind: 'java-token' }
  | { readonly kind: 'mcp-remote' }
  | { readonly kind: 'container' }
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
  if (start.runtime === 'container') return run({ kind: 'container' });
  if (isMcpRemote(start)) return through({ kind: 'mcp-remote' });
  const word = rawTcpWord(program);
  if (word !== null) return run({ kind: 'raw-tcp', word });
  switch (start.runtime) {
    case 'java':
      return needsToken ? run({ kind: 'java-token' }) : through({ kind: 'java' });
    case 'node':
      return nodeProposal(await probes.nodeVersion(start.program));
    case 'bun':
    case 'deno':
    case 'python':
      return through({ kind: 'reads-proxy', runtime: start.runtime });
    case 'unknown':
      return through({ kind: 'unknown-program' });
    default:
      return start.runtime satisfies never;
  }
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
    case 'container':
      return words.container;
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
