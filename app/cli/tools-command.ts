import { join } from 'node:path';
import { nearest } from '../base/nearest.ts';
import { isObject } from '../base/schema/index.ts';
import { appFolder } from '../connect/index.ts';
import { ControlFault } from '../control/client/index.ts';
import { CODES, type ControlledTool } from '../control/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { createLog } from '../log/index.ts';
import { judgedTools, KnownLists, lets, listedTools, ToolApprovals } from '../servers/index.ts';
import { joinCommandLine } from '../settings/command-line.ts';
import type { ServerSetting, Settings } from '../settings/index.ts';
import { changedRules, hidingRules, isPattern } from '../settings/name-rules.ts';
import { matchesGlob } from '../settings/patterns.ts';
import { TOOL_LIMITS, tokensOf } from '../settings/tool-limits.ts';
import { escaped, padded, printable, columns as widthOf } from './columns.ts';
import type { ToolsCommand } from './command.ts';
import { findNamed, thisPerson, troubleOf } from './instance.ts';
import { deskOf, openSettings, type SettingsDesk } from './settings-desk.ts';

interface Output {
  write(text: string): unknown;
}

/** The settings, and what the servers in them have listed. */
interface ToolsDesk extends SettingsDesk {
  /** Null while the server has listed nothing. Throws ControlFault for a server that is not there. */
  tools(server: string): Promise<readonly ControlledTool[] | null>;
}

/** Columns of a description; `--json` has all of it. */
const LONGEST_DESCRIPTION = 100;

/**
 * Lists the tools of a server, or changes which of them clients get: in the running instance that is meant, by its control socket, else
 * in the app's file. Resolves with the exit status: 0 when it is done, else 1.
 */
export async function runTools(command: ToolsCommand, out: Output, err: Output): Promise<0 | 1> {
  const text = appTextIn(command.language);
  const note = (sentence: string): unknown => err.write(`mcp-gangway: ${printable(sentence)}\n`);
  const fail = (sentence: string): 1 => {
    note(sentence);
    return 1;
  };
  const { server, action } = command;
  const desk = await openTools(command, text);
  if (typeof desk === 'string') return fail(desk);
  try {
    const tools = await desk.tools(server);
    if (action.kind === 'list') {
      const lines = command.json
        ? JSON.stringify(jsonOf(server, tools), null, 2).split('\n').map(escaped)
        : listOf(server, tools, text).map(printable);
      out.write(`${lines.join('\n')}\n`);
      return 0;
    }
    const { servers } = await desk.read();
    const setting = servers.find(({ name }) => name === server);
    if (setting === undefined) return fail(unknownServer(server, servers, text));
    const before = setting.tools ?? {};
    const rules = changedRules(before, action.kind, action.names);
    if (rules !== before) {
      const changed = servers.map((one) => (one === setting ? withRules(setting, rules) : one));
      const refusal = await desk.change({ servers: changed });
      if (refusal !== null) return fail(refusal);
    }
    const judged = tools?.map((tool) => ({ ...tool, isOn: lets(rules, 'tools', tool.name) })) ?? null;
    const lines = [
      ...(rules === before ? [text.commandLine.clients.nothingToDo] : []),
      ...(judged === null ? [] : sumOf(judged, text)),
    ];
    if (lines.length > 0) out.write(`${lines.map(printable).join('\n')}\n`);
    for (const sentence of remarksOn(command, rules, tools, text)) note(sentence);
    if (rules !== before && !desk.isRunning) note(text.commandLine.instance.fromNextStart);
    return 0;
  } catch (error) {
    return fail(error instanceof ControlFault ? error.message : text.commandLine.instance.broke);
  } finally {
    desk.close();
  }
}

/** What is read and what is changed is one and the same instance; a sentence where there is none. */
async function openTools(command: ToolsCommand, text: AppText): Promise<ToolsDesk | string> {
  const found = await findNamed(command, thisPerson());
  if (found.kind === 'found') {
    const { client } = found;
    const { methods, version } = client.hello;
    if (!methods.includes('servers.tools')) {
      client.close();
      return text.commandLine.instance.tooOld(version);
    }
    const asked = async (server: string) => {
      const answer = await client.request('servers.tools', { server });
      return isObject(answer) ? (answer['tools'] as readonly ControlledTool[] | null) : null;
    };
    return { ...deskOf(client), tools: asked };
  }
  if (found.kind !== 'none' || command.port !== null) {
    return troubleOf(found, text) ?? text.cliRun.server.noInstance(command.port);
  }
  const desk = await openSettings(text);
  if (typeof desk === 'string') return desk;
  return {
    get isRunning() {
      return desk.isRunning;
    },
    read: () => desk.read(),
    shown: () => desk.shown(),
    change: (patch) => desk.change(patch),
    close: () => desk.close(),
    tools: async (server) => keptTools(server, await desk.read(), text),
  };
}

