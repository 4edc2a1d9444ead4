import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ChosenPlace, CLIENTS } from '../clients/index.ts';
import { ControlFault } from '../control/client/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { inARow } from '../i18n/in-a-row.ts';
import type { BulkRequest, ClientServerView } from '../ipc/index.ts';
import { Redactor } from '../log/index.ts';
import { type ClientsDesk, openDesk, type ToldFile, type ToldPreview } from './clients-desk.ts';
import { jsonText, padded, printable, columns as widthOf } from './columns.ts';
import { type ClientsCommand, PARTLY_EXIT, PENDING_EXIT } from './command.ts';

interface Output {
  write(text: string): unknown;
}

type Exit = 0 | 1 | typeof PENDING_EXIT | typeof PARTLY_EXIT;

/**
 * Lists the servers in the files of MCP clients, shows what a change of them would do, makes it or takes it back. Resolves with
 * the exit status: 0 when all that was asked for is done, 1 when nothing is, 3 when it waits for `--yes`, 4 when a part of it
 * stays as it is.
 */
export async function runClients(command: ClientsCommand, out: Output, err: Output): Promise<Exit> {
  const text = appTextIn(command.language);
  const fail = (sentence: string): 1 => {
    err.write(`mcp-gangway: ${printable(sentence)}\n`);
    return 1;
  };
  const client = CLIENTS.find(({ id }) => id === command.client) ?? null;
  if (client === null && command.client !== null) {
    return fail(
      text.commandLine.clients.noSuchClient(command.client, CLIENTS.map(({ id }) => id).join(text.status.comma)),
    );
  }
  const desk = await openDesk(command.port, text, command.action === 'backups' ? 'clients.backups' : 'clients.plan');
  if (typeof desk === 'string') return fail(desk);
  const print = (lines: readonly string[]): void =>
    void out.write(lines.map((line) => `${printable(line)}\n`).join(''));
  try {
    if (command.action === 'backups') return await tellBackups(desk, command, { out, err, print, text });
    const place = placeOf(command);
    const of = { client: client?.id ?? null, server: command.server, ...(place === null ? {} : { place }) };
    const listed = await desk.list(place);
    if (place !== null && listed.length === 0) {
      const { nothingIn, noClientsFile } = text.clientsWindow.chosen;
      if (place.kind === 'folder') return fail(nothingIn(place.folder));
      return fail(
        existsSync(place.file) ? noClientsFile(place.file) : text.servers.config.unreadable(place.file, 'ENOENT'),
      );
    }
    const files = filtered(listed, client?.title ?? null, command.server);
    if (command.server !== null && files.every((file) => serversOf(file).length === 0)) {
      return fail(text.commandLine.clients.noSuchServer(command.server));
    }
    if (command.action === 'list') {
      if (command.json) out.write(jsonText({ files: files.map(shown) }));
      else print(listLines(files, text));
      return 0;
    }
    return await change(desk, requestOf(command, of), command, { out, err, print, text });
  } catch (error) {
    if (error instanceof ControlFault) return fail(error.message);
    if (desk.isRunning) return fail(text.commandLine.instance.broke);
    throw error;
  } finally {
    desk.close();
  }
}

/** With `--file`, `--client` says in whose notation it is. */
function placeOf({ folder, file, client }: ClientsCommand): ChosenPlace | null {
  if (folder !== null) return { kind: 'folder', folder: resolve(folder) };
  const known = CLIENTS.find(({ id }) => id === client);
  return file === null ? null : { kind: 'file', file: resolve(file), client: known?.id ?? null };
}

interface Printer {
  readonly out: Output;
  readonly err: Output;
  readonly print: (lines: readonly string[]) => void;
  readonly text: AppText;
}

