import type { Bridged, BridgeFault } from './bridge.ts';
import { type OptionShape, readOptions, WORDS } from './options.ts';

const IDLE = { values: 0, isIdle: true } as const;
const IDLE_VALUE = { values: 1, isIdle: true } as const;

/**
 * The options of Python's mcp-proxy 0.11. Those of its server half and of programs that it starts mean nothing in front of a URL.
 * `--no-verify-ssl` and a token endpoint of one's own have no counterpart here.
 */
const OPTIONS: Readonly<Record<string, OptionShape>> = {
  '-H': { values: 2 },
  '--headers': { values: 2 },
  '--transport': { values: 1 },
  '--verify-ssl': { values: 'maybe' },
  '--debug': IDLE,
  '--no-debug': IDLE,
  '--stateless': IDLE,
  '--no-stateless': IDLE,
  '--pass-environment': IDLE,
  '--no-pass-environment': IDLE,
  '--log-level': IDLE_VALUE,
  '--port': IDLE_VALUE,
  '--host': IDLE_VALUE,
  '--sse-port': IDLE_VALUE,
  '--sse-host': IDLE_VALUE,
  '--allow-origin': IDLE_VALUE,
  '--cwd': IDLE_VALUE,
  '-e': { values: 2, isIdle: true },
  '--env': { values: 2, isIdle: true },
};

/** mcp-proxy's command line; null when it has no URL, for then it serves a program and no client can talk to it. */
export function readMcpProxy(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Bridged | BridgeFault | null {
  const read = readOptions(args, OPTIONS);
  const words = 'unknown' in read ? args : read.words;
  // `SSE_URL` is what it had before arguments, and what the first documentation of Home Assistant has.
  const url = words.find((word) => /^https?:\/\//i.test(word)) ?? (words.length === 0 ? env['SSE_URL'] : undefined);
  if ('unknown' in read)
    return url === undefined && !('SSE_URL' in env) ? null : { kind: 'option', option: read.unknown };
  if (url === undefined || url === '') return null;
  const other = read.words.find((word) => word !== url);
  if (other !== undefined) return { kind: 'option', option: WORDS };
  const headers: Record<string, string> = {};
  let transport: Bridged['transport'] = 'sse';
  let ca: string | null = env['SSL_CERT_FILE'] ?? null;
  for (const { name, values } of read.options) {
    const [first = '', second = ''] = values;
    if (name === '--transport') {
      if (first !== 'sse' && first !== 'streamablehttp') return { kind: 'option', option: name };
      transport = first === 'sse' ? 'sse' : 'streamable';
    } else if (name === '--verify-ssl') {
      if (/^(?:false|0|no|off)$/i.test(first)) return { kind: 'option', option: name };
      if (first !== '' && !/^(?:true|1|yes|on)$/i.test(first)) ca = first;
    } else {
      headers[first] = second;
    }
  }
  const token = env['API_ACCESS_TOKEN'] ?? '';
  if (token === '') return { kind: 'url', url, transport, headers, oauth: {}, ca };
  const others = Object.entries(headers).filter(([header]) => header.toLowerCase() !== 'authorization');
  const all = { ...Object.fromEntries(others), Authorization: `Bearer ${token}` };
  return { kind: 'url', url, transport, headers: all, oauth: {}, ca };
}