/** What the app has written down of a server before it ended. */
function keptTools(server: string, settings: Settings, text: AppText): readonly ControlledTool[] | null {
  if (settings.servers.every(({ name }) => name !== server)) {
    const sentence = `${unknownServer(server, settings.servers, text)} ${text.cliRun.server.noInstance(null)}`;
    throw new ControlFault(CODES.refused, 'no-such-server', sentence);
  }
  const file = join(appFolder(thisPerson()), 'app-known-lists.json');
  const known = new KnownLists(file, createLog({ level: 'error' }).log).of(server);
  return judgedTools(listedTools(known), settings, server, keptApprovals(settings).changesOf(server));
}

function keptApprovals({ servers }: Settings): ToolApprovals {
  const file = join(appFolder(thisPerson()), 'app-tool-approvals.json');
  const approvals = new ToolApprovals(file, createLog({ level: 'error' }).log);
  approvals.apply(servers);
  return approvals;
}

function unknownServer(server: string, servers: readonly ServerSetting[], text: AppText): string {
  return text.servers.unknownServer(
    server,
    servers.map(({ name }) => name),
  );
}

function withRules({ tools: _, ...setting }: ServerSetting, rules: NonNullable<ServerSetting['tools']>): object {
  return Object.keys(rules).length === 0 ? setting : { ...setting, tools: rules };
}

/** A slip of the finger is told at once; the rule may be meant for a tool that comes later. */
function remarksOn(
  { server, action }: ToolsCommand,
  rules: NonNullable<ServerSetting['tools']>,
  tools: readonly ControlledTool[] | null,
  text: AppText,
): readonly string[] {
  if (action.kind === 'list') return [];
  const words = text.commandLine.tools;
  const listed = tools?.map(({ name }) => name) ?? [];
  return action.names.flatMap((name) => {
    const remarks: string[] = [];
    if (tools !== null && !listed.some((tool) => matchesGlob(name, tool))) {
      const near = isPattern(name) ? null : nearest(name, listed);
      const sentence = isPattern(name) ? words.fitsNothing(server, name) : words.noSuchTool(server, name);
      remarks.push(near === null ? sentence : `${sentence} ${text.cliUsage.didYouMean(near)}`);
    }
    const hiding = action.kind === 'allow' ? hidingRules(rules, name, listed) : [];
    if (hiding.length > 0) {
      const command = `mcp-gangway tools ${joinCommandLine([server, 'allow', ...hiding])}`;
      remarks.push((isPattern(name) ? words.stillHiddenPartly : words.stillHidden)(name, hiding, command));
    }
    return remarks;
  });
}

function listOf(server: string, tools: readonly ControlledTool[] | null, text: AppText): readonly string[] {
  const words = text.commandLine.tools;
  if (tools === null) return [words.unknown(server)];
  if (tools.length === 0) return [words.empty(server)];
  const rows = tools.map(({ name, bytes, description, isOn }) => ({
    state: isOn ? words.on : words.off,
    name: printable(name),
    tokens: words.tokens(tokensOf(bytes)),
    says: shortened(firstLine(description)),
  }));
  const width = (of: 'state' | 'name' | 'tokens') => Math.max(...rows.map((row) => widthOf(row[of])));
  const [state, name, tokens] = [width('state'), width('name'), width('tokens')];
  return [
    ...rows.map((row) => {
      const size = ' '.repeat(tokens - widthOf(row.tokens)) + row.tokens;
      return `${padded(row.state, state)}  ${padded(row.name, name)}  ${size}  ${row.says}`.trimEnd();
    }),
    '',
    ...sumOf(tools, text),
  ];
}

/** How much of a client's room the tools take that are on. */
function sumOf(tools: readonly ControlledTool[], text: AppText): readonly string[] {
  const { sum, above } = text.commandLine.tools;
  const { on, tokens, exceeded } = sizeOf(tools);
  return [sum(on, tools.length, tokens), ...(exceeded.length === 0 ? [] : [above(exceeded)])];
}

function jsonOf(server: string, tools: readonly ControlledTool[] | null): object {
  if (tools === null) return { server, tools };
  const { on, tokens, exceeded } = sizeOf(tools);
  return {
    server,
    tools: tools.map((tool) => ({ ...tool, tokens: tokensOf(tool.bytes) })),
    on,
    tokens,
    above: exceeded,
  };
}

function sizeOf(tools: readonly ControlledTool[]) {
  const on = tools.filter(({ isOn }) => isOn);
  return {
    on: on.length,
    tokens: on.reduce((sum, { bytes }) => sum + tokensOf(bytes), 0),
    exceeded: TOOL_LIMITS.filter((limit) => on.length > limit.tools),
  };
}

function firstLine(description: string): string {
  return description.trim().split(/\r?\n/, 1)[0] ?? '';
}

function shortened(line: string): string {
  if (widthOf(line) <= LONGEST_DESCRIPTION) return line;
  let rest = LONGEST_DESCRIPTION - 1;
  let kept = '';
  for (const character of line) {
    rest -= widthOf(character);
    if (rest < 0) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
