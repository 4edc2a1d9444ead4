import { LOG_LEVELS } from '../base/log.ts';
import {
  boolean,
  enumeration,
  integer,
  isObject,
  list,
  nullable,
  object,
  read,
  record,
  type Schema,
  type Shape,
  text,
  union,
  whenTested,
} from '../base/schema/index.ts';
import {
  CHANGE_MODES,
  type ForwardSetting,
  GRANT_TYPES,
  type GroupSetting,
  type Limits,
  MEBIBYTE,
  type NameRules,
  type OAuthSetting,
  type ProgramSetting,
  type RemoteSetting,
  type ServerRules,
  type ServerSetting,
  type SetSetting,
  type Settings,
  type TlsSetting,
  type TokenSetting,
} from './settings.ts';

const port = integer({ min: 1, max: 65_535 });
/** A host name or an address, never a URL. */
const host = text({ min: 1, max: 253, pattern: whenTested(String.raw`^[\p{L}\p{N}._:%-]+$`) });
/** No control characters: they could write lines of their own into a log or a header. */
const oneLine = text({ max: 4096, pattern: whenTested(String.raw`^\P{Cc}*$`) });

export const forwardSchema = object<ForwardSetting>({ port, host, targetPort: port });

/** Letters and digits of every script, none of them a capital; no letter that cannot be seen. */
const SERVER_NAME = whenTested(
  String.raw`^(?![\p{Lu}\p{Lt}\p{Default_Ignorable_Code_Point}])[\p{L}\p{N}](?:(?![\p{Lu}\p{Lt}\p{Default_Ignorable_Code_Point}])[\p{L}\p{N}\p{M}._-])*$`,
);

export const serverName = text({ min: 1, max: 64, pattern: SERVER_NAME });

export const aliasSchema = text({ max: 24, pattern: /^[A-Za-z0-9_]*$/ });
const patterns = list(text({ min: 1, max: 2048 }), 4096);
const nameRules = object<NameRules>({ allow: patterns, deny: patterns }, ['allow', 'deny']);
const rules: Shape<ServerRules> = { tools: nameRules, prompts: nameRules, resources: nameRules };
const RULES = ['tools', 'prompts', 'resources'] as const;

export const nameRulesSchema = nameRules;

/** See ServerSetting.changes. */
export const changeMode = enumeration(CHANGE_MODES);

/** A path segment, a part of settings and of command lines: no character that one of them would have to escape. */
export const setName = text({ min: 1, max: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ });

const setSchema = object<SetSetting>({ name: setName, servers: record(object<ServerRules>(rules, RULES)) });

export const setsSchema = list(setSchema, 256);

const named = {
  name: serverName,
  title: text({ min: 1, max: 256 }),
  alias: aliasSchema,
  era: enumeration(['auto', 'legacy', 'dual', 'modern']),
  ...rules,
  changes: changeMode,
} as const;

/** What a server may hold at most: characters of a value, items of a list. */
export const SERVER_LIMITS = {
  command: 4096,
  cwd: 4096,
  args: { items: 256, each: 32_768 },
  env: { each: 32_768 },
  url: 4096,
  headers: { items: 64, each: 8192 },
} as const;

/** What `tokens`, `servers` and `forwards` hold at most. */
export const MOST_ITEMS = 256;

const program: Shape<ProgramSetting> = {
  ...named,
  command: text({ min: 1, max: SERVER_LIMITS.command, pattern: whenTested(String.raw`^\P{Cc}+$`) }),
  args: list(text({ max: SERVER_LIMITS.args.each }), SERVER_LIMITS.args.items),
  env: record(text({ max: SERVER_LIMITS.env.each })),
  cwd: nullable(text({ min: 1, max: SERVER_LIMITS.cwd })),
  spare: boolean,
};

/** Names of header fields (RFC 9110 section 5.1) that are the server's own to set. */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Fields that say how a message is framed or what it is: they are ours, or MCP's. */
const OWN_FIELDS =
  /^(?:host|content-length|content-type|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept|accept-encoding|last-event-id|proxy-.*|mcp-.*)$/i;

/** Whether a header may be given to a server, by its name. */
export function isFreeField(name: string): boolean {
  return FIELD_NAME.test(name) && !OWN_FIELDS.test(name);
}

/** Visible characters and blanks within: a line break would begin a header of its own (RFC 9110 section 5.5). */
const fieldValue = text({
  max: SERVER_LIMITS.headers.each,
  pattern: /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/,
});

/** Whether a header can hold this value. */
export function isHeaderValue(value: string): boolean {
  return read(fieldValue, value).ok;
}

const fieldValues = record(fieldValue);

const headers: Schema<RemoteSetting['headers']> = {
  json: {
    ...fieldValues.json,
    propertyNames: { pattern: FIELD_NAME.source },
    maxProperties: SERVER_LIMITS.headers.items,
  },
  read(value, path, faults) {
    const read = fieldValues.read(value, path, faults);
    const names = Object.keys(read);
    if (names.length > SERVER_LIMITS.headers.items) faults.push({ path, kind: 'length' });
    for (const name of names) if (!isFreeField(name)) faults.push({ path: `${path}.${name}`, kind: 'unknown' });
    return read;
  },
};

const httpUrl = text({ min: 1, max: SERVER_LIMITS.url, pattern: /^https?:\/\/[\x21-\x7e]+$/i });
const no: Schema<false> = {
  json: { const: false },
  read(value, path, faults) {
    if (value !== false) faults.push({ path, kind: 'choice' });
    return false;
  },
};

