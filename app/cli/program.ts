import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { appFolder, homeFolder } from '../base/home-folder.ts';
import { main } from './main.ts';
import type { CreateEngine } from './serve.ts';

/** See `main`. */
export function run(compileAgain: () => void): void {
  void main(loadEngine, compileAgain);
}

async function loadEngine(): Promise<CreateEngine> {
  const { AnswersFile, Engine, GroupRecord, KnownLists, PinFile, recordsFolder, SignInFile, ToolApprovals } =
    await import('../engine/index.ts');
  const { platform, env } = process;
  const folder = appFolder({ platform, env, home: homeFolder() });
  return ({ configFile, ...parts }) =>
    new Engine({
      ...parts,
      groups: new GroupRecord(recordsFolder(folder), parts.log.from('bridge')),
      signIns: new SignInFile(join(folder, 'sign-ins.json')),
      pins: new PinFile(join(folder, 'trusted-certificates.json'), parts.log.from('bridge')),
      answers: new AnswersFile(join(folder, 'remote-answers.json'), parts.log.from('bridge')),
      lists: new KnownLists(ofConfig(folder, 'known-lists', configFile), parts.log.from('bridge')),
      approvals: new ToolApprovals(ofConfig(folder, 'tool-approvals', configFile), parts.log.from('bridge')),
    });
}

/**
 * A file of what is known of servers by their names. Each config file has its own, as the same name may be another server in another file;
 * null for servers from arguments, whose names do not last.
 */
function ofConfig(folder: string, kind: string, configFile: string | null): string | null {
  if (configFile === null) return null;
  const file = createHash('sha256').update(resolve(configFile)).digest('hex').slice(0, 16);
  return join(folder, kind, `${file}.json`);
}
