// node test/electron-host/contract/write-members.ts: writes members.txt anew, after an upgrade of Electron.
import fs from 'node:fs';
import { declarationsFile, membersFile } from './files.ts';
import { formatTable } from './table.ts';

fs.writeFileSync(membersFile, formatTable(fs.readFileSync(declarationsFile, 'utf8')));