const oauth: Shape<OAuthSetting> = {
  clientId: text({ min: 1, max: 2048, pattern: /^[\x20-\x7e]+$/ }),
  clientSecret: text({ min: 1, max: 4096, pattern: /^[\x20-\x7e]+$/ }),
  // RFC 6749 section 3.3.
  scope: text({ max: 4096, pattern: /^(?:[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*)?$/ }),
  resource: union<string | false>(no, text({ min: 1, max: 4096, pattern: /^[\x21-\x7e]+$/ })),
  authorizeParams: record(text({ max: 4096 })),
  authServerMetadataUrl: httpUrl,
  clientMetadataUrl: httpUrl,
  grantType: enumeration(GRANT_TYPES),
  callbackHost: enumeration(['127.0.0.1', 'localhost']),
};

export const oauthSchema = object<OAuthSetting>(oauth, [
  'clientId',
  'clientSecret',
  'scope',
  'resource',
  'authorizeParams',
  'authServerMetadataUrl',
  'clientMetadataUrl',
  'grantType',
  'callbackHost',
]);

const file = text({ min: 1, max: 4096, pattern: whenTested(String.raw`^\P{Cc}+$`) });

const tlsSchema = object<TlsSetting>(
  { ca: file, cert: file, key: file, fingerprint: text({ min: 64, max: 64, pattern: /^[0-9a-f]+$/ }) },
  ['ca', 'cert', 'key', 'fingerprint'],
);

const remote: Shape<RemoteSetting> = {
  ...named,
  url: httpUrl,
  oauth: {
    json: { anyOf: [no.json, oauthSchema.json] },
    read: (value, path, faults) => (value === false ? false : oauthSchema.read(value, path, faults)),
  },
  transport: enumeration(['auto', 'streamable', 'sse']),
  headers,
  tls: tlsSchema,
  lanCredentials: boolean,
};

const programSchema = object<ProgramSetting>(program, ['title', 'alias', 'changes', ...RULES]);
const remoteSchema = object<RemoteSetting>(remote, [
  ...(['title', 'alias', 'changes'] as const),
  ...RULES,
  ...(['oauth', 'tls', 'lanCredentials'] as const),
]);

/** A URL makes it a remote one: what is wrong is then said of that. */
export const serverSchema: Schema<ServerSetting> = {
  json: { anyOf: [programSchema.json, remoteSchema.json] },
  read: (value, path, faults) =>
    (isObject(value) && Object.hasOwn(value, 'url') ? remoteSchema : programSchema).read(value, path, faults),
};

/** A name goes into the user part of a URL and into metrics. */
export const tokenName = text({ min: 1, max: 128, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ });

export const tokenSchema = object<TokenSetting>(
  {
    name: tokenName,
    hash: text({ min: 64, max: 64, pattern: /^[0-9a-f]+$/ }),
    created: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    client: nullable(text({ min: 1, max: 64 })),
    set: setName,
  },
  ['set'],
);

/** Smallest and largest, both included, in the units of `Limits`. */
export const LIMIT_RANGES = {
  messageBytes: { min: MEBIBYTE, max: 1024 * MEBIBYTE },
  sessions: { min: 1, max: 65_536 },
  sessionIdle: { min: 10_000, max: 86_400_000 },
  children: { min: 1, max: 65_536 },
  parkedCalls: { min: 1, max: 65_536 },
  replayBytes: { min: 0, max: 1024 * MEBIBYTE },
} as const satisfies Readonly<Record<keyof Limits, { readonly min: number; readonly max: number }>>;

const limitsSchema = object<Limits>({
  messageBytes: integer(LIMIT_RANGES.messageBytes),
  sessions: integer(LIMIT_RANGES.sessions),
  sessionIdle: integer(LIMIT_RANGES.sessionIdle),
  children: integer(LIMIT_RANGES.children),
  parkedCalls: integer(LIMIT_RANGES.parkedCalls),
  replayBytes: integer(LIMIT_RANGES.replayBytes),
});

/** See GroupSetting. */
export const groupSchema = object<GroupSetting>({ name: serverName, servers: list(serverName, 256) });

/** The schema of each setting: files, windows and the store all use it. */
export const settingsShape: Shape<Settings> = {
  port,
  host,
  token: nullable(text({ min: 16, max: 1024, pattern: /^[\x21-\x7e]+$/ })),
  tokens: list(tokenSchema, MOST_ITEMS),
  requireToken: boolean,
  trustReverseProxy: boolean,
  lanLoopback: boolean,
  lanForwards: boolean,
  allowedOrigins: list(text({ min: 1, max: 512, pattern: /^[\x21-\x7e]+$/ }), 256),
  allowedHosts: list(host, 256),
  deniedPorts: list(port, 1024),
  upstream: nullable(text({ min: 1, max: 2048, pattern: /^[\x21-\x7e]+$/ })),
  noProxy: oneLine,
  forwards: list(forwardSchema, MOST_ITEMS),
  servers: list(serverSchema, MOST_ITEMS),
  defaultServer: nullable(text({ min: 1, max: 64 })),
  groups: list(groupSchema, 64),
  toolNameLength: integer({ min: 32, max: 128 }),
  sets: setsSchema,
  recordContents: list(text({ min: 1, max: 64 }), 256),
  limits: limitsSchema,
  logLevel: enumeration(LOG_LEVELS),
  language: enumeration(['en', 'zh-Hant']),
};

export const settingsSchema = object<Settings>(settingsShape);
