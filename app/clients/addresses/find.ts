import { isIPv6 } from 'node:net';
import { isHostName } from '../../base/address.ts';
import type { Program } from '../entry/entry.ts';
import {
  argumentsOf,
  type NamedAddress,
  type NamedValue,
  type PortInsertion,
  spanIn,
  variablesOf,
  wholeOf,
} from './address.ts';
import { protocolIn, protocolNamed } from './protocols.ts';

const PROGRAMS = /(?:^|[\\/])(?:ssh|sftp)(?:\.exe)?$/i;
/** The options that take a value (ssh(1), OpenSSH 10). */
const WITH_VALUE = /^-[BbcDEeFIiJLlmOoPpQRSWw]$/;
const PORT = 22;

/** `ssh [-p port] [user@]host …`, as the command or behind one; null where there is none. */
function sshAddress({ command, args }: Pick<Program, 'command' | 'args'>): NamedAddress | null {
  const first = PROGRAMS.test(command) ? 0 : args.findIndex((arg) => PROGRAMS.test(arg)) + 1;
  if (first === 0 && !PROGRAMS.test(command)) return null;
  let port: { readonly number: number; readonly index: number; readonly start: number } | null = null;
  for (let index = first; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('-')) {
      const start = arg.lastIndexOf('@') + 1;
      return {
        host: arg.slice(start),
        port: port?.number ?? PORT,
        protocol: 'ssh',
        hostSpan: { source: { in: 'args', index }, name: '', start, end: arg.length },
        portSpan:
          port === null
            ? null
            : {
                source: { in: 'args', index: port.index },
                name: '-p',
                start: port.start,
                end: (args[port.index] ?? '').length,
              },
        portInsertion: { kind: 'option', index: first, option: '-p' },
      };
    }
    const attached = /^(?:-p|-oPort=)(?=\d)/i.exec(arg)?.[0];
    if (attached !== undefined) port = { number: Number(arg.slice(attached.length)), index, start: attached.length };
    if (!WITH_VALUE.test(arg)) continue;
    index += 1;
    const value = args[index] ?? '';
    const start = arg === '-o' ? (/^Port[ =]/i.exec(value)?.[0].length ?? -1) : 0;
    if ((arg === '-p' || arg === '-o') && start >= 0 && /^\d+$/.test(value.slice(start))) {
      port = { number: Number(value.slice(start)), index, start };
    }
  }
  return null;
}