async function change(
  desk: ClientsDesk,
  request: BulkRequest,
  { action, json, yes }: ClientsCommand,
  { out, err, print, text }: Printer,
): Promise<Exit> {
  const words = text.commandLine.clients;
  const preview = await desk.plan(request);
  const isEmpty = preview.files.length === 0;
  const exit = preview.left.length === 0 ? 0 : isEmpty ? 1 : PARTLY_EXIT;
  const { trouble } = preview;
  const isWaiting = action !== 'plan' && !yes && !isEmpty && trouble === null;
  if (!json) {
    const inClear = desk.isRunning || isEmpty || preview.backups === null ? [] : [words.inClear(preview.backups)];
    print([...previewLines(preview, text), ...inClear]);
  }
  if (action === 'plan' || isWaiting || isEmpty || trouble !== null) {
    if (json) out.write(jsonText(withoutHandle(preview)));
    if (trouble !== null) {
      err.write(`mcp-gangway: ${printable(trouble.sentence)}\n`);
      return 1;
    }
    if (isWaiting) err.write(`mcp-gangway: ${words.pending}\n`);
    return isWaiting ? PENDING_EXIT : exit;
  }
  const answer = await desk.apply(preview.plan, { upstream: false, release: true });
  if (answer.kind === 'refused') {
    const standing = answer.standing.length === 0 ? '' : words.standing(answer.standing.join(text.status.comma));
    err.write(`mcp-gangway: ${printable(inARow(answer.trouble.sentence, standing))}\n`);
    return 1;
  }
  const { backups, remark } = answer;
  const next = answer.next.map(({ title, applies }) => text.clients.applies[applies](title));
  if (json) {
    out.write(jsonText({ ...withoutHandle(preview), applied: { backups, next, remark } }));
  } else {
    print([
      '',
      words.applied(preview.files.length),
      ...(backups.length === 0 ? [] : [words.backups(backups.join(text.status.comma))]),
      ...(backups.some((file) => file.endsWith(SEALED)) ? [words.sealedBackups] : []),
      ...(preview.removesBackups ? [words.backupsGone] : []),
      ...next,
    ]);
  }
  if (remark !== null) err.write(`mcp-gangway: ${printable(remark.sentence)}\n`);
  if (!desk.isRunning && request.kind !== 'undo') err.write(`mcp-gangway: ${text.commandLine.instance.notRunning}\n`);
  return exit;
}

/** How the name of an encrypted copy ends. */
const SEALED = '.sealed';

/** The copies by their names, or what one of them says, byte for byte. */
async function tellBackups(
  desk: ClientsDesk,
  { backup, json }: ClientsCommand,
  { out, err, print, text }: Printer,
): Promise<Exit> {
  const words = text.commandLine.clients;
  const fail = (sentence: string): 1 => {
    err.write(`mcp-gangway: ${printable(sentence)}\n`);
    return 1;
  };
  if (backup !== null) {
    const answer = await desk.backup(backup);
    if (answer === null) return fail(words.noSuchBackup(backup));
    if (answer.kind === 'refused') return fail(answer.trouble.sentence);
    out.write(json ? jsonText({ name: backup, text: answer.text }) : answer.text);
    return 0;
  }
  const backups = await desk.backups();
  if (json) out.write(jsonText({ backups }));
  else print(backups.length === 0 ? [words.noBackups] : backups.map(({ name }) => name));
  return 0;
}

function requestOf({ action, mode }: ClientsCommand, of: BulkRequest['of']): BulkRequest {
  if (action === 'undo' || mode === 'off') return { kind: 'undo', of };
  return mode === null ? { kind: 'suggestions', of } : { kind: 'mode', mode, of };
}

/** A plan has no name beyond this process. */
function withoutHandle({ plan: _plan, ...preview }: ToldPreview): object {
  return preview;
}

function serversOf({ content }: ToldFile): readonly ClientServerView[] {
  return content.kind === 'servers' ? content.servers : [];
}

function filtered(files: readonly ToldFile[], title: string | null, server: string | null): readonly ToldFile[] {
  const own = files.filter((file) => title === null || file.title === title);
  if (server === null) return own;
  return own.flatMap((file) => {
    const servers = serversOf(file).filter(({ name }) => name === server);
    return servers.length === 0 ? [] : [{ ...file, content: { kind: 'servers' as const, servers } }];
  });
}

