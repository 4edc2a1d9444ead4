import {
  boolean,
  enumeration,
  integer,
  list,
  nullable,
  object,
  record,
  type Shape,
  text,
} from '../base/schema/index.ts';
import { LOG_LEVELS } from '../log/log.ts';
import {
  type ForwardSetting,
  type Limits,
  MEBIBYTE,
  type ServerSetting,
  type Settings,
  type TokenSetting,
} from './settings.ts';

const port = integer({ min: 1, max: 65_535 });
/** A host name or an address, never a URL. */
const host = text({ min: 1, max: 253, pattern: /^[\p{L}\p{N}._:%-]+$/u });
/** No control characters: they could write lines of their own into a log or a header. */
const oneLine = text({ max: 4096, pattern: /^\P{Cc}*$/u });

export const forwardSchema = object<ForwardSetting>({ port, host, targetPort: port });

/** Letters and digits of every script, none of them a capital; no letter that cannot be seen. */
const SERVER_NAME =
  /^(?![\p{Lu}\p{Lt}\p{Default_Ignorable_Code_Point}])[\p{L}\p{N}](?:(?![\p{Lu}\p{Lt}\p{Default_Ignorable_Code_Point}])[\p{L}\p{N}\p{M}._-])*$/u;

export const serverName = text({ min: 1, max: 64, pattern: SERVER_NAME });

const server: Shape<ServerSetting> = {
  name: serverName,
  title: text({ min: 1, max: 256 }),
  command: text({ min: 1, max: 4096, pattern: /^\P{Cc}+$/u }),
  args: list(text({ max: 32_768 }), 256),
  env: record(text({ max: 32_768 })),
  cwd: nullable(text({ min: 1, max: 4096 })),
  era: enumeration(['auto', 'legacy', 'dual', 'modern']),
  spare: boolean,
};

export const serverSchema = object<ServerSetting>(server, ['title']);

/** A name goes into the user part of a URL and into metrics. */
export const tokenName = text({ min: 1, max: 128, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ });

export const tokenSchema = object<TokenSetting>({
  name: tokenName,
  hash: text({ min: 64, max: 64, pattern: /^[0-9a-f]+$/ }),
  created: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  client: nullable(text({ min: 1, max: 64 })),
});

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

/** The schema of each setting: files, windows and the store all use it. */
export const settingsShape: Shape<Settings> = {
  port,
  host,
  token: nullable(text({ min: 16, max: 1024, pattern: /^[\x21-\x7e]+$/ })),
  tokens: list(tokenSchema, 256),
  requireToken: boolean,
  lanLoopback: boolean,
  lanForwards: boolean,
  allowedOrigins: list(text({ min: 1, max: 512, pattern: /^[\x21-\x7e]+$/ }), 256),
  allowedHosts: list(host, 256),
  deniedPorts: list(port, 1024),
  upstream: nullable(text({ min: 1, max: 2048, pattern: /^[\x21-\x7e]+$/ })),
  noProxy: oneLine,
  forwards: list(forwardSchema, 256),
  servers: list(serverSchema, 256),
  defaultServer: nullable(text({ min: 1, max: 64 })),
  limits: limitsSchema,
  logLevel: enumeration(LOG_LEVELS),
  language: enumeration(['en', 'zh-Hant']),
};

export const settingsSchema = object<Settings>(settingsShape);
