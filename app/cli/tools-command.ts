import { join } from 'node:path';
import { appFolder } from '../base/home-folder.ts';
import { nearest } from '../base/nearest.ts';
import { isObject } from '../base/schema/index.ts';
import { plainly } from '../base/unseen.ts';
import { ControlFault } from '../control/client/index.ts';
import { CODES, type ControlledChange, type ControlledTool } from '../control/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { createLog } from '../log/index.ts';
import { judgedTools, KnownLists, lets, listedTools, ToolApprovals } from '../servers/index.ts';
import { joinCommandLine } from '../settings/command-line.ts';
import type { ServerSetting, Settings } from '../settings/index.ts';
import { changedRules, hidingRules, isPattern, matchesGlob, TOOL_LIMITS, tokensOf } from '../settings/patterns.ts';
import { escaped, jsonText, padded, printable, columns as widthOf } from './columns.ts';
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
  /** Those that are not as they were approved. Throws as `tools` does. */
  changes(server: string): Promise<readonly ControlledChange[]>;
  /** Answers the names of those that have changed again. */
  approve(server: string, tools: readonly ControlledChange[]): Promise<readonly string[]>;
}

const UNCHANGED = { change: null, isHeld: false } as const;

/** Columns of a description; `--json` has all of it. */
const LONGEST_DESCRIPTION = 100;

/**
 * Lists the tools of a server, changes which of them clients get, or shows and approves what has changed: in the running instance that is
 * meant, by its control socket, else in the app's files. Resolves with the exit status: 0 when it is done, else 1.
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
    if (action.kind === 'changes') {
      const changes = await desk.changes(server);
      const lines = command.json ? [jsonText({ server, changes }).trimEnd()] : changesView(server, changes, text);
      out.write(`${lines.join('\n')}\n`);
      return 0;
    }
    if (action.kind === 'approve') {
      const words = text.toolChanges.commandLine;
      const { tools, remarks } = toApprove(server, action.names, await desk.changes(server), text);
      const different = tools.length === 0 ? [] : await desk.approve(server, tools);
      const approved = tools.map(({ name }) => name).filter((name) => !different.includes(name));
      if (approved.length > 0) out.write(`${printable(words.approved(approved))}\n`);
      else if (action.names === null && different.length === 0) out.write(`${printable(words.none(server))}\n`);
      for (const sentence of remarks) note(sentence);
      if (different.length > 0) note(words.different(different, lookAt(server)));
      return remarks.length === 0 && different.length === 0 ? 0 : 1;
    }
    const tools = await desk.tools(server);
    if (action.kind === 'list') {
      const lines = command.json
        ? [jsonText(jsonOf(server, tools)).trimEnd()]
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
    const isOfChanges = command.action.kind === 'changes' || command.action.kind === 'approve';
    if (!methods.includes(isOfChanges ? 'servers.changes' : 'servers.tools')) {
      client.close();
      return text.commandLine.instance.tooOld(version);
    }
    const asked = async (server: string) => {
      const answer = await client.request('servers.tools', { server });
      const tools = isObject(answer) ? (answer['tools'] as readonly ControlledTool[] | null) : null;
      // An instance of an earlier version says nothing of changes.
      return tools?.map((tool) => ({ ...UNCHANGED, ...tool })) ?? null;
    };
    const changes = async (server: string) => {
      const answer = await client.request('servers.changes', { server });
      return isObject(answer) ? (answer['changes'] as readonly ControlledChange[]) : [];
    };
    const approve = async (server: string, tools: readonly ControlledChange[]) => {
      const seen = tools.map(({ name, hash }) => ({ name, hash }));
      const answer = await client.request('servers.approve', { server, tools: seen });
      return isObject(answer) ? (answer['different'] as readonly string[]) : [];
    };
    return { ...deskOf(client), tools: asked, changes, approve };
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
    changes: async (server) => keptApprovals(server, await desk.read(), text).changesOf(server),
    approve: async (server, tools) => keptApprovals(server, await desk.read(), text).approve(server, tools),
  };
}

/** What the app has written down of a server before it ended. */
function keptTools(server: string, settings: Settings, text: AppText): readonly ControlledTool[] | null {
  const changes = keptApprovals(server, settings, text).changesOf(server);
  const file = join(appFolder(thisPerson()), 'app-known-lists.json');
  const known = new KnownLists(file, createLog({ level: 'error' }).log).of(server);
  return judgedTools(listedTools(known), settings, server, changes);
}