/** Command lines may hold secrets, and a list is passed on. Ids mean nothing beyond this process. */
function shown({ id: _id, canRestart: _canRestart, content, ...file }: ToldFile): object {
  const redactor = new Redactor();
  if (content.kind === 'refused') return { ...file, refused: content.trouble };
  return {
    ...file,
    servers: content.servers.map(({ id: _server, labels, forwards: _forwards, ...server }) => ({
      ...server,
      line: redactor.whole(server.line),
      labels,
    })),
  };
}

function listLines(files: readonly ToldFile[], text: AppText): readonly string[] {
  const words = text.commandLine.clients;
  if (files.length === 0) return [words.none];
  return files.flatMap((file, index) => [
    ...(index === 0 ? [] : ['']),
    `${file.title}  ${file.file}`,
    ...(file.content.kind === 'refused' ? [`  ${file.content.trouble.sentence}`] : rowsOf(file, text)),
    ...(file.locked === undefined ? [] : [`  ${file.locked.sentence}`]),
  ]);
}

function rowsOf(file: ToldFile, text: AppText): readonly string[] {
  const words = text.commandLine.clients;
  const modes = text.clientsWindow.modes;
  const servers = serversOf(file);
  if (servers.length === 0) return [`  ${words.noServers}`];
  const width = Math.max(...servers.map(({ name }) => widthOf(name)));
  const wide = Math.max(...servers.map(({ mode }) => widthOf(modes[mode])));
  return servers.map((server) => {
    const { name, mode, enabled, stale, note, proposal, unfit, project } = server;
    const remarks = [
      project ?? '',
      enabled ? '' : words.isOff,
      stale === null ? '' : words.isStale,
      note ?? '',
      // A plan of what fits leaves a server alone that is off in its client.
      proposal === null || !enabled ? '' : words.suggested(modes[proposal.mode], proposal.sentence),
      enabled ? (unfit ?? '') : '',
    ].filter((remark) => remark !== '');
    return `  ${padded(name, width)}  ${padded(modes[mode], wide)}  ${remarksInARow(remarks, words.semicolon)}`.trimEnd();
  });
}

/** Some remarks are sentences and have their full stop. */
function remarksInARow(remarks: readonly string[], semicolon: string): string {
  return remarks.reduce(
    (before, next) => (before === '' || /[.。]$/.test(before) ? inARow(before, next) : `${before}${semicolon}${next}`),
    '',
  );
}

/** What stands for a tab in changed lines: as a control character it would not be printed. */
const TAB = '    ';

function previewLines(preview: ToldPreview, text: AppText): readonly string[] {
  const words = text.commandLine.clients;
  const modes = text.clientsWindow.modes;
  const { files, left, imported, released, upstreams, exceptions } = preview;
  return [
    ...(files.length === 0 ? [words.nothingToDo] : []),
    ...files.flatMap((file) => [
      `${file.client}  ${file.file}`,
      ...file.servers.map(({ name, from, to, reason }) => {
        const wanted = to === 'off' ? words.asBefore : modes[to];
        return `  ${words.change(name, modes[from], wanted, reason)}`;
      }),
      ...(file.access === null ? [] : [`  ${file.access}`]),
      ...file.diff
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line.replace(/\r$/, '').replaceAll('\t', TAB)}`),
      '',
    ]),
    ...(imported.length === 0 ? [] : [words.imported(imported.join(text.status.comma))]),
    ...(released.length === 0 ? [] : [words.released(released.join(text.status.comma))]),
    ...(upstreams.length === 0 ? [] : [words.upstreams(upstreams.join(text.status.comma))]),
    ...(exceptions.length === 0 ? [] : [words.exceptions(exceptions.join(text.status.comma))]),
    ...(left.length === 0 ? [] : [words.left]),
    ...left.map(({ client, name, trouble }) => `  ${words.leftAs(client, name, trouble.sentence)}`),
  ];
}
