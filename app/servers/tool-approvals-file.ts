import { readFileSync } from 'node:fs';
import { codeOf, errnoOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import { isObject } from '../base/schema/index.ts';
import { parsedJson } from '../mcp/jsonrpc/index.ts';
import { isOpenToOthers, writeOwnerFile } from './owner-file.ts';

/** One tool, as it was approved or as it was listed last. */
export interface KeptTool {
  readonly hash: string;
  /** See ToolShape.text; null where it is too long, too. */
  readonly text: string | null;
  /** There is a secret in the text: it does not outlive the process. */
  readonly isVolatile: boolean;
}

/** What is known of the tools of one server. */
export interface Approvals {
  /** By name. Null until a whole list has been seen: that is approved as it is. */
  approved: Map<string, KeptTool> | null;
  /** As listed last, where that is not what was approved. */
  readonly pending: Map<string, KeptTool>;
  /** Approved, and not in the last whole list. */
  readonly gone: Set<string>;
  /** The names of those that are pending, as one text. */
  revision: string;
}

const MOST_SERVERS = 512;
/** Characters of all texts in the file; of those beyond, only the hashes are written. */
const MOST_TEXT = 16 * 1024 * 1024;
/** Characters of the file that are read: more was not written here. */
const LONGEST_FILE = 256 * 1024 * 1024;

/** What the file has of each server; null, which the log is told, where it is damaged or others could have changed it. */
export function readApprovals(path: string, log: Log): Map<string, Approvals> | null {
  const lost = (code: string): null => {
    log.warn('What tools were approved cannot be read: all of them count as new until they are approved', {
      file: path,
      code,
    });
    return null;
  };
  try {
    if (isOpenToOthers(path)) return lost('too-wide');
    const text = readFileSync(path, 'utf8');
    const value: unknown = text.length > LONGEST_FILE ? null : JSON.parse(text);
    if (!isObject(value) || value['version'] !== 1 || !isObject(value['servers'])) return lost('damaged');
    const servers = Object.entries(value['servers']).map(([server, kept]) => [server, approvalsIn(kept)] as const);
    return new Map(servers);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Map();
    return lost(error instanceof SyntaxError ? 'damaged' : errnoOf(error));
  }
}

/** Throws what writing throws. */
export function writeApprovals(path: string, all: ReadonlyMap<string, Approvals>): void {
  let left = MOST_TEXT;
  const written = (tools: ReadonlyMap<string, KeptTool>): readonly (readonly (string | null)[])[] =>
    [...tools].map(([name, { hash, text, isVolatile }]) => {
      const isKept = text !== null && !isVolatile && text.length <= left;
      if (isKept) left -= text.length;
      return [name, hash, isKept ? text : null];
    });
  const servers = [...all].slice(-MOST_SERVERS).flatMap(([server, { approved, pending, gone }]) => {
    if (approved === null) return [];
    return [[server, { approved: written(approved), pending: written(pending), gone: [...gone] }] as const];
  });
  writeOwnerFile(path, `${JSON.stringify({ version: 1, servers: Object.fromEntries(servers) })}\n`);
}

/** Equal texts stand for the same pending tools. */
export function revisionOf({ pending }: Approvals): string {
  return pending.size === 0 ? '' : JSON.stringify([...pending.keys()].sort());
}

/** What cannot be read of a server is not approved. */
function approvalsIn(value: unknown): Approvals {
  const { approved, pending, gone } = isObject(value) ? value : {};
  const names = Array.isArray(gone) ? gone.filter((name: unknown) => typeof name === 'string') : [];
  const approvals = { approved: readTools(approved), pending: readTools(pending), gone: new Set(names) };
  return { ...approvals, revision: revisionOf({ ...approvals, revision: '' }) };
}

function readTools(value: unknown): Map<string, KeptTool> {
  const tools = (Array.isArray(value) ? value : []).flatMap((tool: unknown) => {
    const [name, hash, text] = Array.isArray(tool) ? tool : [];
    if (typeof name !== 'string' || typeof hash !== 'string') return [];
    return [[name, { hash, text: readText(text), isVolatile: false }] as const];
  });
  return new Map(tools);
}

function readText(text: unknown): string | null {
  return typeof text === 'string' && isObject(parsedJson(Buffer.from(text))) ? text : null;
}

/** Servers by their old and new names: the same under another name, or what stands in the place of one that is gone. */