function keptApprovals(server: string, settings: Settings, text: AppText): ToolApprovals {
  if (settings.servers.every(({ name }) => name !== server)) {
    const sentence = inARow(unknownServer(server, settings.servers, text), text.cliRun.server.noInstance(null));
    throw new ControlFault(CODES.refused, 'no-such-server', sentence);
  }
  const file = join(appFolder(thisPerson()), 'app-tool-approvals.json');
  const approvals = new ToolApprovals(file, createLog({ level: 'error' }).log);
  approvals.apply(settings.servers);
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
  if (action.kind !== 'allow' && action.kind !== 'deny') return [];
  const words = text.commandLine.tools;
  const listed = tools?.map(({ name }) => name) ?? [];
  return action.names.flatMap((name) => {
    const remarks: string[] = [];
    if (tools !== null && !listed.some((tool) => matchesGlob(name, tool))) {
      const near = isPattern(name) ? null : nearest(name, listed);
      const sentence = isPattern(name) ? words.fitsNothing(server, name) : words.noSuchTool(server, name);
      remarks.push(near === null ? sentence : inARow(sentence, text.cliUsage.didYouMean(near)));
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
  const { kinds, commandLine } = text.toolChanges;
  const rows = tools.map(({ name, bytes, description, isOn, isHeld, change }) => ({
    state: [
      isHeld && isOn ? commandLine.held : isOn ? words.on : words.off,
      ...(change === null ? [] : [kinds[change]]),
    ].join(text.status.comma),
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
    ...(tools.some(({ change }) => change !== null) ? [commandLine.look(lookAt(server))] : []),
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
  const on = tools.filter(({ isOn, isHeld }) => isOn && !isHeld);
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

/** What `tools SERVER changes` prints: each tool with why it matters and what differs, line by line. */
function changesView(server: string, changes: readonly ControlledChange[], text: AppText): readonly string[] {
  const words = text.toolChanges;
  if (changes.length === 0) return [words.commandLine.none(server)];
  const waiting = changes.filter(({ kind }) => kind !== 'gone').length;
  return [
    ...changes.flatMap((change) => [...viewOf(change, text), '']),
    ...(waiting === 0 ? [] : [words.commandLine.toApprove(approvalOf(server, changes))]),
  ];
}

const MARKS = { same: '  ', removed: '- ', added: '+ ', gap: '…' } as const;

function viewOf({ name, kind, severity, signs, isHeld, diff }: ControlledChange, text: AppText): readonly string[] {
  const words = text.toolChanges;
  const said = [
    words.kinds[kind],
    ...(isHeld ? [words.held] : []),
    ...(kind === 'gone' ? [] : [words.severity[severity]]),
  ];
  return [
    `${plainly(name)}: ${said.join(text.status.comma)}`,
    ...wordsFor(signs, words.signs).map((sign) => `  ! ${sign}`),
    ...(diff ?? []).flatMap(({ part, lines }) => [
      ...wordsFor([part], words.parts).map((one) => `  ${one}`),
      ...lines.map((line) => `    ${MARKS[line.kind]}${escaped(line.text)}`.trimEnd()),
    ]),
    ...(diff === null ? [`  ${words.notKept}`] : []),
  ];
}

/** A newer instance may know more than this command does. */
function wordsFor(keys: readonly string[], words: Readonly<Record<string, string>>): readonly string[] {
  return keys.map((key) => (Object.hasOwn(words, key) ? (words[key] ?? key) : key));
}

/** The command that approves what is shown. */
function approvalOf(server: string, changes: readonly ControlledChange[]): string {
  const [only, another] = changes;
  const isOne = only !== undefined && another === undefined;
  const names = isOne ? [...(only.name.startsWith('-') ? ['--'] : []), only.name] : ['--all'];
  return `mcp-gangway tools ${joinCommandLine([server, 'approve', ...names].map(escaped))}`;
}

/** The command that shows what waits for approval. */
function lookAt(server: string): string {
  return `mcp-gangway tools ${joinCommandLine([server, 'changes'])}`;
}

/** Of tools that are to be approved, those that wait for it, and sentences on the others. `names` is null for all. */
function toApprove(
  server: string,
  names: readonly string[] | null,
  changes: readonly ControlledChange[],
  text: AppText,
): { readonly tools: readonly ControlledChange[]; readonly remarks: readonly string[] } {
  if (names === null) return { tools: changes, remarks: [] };
  const waiting = new Set(changes.map(({ name }) => name));
  const strangers = names.filter((name) => !waiting.has(name));
  return {
    tools: changes.filter(({ name }) => names.includes(name)),
    remarks: strangers.map((name) => text.toolChanges.commandLine.notWaiting(server, name)),
  };
}
