import { ownValue } from '../../base/own-value.ts';
import { isObject } from '../../base/schema/index.ts';
import type { Bridged, BridgeFault } from './bridge.ts';
import { type OptionShape, readOptions, WORDS, withVariables } from './options.ts';

const VALUE = { values: 1 } as const;
const IDLE = { values: 0, isIdle: true } as const;
const IDLE_VALUE = { values: 1, isIdle: true } as const;

/**
 * The options of mcp-remote 0.15.1. Timeouts, its own log and its own callback end with it. What has no counterpart here
 * (`--ignore-tool`, `--use-id-token`, `--token-endpoint`, `--disable-cookies`, `--header-file`) is not in the table.
 */
const OPTIONS: Readonly<Record<string, OptionShape>> = {
  '--header': VALUE,
  '--transport': VALUE,
  '--resource': VALUE,
  '--authorize-param': VALUE,
  '--static-oauth-client-info': VALUE,
  '--static-oauth-client-metadata': VALUE,
  '--client-metadata-url': VALUE,
  '--host': VALUE,
  '--disable-resource-parameter': { values: 0 },
  '--device-code': { values: 0 },
  '--client-credentials': { values: 0 },
  '--allow-http': IDLE,
  '--debug': IDLE,
  '--silent': IDLE,
  '--enable-proxy': IDLE,
  '--ipv4': IDLE,
  '--keep-alive': IDLE,
  '--ping-interval': IDLE_VALUE,
  '--protocol': IDLE_VALUE,
  '--auth-timeout': IDLE_VALUE,
  '--connect-timeout': IDLE_VALUE,
  '--headers-timeout': IDLE_VALUE,
  '--body-timeout': IDLE_VALUE,
  '--auth-success-url': IDLE_VALUE,
  '--callback-path': IDLE_VALUE,
};

const TRANSPORTS: Readonly<Record<string, 'auto' | 'sse' | 'streamable'>> = {
  'http-first': 'auto',
  'sse-first': 'auto',
  'sse-only': 'sse',
  'http-only': 'streamable',
};

/** What it fills in itself, in headers and in the client's credentials; no variable has a longer name. */
const VARIABLE = /\$\{([^}]{1,1000})\}/g;

/** Of a client's metadata (RFC 7591 section 2), what is ours to say or of no account. */
const IDLE_METADATA =
  /^(?:client_name|client_uri|logo_uri|software_id|software_version|contacts|tos_uri|policy_uri|redirect_uris|grant_types|response_types|token_endpoint_auth_method|application_type)$/;

/** mcp-remote's command line: the URL, a callback port, options. */
export function readMcpRemote(args: readonly string[], env: Readonly<Record<string, string>>): Bridged | BridgeFault {
  const read = readOptions(args, OPTIONS);
  if ('unknown' in read) return { kind: 'option', option: read.unknown };
  const [url = '', port, ...others] = read.words;
  if (others[0] !== undefined || (port !== undefined && !/^\d{1,5}$/.test(port))) {
    return { kind: 'option', option: WORDS };
  }
  const headers: Record<string, string> = {};
  const oauth: Record<string, unknown> = {};
  const params: Record<string, string> = {};
  let transport: Bridged['transport'] = 'auto';
  for (const { name, values } of read.options) {
    const [written = ''] = values;
    const fault = { kind: 'option', option: name } as const;
    switch (name) {
      case '--header': {
        const [, header, value = ''] = /^([A-Za-z0-9_-]+):\s*([\s\S]*)$/.exec(written) ?? [];
        const full = withVariables(value, VARIABLE, env);
        if (header === undefined) return fault;
        if ('missing' in full) return { kind: 'variable', variable: full.missing };
        headers[header] = full.text.trim();
        break;
      }
      case '--transport': {
        const meant = ownValue(TRANSPORTS, written);
        if (meant === undefined) return fault;
        transport = meant;
        break;
      }
      case '--resource':
        oauth['resource'] = written.trim() === '' ? false : (oauth['resource'] ?? written.trim());
        break;
      case '--disable-resource-parameter':
        oauth['resource'] = false;
        break;
      case '--authorize-param': {
        const at = written.indexOf('=');
        if (at < 1) return fault;
        params[written.slice(0, at)] = written.slice(at + 1);
        break;
      }
      case '--static-oauth-client-info': {
        const full = withVariables(written, VARIABLE, env);
        if ('missing' in full) return { kind: 'variable', variable: full.missing };
        const info = objectIn(full.text);
        if (info === null || typeof info['client_id'] !== 'string') return fault;
        oauth['clientId'] = info['client_id'];
        if (typeof info['client_secret'] === 'string') oauth['clientSecret'] = info['client_secret'];
        break;
      }
      case '--static-oauth-client-metadata': {
        const metadata = objectIn(written);
        if (metadata === null) return fault;
        const rest = Object.keys(metadata).find((key) => key !== 'scope' && !IDLE_METADATA.test(key));
        if (rest !== undefined) return { kind: 'option', option: `${name} ${rest}` };
        if (typeof metadata['scope'] === 'string') oauth['scope'] = metadata['scope'];
        break;
      }
      case '--client-metadata-url':
        oauth['clientMetadataUrl'] = written.trim();
        break;
      case '--host':
        if (written !== 'localhost' && written !== '127.0.0.1') return fault;
        oauth['callbackHost'] = written;
        break;
      case '--device-code':
        oauth['grantType'] = 'device_code';
        break;
      case '--client-credentials':
        oauth['grantType'] = 'client_credentials';
        break;
      default:
        return fault;
    }
  }
  if (Object.keys(params).length > 0) oauth['authorizeParams'] = params;
  // A client that is known already is known by the host that mcp-remote has unless it is told another one.
  if (oauth['clientId'] !== undefined && oauth['grantType'] === undefined) oauth['callbackHost'] ??= 'localhost';
  return { kind: 'url', url, transport, headers, oauth, ca: null };
}

/** Null for what is no JSON object: a file (`@path`), too, which is the bridge's alone to read. */
function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
