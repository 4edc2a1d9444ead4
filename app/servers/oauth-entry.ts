import { read } from '../base/schema/index.ts';
import { oauthSchema } from '../settings/index.ts';
import type { OAuthSetting, RemoteSetting } from '../settings/settings.ts';
import type { JsonNode } from './jsonc.ts';
import { member } from './server-entries.ts';

/** The keys of a sign-in, under every name that clients have for them; the first is ours. */
const KEYS = {
  clientId: ['clientId', 'client_id', 'CLIENT_ID'],
  clientSecret: ['clientSecret', 'client_secret', 'CLIENT_SECRET'],
  scope: ['scope', 'scopes'],
  resource: ['resource'],
  authorizeParams: ['authorizeParams'],
  authServerMetadataUrl: ['authServerMetadataUrl', 'auth_server_metadata_url'],
  clientMetadataUrl: ['clientMetadataUrl'],
  grantType: ['grantType', 'grant_type', 'grant'],
  callbackHost: ['callbackHost'],
} as const satisfies Readonly<Record<keyof OAuthSetting, readonly string[]>>;

/** Keys that Copilot CLI (`oauthClientId`, `oauthGrantType`) and Codex (`scopes`, `oauth_resource`) have beside the sign-in. */
export const OAUTH_KEYS_BESIDE = {
  oauthClientId: 'clientId',
  oauthGrantType: 'grantType',
  scopes: 'scope',
  oauth_resource: 'resource',
} as const satisfies Readonly<Record<string, keyof OAuthSetting>>;

/** How a text of the entry is filled in: variables, and files where its owner named the file that it stands in. */
export type FillIn = (written: string, node: JsonNode) => string;

/** A sign-in that cannot be understood; `node` is where. */
export class OAuthEntryFault extends Error {
  readonly node: JsonNode;

  constructor(node: JsonNode) {
    super('oauth');
    this.node = node;
  }
}

/**
 * What an entry says of its sign-in, as `oauth` (Claude Code, VS Code, Gemini CLI), `auth` (Cursor) or in keys beside it (Copilot CLI, Codex).
 * Empty when it says nothing. Throws OAuthEntryFault. Keys that mean something to other clients only are left out.
 */
export function oauthIn(entry: JsonNode, fillIn: FillIn): Pick<RemoteSetting, 'oauth'> {
  const node = member(entry, 'oauth') ?? cursorAuth(entry);
  if (node?.kind === 'scalar') {
    if (node.value === false) return { oauth: false };
    if (node.value !== null && node.value !== true) throw new OAuthEntryFault(node);
  }
  if (node?.kind === 'array') throw new OAuthEntryFault(node);
  // Gemini CLI.
  const enabled = member(node, 'enabled');
  if (enabled?.kind === 'scalar' && enabled.value === false) return { oauth: false };
  const given: Record<string, unknown> = {};
  for (const [key, names] of Object.entries(KEYS)) {
    const one = names.map((name) => member(node, name)).find((found) => found !== undefined);
    const value = one === undefined ? undefined : meaningOf(one, fillIn);
    if (value !== undefined) given[key] = value;
  }
  const beside = Object.entries(OAUTH_KEYS_BESIDE).map(([name, key]) => ({ key, found: member(entry, name) }));
  for (const { key, found } of beside) {
    const value = found === undefined || given[key] !== undefined ? undefined : meaningOf(found, fillIn);
    if (value !== undefined) given[key] = value;
  }
  if (typeof given['grantType'] === 'string') given['grantType'] = given['grantType'].replace(/-/g, '_');
  if (Object.keys(given).length === 0) return {};
  const reading = read(oauthSchema, given);
  if (!reading.ok) throw new OAuthEntryFault(node ?? beside.find(({ found }) => found !== undefined)?.found ?? entry);
  return { oauth: reading.value };
}

/** Others write `"auth": "oauth"` or a whole other object there. */
function cursorAuth(entry: JsonNode): JsonNode | undefined {
  const node = member(entry, 'auth');
  return node?.kind === 'object' && member(node, 'CLIENT_ID') !== undefined ? node : undefined;
}

/** Undefined for null; a list of scopes as one text. */
function meaningOf(node: JsonNode, fillIn: FillIn): unknown {
  if (node.kind === 'array') return node.items.map((item) => String(meaningOf(item, fillIn))).join(' ');
  if (node.kind === 'object') {
    return Object.fromEntries(node.members.map(({ key, value }) => [key, meaningOf(value, fillIn)]));
  }
  if (node.value === null) return undefined;
  return typeof node.value === 'boolean' ? node.value : fillIn(node.written, node);
}
