import { isLoopback } from '../base/host.ts';
import { directTargets, parseParent } from '../base/upstream.ts';
import type { Text } from '../i18n/index.ts';
import { isServerAddress } from './server-url.ts';
import { isRemote, type Settings } from './settings.ts';

/** Why one setting is not valid together with the others; the catalogue has a sentence for each. */
export type SettingReason =
  | 'needs-token'
  | 'same-token-name'
  | 'not-a-proxy-address'
  | 'not-an-origin'
  | 'not-a-direct-target'
  | 'same-port'
  | 'same-name'
  | 'not-a-server-address'
  | 'host-with-port'
  | 'same-group-name'
  | 'reserved-name'
  | 'no-such-server';

export interface SettingFault {
  /** `servers.2.name`: property names and list positions, joined by dots. */
  readonly path: string;
  readonly reason: SettingReason;
}

/** What the schema cannot express: a setting is valid alone, but not with the others. Empty when there are no faults. */
export function checkSettings(settings: Settings): readonly SettingFault[] {
  return [
    ...(hasNoToken(settings) && !isLoopback(settings.host) ? [fault('host', 'needs-token')] : []),
    ...repeated(settings.tokens.map(({ name }) => name)).map((i) => fault(`tokens.${i}.name`, 'same-token-name')),
    ...(settings.upstream !== null && parseParent(settings.upstream) === null
      ? [fault('upstream', 'not-a-proxy-address')]
      : []),
    ...settings.allowedOrigins.flatMap((origin, i) =>
      isOrigin(origin) ? [] : [fault(`allowedOrigins.${i}`, 'not-an-origin')],
    ),
    ...repeated([settings.port, ...settings.forwards.map(({ port }) => port)]).map((i) =>
      fault(`forwards.${i - 1}.port`, 'same-port'),
    ),
    ...settings.servers.flatMap((server, i) =>
      isRemote(server) && !isServerAddress(server.url) ? [fault(`servers.${i}.url`, 'not-a-server-address')] : [],
    ),
    ...repeated(settings.servers.map(({ name }) => name)).map((i) => fault(`servers.${i}.name`, 'same-name')),
    ...repeated(settings.groups.map(({ name }) => name)).map((i) => fault(`groups.${i}.name`, 'same-group-name')),
    ...settings.groups.flatMap(({ name }, i) => (name === 'all' ? [fault(`groups.${i}.name`, 'reserved-name')] : [])),
    ...repeated(settings.sets.map(({ name }) => name)).map((i) => fault(`sets.${i}.name`, 'same-name')),
    ...(settings.defaultServer !== null && settings.servers.every(({ name }) => name !== settings.defaultServer)
      ? [fault('defaultServer', 'no-such-server')]
      : []),
  ];
}

function hasNoToken({ token, tokens }: Settings): boolean {
  return token === null && tokens.length === 0;
}

/** Entries of a new NO_PROXY list that mean nothing. One that is stored already is only warned of: other settings must stay changeable. */
export function checkNoProxy(noProxy: string): readonly SettingFault[] {
  return directTargets(noProxy).unknown.length === 0 ? [] : [fault('noProxy', 'not-a-direct-target')];
}

/**
 * Names of a new list of allowed hosts that have a port: the guard compares names alone, so they would let nothing in. One that is stored
 * already is left alone, as in `checkNoProxy`.
 */
export function checkAllowedHosts(hosts: readonly string[]): readonly SettingFault[] {
  return hosts.flatMap((host, i) => (/^[^:]*:[^:]*$/.test(host) ? [fault(`allowedHosts.${i}`, 'host-with-port')] : []));
}

/** What names servers that are not set up, in a sentence each: a slip of the finger, or a server that is yet to come. */
export function unknownNames(
  { servers, sets, recordContents }: Pick<Settings, 'servers' | 'sets' | 'recordContents'>,
  text: Text,
): readonly string[] {
  const names = servers.map(({ name }) => name);
  const unknown = (wanted: readonly string[]) => [...new Set(wanted)].filter((name) => !names.includes(name));
  const words = text.servers.strangers;
  const unrecorded = unknown(recordContents);
  return [
    ...(unrecorded.length === 0 ? [] : [words.recorded(unrecorded, names)]),
    ...sets.flatMap((set) => {
      const inSet = unknown(Object.keys(set.servers));
      return inSet.length === 0 ? [] : [words.inSet(set.name, inSet, names)];
    }),
  ];
}

/** An origin as browsers send it (RFC 6454 section 6.2): scheme, host and port, nothing else. */
function isOrigin(origin: string): boolean {
  if (origin === 'null' || origin === 'file://') return true;
  const url = URL.parse(origin);
  if (url === null || url.host === '') return false;
  return `${url.protocol}//${url.host}` === origin;
}

/** Positions of the values that stood before already. */
function repeated(values: readonly (string | number)[]): readonly number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));
}

function fault(path: string, reason: SettingReason): SettingFault {
  return { path, reason };
}
