import { homedir } from 'node:os';
import { join } from 'node:path';
import { main } from './cli/main.ts';
import { appFolder } from './connect/index.ts';

void main(async () => {
  const { AnswersFile, Engine, GroupRecord, KnownLists, PinFile, recordsFolder, SignInFile } = await import(
    './engine/index.ts'
  );
  const { platform, env } = process;
  const folder = appFolder({ platform, env, home: homedir() });
  return (parts) =>
    new Engine({
      ...parts,
      groups: new GroupRecord(recordsFolder(folder), parts.log.from('bridge')),
      signIns: new SignInFile(join(folder, 'sign-ins.json')),
      pins: new PinFile(join(folder, 'trusted-certificates.json'), parts.log.from('bridge')),
      answers: new AnswersFile(join(folder, 'remote-answers.json'), parts.log.from('bridge')),
      lists: new KnownLists(join(folder, 'known-lists.json'), parts.log.from('bridge')),
    });
});
