import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { main } from './cli/main.ts';
import { appFolder } from './connect/index.ts';

void main(async () => {
  const { AnswersFile, Engine, GroupRecord, KnownLists, PinFile, recordsFolder, SignInFile, ToolApprovals } =
    await import('./engine/index.ts');
  const { platform, env } = process;
  const folder = appFolder({ platform, env, home: homedir() });
  return ({ configFile, ...parts }) =>
    new Engine({
      ...parts,
      groups: new GroupRecord(recordsFolder(folder), parts.log.from('bridge')),
      signIns: new SignInFile(join(folder, 'sign-ins.json')),
      pins: new PinFile(join(folder, 'trusted-certificates.json'), parts.log.from('bridge')),
      answers: new AnswersFile(join(folder, 'remote-answers.json'), parts.log.from('bridge')),
      lists: new KnownLists(join(folder, 'known-lists.json'), parts.log.from('bridge')),
      approvals: new ToolApprovals(approvalsFile(folder, configFile), parts.log.from('bridge')),
    });
});

/** Of each config file its own: the same name may be another server in another file. What comes from arguments has no name that lasts. */
function approvalsFile(folder: string, configFile: string | null): string | null {
  if (configFile === null) return null;
  const file = createHash('sha256').update(resolve(configFile)).digest('hex').slice(0, 16);
  return join(folder, 'tool-approvals', `${file}.json`);
}
