import manifest from '../../package.json' with { type: 'json' };
import { isObject } from '../base/schema/index.ts';
import type { Text } from '../i18n/index.ts';
import { isLegacyRevision, NEWEST_LEGACY_REVISION, type ServerFace } from '../mcp/index.ts';
import { editMembers, type JsonObject, objectIn, parsedJson, stringIn } from '../mcp/jsonrpc/index.ts';
import type { Member } from './known-member.ts';
import { TASKS_EXTENSION } from './locate.ts';

/** Characters of one server's instructions that are passed on: clients put all of them into the context of a model. */
const LONGEST_INSTRUCTIONS = 2048;

/**
 * What is declared whichever servers are there: they come and go, and a client asks once. Lists that no server has are empty, and what can
 * be asked for and belongs to no server is refused by name.
 */
const CAPABILITIES = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  completions: {},
  logging: {},
} as const;

/** The answer to `initialize` in the name of all of them (2025-11-25, basic/lifecycle, Initialization). */
export function introductionOf(title: string, asked: unknown, members: readonly Member[], text: Text): JsonObject {
  const revision = isObject(asked) ? stringIn(asked, 'protocolVersion') : undefined;
  return {
    protocolVersion: revision !== undefined && isLegacyRevision(revision) ? revision : NEWEST_LEGACY_REVISION,
    capabilities: capabilitiesOf(members),
    serverInfo: { name: 'mcp-gangway', title, version: manifest.version },
    instructions: instructionsOf(members, text),
  };
}

/**
 * What a client says of itself, for each of the servers: as it wrote it, with what a strict server needs and some clients leave out. JSON
 * text.
 */
export function towardMembers(params: Buffer | undefined): Buffer {
  const given = params?.[0] === 0x7b ? params : Buffer.from('{}');
  const said = parsedJson(given);
  const { protocolVersion, capabilities, clientInfo } = isObject(said) ? said : {};
  const isKnown = typeof protocolVersion === 'string' && isLegacyRevision(protocolVersion);
  const edits = new Map<string, string>([
    ...(isKnown ? [] : [['protocolVersion', JSON.stringify(NEWEST_LEGACY_REVISION)] as const]),
    ...(isObject(capabilities) ? [] : [['capabilities', '{}'] as const]),
    ...(isObject(clientInfo)
      ? []
      : [['clientInfo', JSON.stringify({ name: 'mcp-gangway', version: manifest.version })] as const]),
  ]);
  return editMembers(given, edits);
}

/** One server alone may have more to declare; of several, nothing tells which of them such a request would be for. */
function capabilitiesOf(members: readonly Member[]): JsonObject {
  const [only, another] = members;
  if (another !== undefined) return { ...CAPABILITIES, ...tasksOf(members) };
  const face = only?.known.lists?.face ?? null;
  if (face === null) return CAPABILITIES;
  const own = face.capabilities;
  const merged = Object.entries(CAPABILITIES).map(([name, value]) => [name, { ...objectIn(own, name), ...value }]);
  return { ...own, ...Object.fromEntries(merged) };
}

/** Of several servers, those tasks that a call begins: the id tells whose each is. A list of all would be one of no server. */
function tasksOf(members: readonly Member[]): JsonObject {
  const all = members.map(({ known }) => known.lists?.face.capabilities ?? {});
  const requests = all.map((each) => objectIn(objectIn(objectIn(each, 'tasks'), 'requests'), 'tools'));
  return {
    ...(requests.some((each) => isObject(each['call']))
      ? { tasks: { cancel: {}, requests: { tools: { call: {} } } } }
      : {}),
    ...(all.some((each) => isObject(objectIn(each, 'extensions')[TASKS_EXTENSION]))
      ? { extensions: { [TASKS_EXTENSION]: {} } }
      : {}),
  };
}

/** How names are made, then who is not there, then what each server says, under its name. */
function instructionsOf(members: readonly Member[], text: Text): string {
  const words = text.aggregate.instructions;
  const prefixed = members.filter(({ alias }) => alias !== '').map(({ name, alias }) => ({ name, alias }));
  const absent = members.flatMap((member) => {
    const why = absenceOf(member, text);
    return why === null ? [] : [{ name: member.name, why }];
  });
  const said = members.flatMap(({ name, known, isStopped }) => {
    const own = isStopped() ? null : instructionsIn(known.lists?.face ?? null);
    return own === null ? [] : [`## ${name}\n${own}`];
  });
  return [
    ...(prefixed.length === 0 ? [] : [words.names(prefixed)]),
    ...(absent.length === 0 ? [] : [words.absent(absent)]),
    ...said,
  ].join('\n\n');
}

/** Why nothing of a server can be used now; null where that is not known. */
function absenceOf({ name, known, isStopped }: Member, text: Text): string | null {
  if (isStopped()) return text.servers.stopped(name);
  if (known.absence !== null) return known.absence;
  return known.lists === null ? text.aggregate.silent(name) : null;
}

function instructionsIn(face: ServerFace | null): string | null {
  const whole = face?.instructions?.trim() ?? '';
  if (whole === '') return null;
  return whole.length <= LONGEST_INSTRUCTIONS ? whole : `${whole.slice(0, LONGEST_INSTRUCTIONS).toWellFormed()}…`;
}
