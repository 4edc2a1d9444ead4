import { shellLine } from '../launch/launcher.ts';
import type { Bridged, BridgedProgram, BridgeFault } from './bridge.ts';
import { type OptionShape, readOptions, WORDS } from './options.ts';

const VALUE = { values: 1 } as const;
const IDLE_VALUE = { values: 1, isIdle: true } as const;

/** The options of supergateway 4. What it listens with and what it says of itself ends with it. */
const OPTIONS: Readonly<Record<string, OptionShape>> = {
  '--stdio': VALUE,
  '--sse': VALUE,
  '--streamableHttp': VALUE,
  '--outputTransport': VALUE,
  '--header': { values: 'many' },
  '--oauth2Bearer': VALUE,
  '--logLevel': IDLE_VALUE,
  '--port': IDLE_VALUE,
  '--host': IDLE_VALUE,
  '--baseUrl': IDLE_VALUE,
  '--ssePath': IDLE_VALUE,
  '--messagePath': IDLE_VALUE,
  '--streamableHttpPath': IDLE_VALUE,
  '--protocolVersion': IDLE_VALUE,
  '--sessionTimeout': IDLE_VALUE,
  '--healthEndpoint': { values: 'many', isIdle: true },
  '--cors': { values: 'many', isIdle: true },
  '--stateful': { values: 0, isIdle: true },
};

/** supergateway's command line; null when it names no server. */
export function readSupergateway(args: readonly string[]): Bridged | BridgedProgram | BridgeFault | null {
  const read = readOptions(args.map(camelCased), OPTIONS);
  if ('unknown' in read) return { kind: 'option', option: read.unknown };
  const last = (name: string): string | undefined => read.options.findLast((option) => option.name === name)?.values[0];
  const [word] = read.words;
  if (word !== undefined) return { kind: 'option', option: WORDS };
  const [sse, streamable, stdio] = [last('--sse'), last('--streamableHttp'), last('--stdio')];
  const url = sse ?? streamable;
  if (url === undefined) return stdio === undefined ? null : programIn(stdio);
  if ((last('--outputTransport') ?? 'stdio') !== 'stdio') return { kind: 'option', option: '--outputTransport' };
  const headers: Record<string, string> = {};
  for (const { name, values } of read.options) {
    if (name !== '--header') continue;
    for (const line of values) {
      const [before = '', ...behind] = line.split(':');
      const [header, value] = [before.trim(), behind.join(':').trim()];
      if (header === '' || value === '') return { kind: 'option', option: '--header' };
      headers[header] = value;
    }
  }
  const bearer = last('--oauth2Bearer');
  if (bearer !== undefined) headers['Authorization'] = `Bearer ${bearer}`;
  const transport = sse === undefined ? 'streamable' : 'sse';
  return { kind: 'url', url, transport, headers, oauth: {}, ca: null };
}

/** Yargs takes `--streamable-http` for `--streamableHttp`. */
function camelCased(word: string): string {
  const [, name = '', rest = ''] = /^(--[a-z0-9]+(?:-[a-z0-9]+)+)(=[\s\S]*)?$/.exec(word) ?? [];
  if (name === '') return word;
  return `--${name.slice(2).replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}${rest}`;
}

/** The server that it starts by a shell; one that only a shell can start is refused. */
function programIn(line: string): BridgedProgram | BridgeFault {
  const read = shellLine(line);
  const [command = '', ...args] = read?.words ?? [];
  if (read === null || !read.isWhole || command === '' || /[$`|*?~]/.test(line))
    return { kind: 'option', option: '--stdio' };
  return { kind: 'program', command, args, folder: read.folder };
}