const URL_HOST = /\b([a-z][a-z0-9+.-]{0,20}):\/\/(?:[^\s/?#@]*@)?(\[[0-9a-f:.]+\]|[^\s/?#:@,[\]]+)(?::(\d{1,5}))?/dgi;
const HOST_AND_PORT = /^(?:[^\s@/]+@)?(\[[0-9a-f:.]+\]|[^\s:@/[\]]+):(\d{1,5})$/di;
/** What comes before the last word, and that word. `PGHOST` is one, `SHIP` and `SKIP` are none. */
const HOST_NAMES = /^(.*?)(hostname|hostaddr|host|(?<![a-z])(?:address|addr|server|broker|ip)|-h)$/i;
/** This machine needs no forward, and `--host 0.0.0.0` is where a server itself listens. */
const HERE = /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|::1?|host\.docker\.internal)$/i;

/** The addresses in a server's arguments and environment, as they are written there. Those of this machine are left out. */
export function addressesIn(program: Program): NamedAddress[] {
  return allAddressesIn(program).filter(({ host }) => !isHere(host));
}

/** Whether a name or an address means this machine, or every address of it. */
export function isHere(host: string): boolean {
  return HERE.test(host);
}

/** Those of this machine included. */
export function allAddressesIn(program: Program): NamedAddress[] {
  const ssh = sshAddress(program);
  const variables = variablesOf(program);
  const options = ssh === null ? argumentsOf(program) : [];
  const named = [program.command.split(/[\\/]/).at(-1) ?? '', ...program.args].map(protocolIn);
  const spoken = named.find((protocol) => protocol !== null) ?? null;
  const found = [variables, options].flatMap((texts) => texts.flatMap((text) => addressIn(text, texts, spoken)));
  return [...found, ...(ssh === null ? [] : [ssh])].filter(isValid);
}

function addressIn(text: NamedValue, all: readonly NamedValue[], spoken: string | null): NamedAddress[] {
  const urls = inUrls(text);
  if (urls.length > 0) return urls;
  return inHostAndPort(text) ?? byName(text, all, spoken);
}

function inUrls(written: NamedValue): NamedAddress[] {
  return [...written.text.matchAll(URL_HOST)].flatMap((match) => {
    const [, scheme = '', host = '', port] = match;
    const [, , hostAt, portAt] = match.indices ?? [];
    const protocol = protocolNamed(scheme);
    if (hostAt === undefined || protocol === null) return [];
    return {
      host: bare(host),
      port: port === undefined ? protocol.port : Number(port),
      protocol: scheme.toLowerCase(),
      hostSpan: spanIn(written, hostAt),
      portSpan: portAt === undefined ? null : spanIn(written, portAt),
      portInsertion: { kind: 'behind-host' },
    };
  });
}

/** Null when the text is something else. */
function inHostAndPort(written: NamedValue): NamedAddress[] | null {
  const match = HOST_AND_PORT.exec(written.text);
  const [, host = '', port] = match ?? [];
  const [, hostAt, portAt] = match?.indices ?? [];
  if (hostAt === undefined || portAt === undefined) return null;
  const protocol = protocolIn(written.name);
  // `image:3` is no address; a name that says so, or a dot, makes one.
  if (!HOST_NAMES.test(written.name) && !/[.:]/.test(host) && protocol === null) return null;
  const spans = { hostSpan: spanIn(written, hostAt), portSpan: spanIn(written, portAt) };
  return [{ host: bare(host), port: Number(port), protocol, ...spans, portInsertion: { kind: 'behind-host' } }];
}

/** `PGHOST` and `PGPORT`, `--host` and `--port`, `-h` and `-p`: values that belong together by their names. */
function byName(written: NamedValue, all: readonly NamedValue[], spoken: string | null): NamedAddress[] {
  const { name, source, text } = written;
  const [, prefix = '', kind = ''] = HOST_NAMES.exec(name) ?? [];
  if (kind === '') return [];
  const gap = kind === '-h' ? '' : (/[-_](?=[^-_]+$)/.exec(name)?.[0] ?? '_');
  const portName = kind === '-h' ? '-p' : `${prefix}${kind === kind.toUpperCase() ? 'PORT' : 'port'}`;
  const portNames = [portName, `${name}${gap}port`].map((each) => each.toLowerCase());
  const port = all.find((each) => portNames.includes(each.name.toLowerCase()) && /^\d{1,5}$/.test(each.text));
  const protocol = protocolIn(name) ?? spoken;
  // A server or an address may be anything that has a name; a host is a host.
  if (port === undefined && !/^-?h/i.test(kind) && !/[.:]/.test(text)) return [];
  const number = port === undefined ? protocolNamed(protocol ?? '')?.port : Number(port.text);
  if (number === undefined) return [];
  const portInsertion: PortInsertion =
    source.in === 'env'
      ? { kind: 'variable', name: portName }
      : { kind: 'option', index: source.index - (written.offset === 0 ? 1 : 0), option: portName };
  return [
    {
      host: bare(text),
      port: number,
      protocol,
      hostSpan: wholeOf(written),
      portSpan: port === undefined ? null : wholeOf(port),
      portInsertion,
    },
  ];
}

function isValid({ host, port }: NamedAddress): boolean {
  return port >= 1 && port <= 65_535 && (isHostName(host) || isIPv6(host));
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
