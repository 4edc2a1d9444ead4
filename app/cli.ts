import { homedir } from 'node:os';
import { main } from './cli/main.ts';
import { appFolder } from './connect/index.ts';

void main(async () => {
  const { Engine, GroupRecord, recordsFolder } = await import('./engine/index.ts');
  const { platform, env } = process;
  const folder = recordsFolder(appFolder({ platform, env, home: homedir() }));
  return (parts) => new Engine({ ...parts, groups: new GroupRecord(folder, parts.log.from('bridge')) });
});
