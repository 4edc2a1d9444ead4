import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify, stripVTControlCharacters } from 'node:util';
import type { CompatClient } from './clients.ts';

export type ModeName = 'direct' | 'through' | 'run';
export const MODES: readonly ModeName[] = ['direct', 'through', 'run'];

/** For each mode what the client did not show as it is written; and what did not come back by undo. */
export type Result = Readonly<Record<ModeName | 'undo', readonly string[]>>;

const CLI = fileURLToPath(new URL('../../out/cli.cjs', import.meta.url));
/** Milliseconds. The slowest of them takes twenty seconds to start. */
const PATIENCE = 120_000;
const PORT = 28_080;

/** Has a client read the file that we write in each mode, in a home of its own. */
export async function examineClient(client: CompatClient, folder: string): Promise<Result> {
  const result: Record<ModeName | 'undo', readonly string[]> = { direct: [], through: [], run: [], undo: [] };
  for (const mode of MODES) {
    const home = mkdtempSync(join(tmpdir(), 'gangway-client-'));
    try {
      const file = join(home, client.file);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, client.before);
      if (mode !== 'direct') await gangway(home, ['apply', '--client', client.id, '--mode', mode, '--yes']);
      const written = readFileSync(file, 'utf8');
      const unwritten = mode !== 'direct' && written === client.before ? ['the file was not changed'] : [];
      const said = await ask(client, folder, home, file);
      result[mode] = [...unwritten, ...missing(client, mode, said)];
      if (mode === 'direct') continue;
      await gangway(home, ['undo', '--client', client.id, '--yes']);
      if (!isAsBefore(readFileSync(file, 'utf8'), client.before)) {
        result.undo = [...result.undo, `after ${mode} the entry is not as it was`];
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  return result;
}

/** To the byte; or entry by entry where the client has written its file anew when it was asked. */
function isAsBefore(now: string, before: string): boolean {
  return now === before || isDeepStrictEqual(serversIn(now), serversIn(before));
}

function serversIn(text: string): unknown {
  try {
    return Object(JSON.parse(text)).mcpServers ?? text;
  } catch {
    return text;
  }
}

async function gangway(home: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [CLI, 'clients', ...args], { env: environment(home), timeout: PATIENCE });
}

/** All that it says. One that ends with an error has not read its file. */
async function ask(client: CompatClient, folder: string, home: string, file: string): Promise<string> {
  const [program = '', ...args] = client.command(folder, process.execPath, file);
  const started = promisify(execFile)(program, args, { cwd: home, env: environment(home), timeout: PATIENCE });
  started.child.stdin?.end();
  const { stdout, stderr } = await started;
  return stripVTControlCharacters(`${stdout}\n${stderr}`);
}

function environment(home: string): NodeJS.ProcessEnv {
  return {
    HOME: home,
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    CI: '1',
    TMPDIR: tmpdir(),
  };
}

/** What has to be in the answer, and is not. */
function missing({ id, shows }: CompatClient, mode: ModeName, said: string): readonly string[] {
  const wanted = mode === 'run' ? [`http://127.0.0.1:${PORT}/`, '/mcp'] : ['uvx', 'nas-mcp'];
  const own = mode === 'run' ? [] : ['anna'];
  const values = mode === 'through' ? [`http://${id}.nas:`, `@127.0.0.1:${PORT}`] : mode === 'run' ? ['Bearer '] : [];
  const names = mode === 'through' ? ['HTTP_PROXY', 'no_proxy'] : mode === 'run' ? ['Authorization'] : [];
  const more = { everything: [...own, ...names, ...values], names: [...own, ...names], command: [] }[shows];
  const all = ['nas', ...wanted, ...more];
  const gone = mode === 'run' ? ['uvx'] : [];
  return [
    ...all.filter((word) => !said.includes(word)).map((word) => `does not show ${word}`),
    ...gone.filter((word) => said.includes(word)).map((word) => `still shows ${word}`),
  ];
}
