import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { isObject } from '../../base/schema/index.ts';
import { parsedJson } from '../../mcp/jsonrpc/index.ts';
import type { RecordedGroup, RecordOwner } from './group-record.ts';
import { endGroup } from './process-group.ts';
import { currentBoot, isSameStart, type ProcessFacts, processTable } from './process-table.ts';

const NAME = /^(\d+)\.([0-9a-f-]{36})\.jsonl$/;
const DRAFT = /^\.(\d+)\.[0-9a-f-]{36}\.draft$/;

interface GroupFile {
  readonly path: string;
  /** The pid in its name. */
  readonly pid: number;
  readonly mark: string;
  /** Null when its first line does not say. */
  readonly owner: RecordOwner | null;
  readonly groups: readonly RecordedGroup[];
}

/**
 * Ends the process groups that a gateway has left behind that was killed, by SIGTERM and after `grace` ms by SIGKILL. A
 * group is ended only if its gateway is dead, by pid, start time and boot, and the group is still the one that was recorded:
 * its first process has the recorded start time, or one of its processes carries the gateway's mark. Processes of such a
 * gateway that moved to a session of their own are named in the log and left alone: that is how a server starts what is to outlive it.
 * Windows has no groups: there a server ends with its input. Never rejects.
 */
export async function endLeftBehind(folder: string, grace: number, log: Log): Promise<void> {
  const files = readRecords(folder, log);
  if (files.length === 0) return;
  try {
    const [boot, table] = await Promise.all([currentBoot(), processTable()]);
    if (boot === null) return;
    removeDrafts(folder, table);
    const dead = files.filter((file) => isOver(file, boot, table));
    await Promise.all(dead.map((file) => endGroups(file, boot, table, grace, log)));
  } catch (error) {
    log.warn('What a killed MCP Gangway may have left running could not be looked at', { error: String(error) });
  }
}

/** Whether the gateway of a record is dead. One of another container cannot be judged from here. */
function isOver({ owner, pid }: GroupFile, boot: string, table: readonly ProcessFacts[]): boolean {
  if (owner === null) return !table.some((process) => process.pid === pid);
  if (owner.boot !== boot) return owner.boot.split(' ')[0] !== boot.split(' ')[0];
  return !table.some((process) => process.pid === owner.pid && isSameStart(process.start, owner.start));
}

async function endGroups(
  { path, mark, owner, groups }: GroupFile,
  boot: string,
  table: readonly ProcessFacts[],
  grace: number,
  log: Log,
): Promise<void> {
  // Nothing survives a restart of the machine, and what is not known to be of this one is not touched.
  const sameBoot = owner !== null && owner.boot === boot;
  const left = sameBoot ? groups.filter((group) => isStill(group, mark, table)) : [];
  const numbers = new Set(left.map(({ group }) => group));
  for (const { pid, group, program } of sameBoot ? table.filter((process) => process.mark === mark) : []) {
    if (!numbers.has(group)) {
      log.warn('A process that a server of a killed MCP Gangway had started apart from itself is still running', {
        pid,
        program,
      });
    }
  }
  for (const { group, server } of left) {
    log.warn('Ending processes that a killed MCP Gangway left behind', { server, group, gateway: owner?.pid ?? null });
  }
  await Promise.all(left.map(({ group }) => new Promise<void>((done) => endGroup(group, grace, done))));
  rmSync(path, { force: true });
}

/** A gateway that is killed while it writes leaves its draft, which says nothing that its record does not say. */
function removeDrafts(folder: string, table: readonly ProcessFacts[]): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = DRAFT.exec(name) ?? [];
    if (pid !== undefined && !table.some((process) => process.pid === Number(pid)))
      rmSync(join(folder, name), { force: true });
  }
}

/** A group number may have been given out again; then its processes belong to another program. */
function isStill({ group, start }: RecordedGroup, mark: string, table: readonly ProcessFacts[]): boolean {
  const members = table.filter((process) => process.group === group);
  const leader = table.find(({ pid }) => pid === group);
  if (leader !== undefined) return leader.group === group && isSameStart(leader.start, start);
  return members.some((member) => member.mark === mark);
}

function readRecords(folder: string, log: Log): readonly GroupFile[] {
  try {
    if (!isOurs(folder)) {
      log.warn('The folder of records can be written by others and is not read', { folder });
      return [];
    }
    return readdirSync(folder).flatMap((name) => {
      const [, pid, mark] = NAME.exec(name) ?? [];
      const path = join(folder, name);
      return pid === undefined || mark === undefined || !isOurs(path) ? [] : [readRecord(path, Number(pid), mark)];
    });
  } catch {
    // No folder, or a record that went away while it was read: no gateway has left anything, or another one is at it.
    return [];
  }
}

/** What others could have written would tell us what to kill. */
function isOurs(path: string): boolean {
  const { uid, mode } = lstatSync(path);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Lines that cannot be read are left out: a crash may have torn the last one. */
function readRecord(path: string, pid: number, mark: string): GroupFile {
  const [first, ...rest] = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => parsedJson(Buffer.from(line)));
  const groups = new Map<number, RecordedGroup>();
  for (const line of rest) {
    if (isGroup(line)) groups.set(line.group, line);
    else if (isObject(line)) {
      const { ended } = line;
      if (typeof ended === 'number') groups.delete(ended);
    }
  }
  return { path, pid, mark, owner: isOwner(first) ? first : null, groups: [...groups.values()] };
}

function isOwner(value: unknown): value is RecordOwner {
  if (!isObject(value)) return false;
  const { version, pid, start, boot } = value;
  return version === 1 && isPid(pid) && typeof start === 'number' && typeof boot === 'string';
}

/** Groups 0 and 1 would be our own and that of all processes. */
function isGroup(value: unknown): value is RecordedGroup {
  if (!isObject(value)) return false;
  const { group, start, server } = value;
  return isPid(group) && group !== process.pid && typeof start === 'number' && typeof server === 'string';
}

function isPid(value: unknown): value is number {
  return Number.isSafeInteger(value) && typeof value === 'number' && value > 1;
}
