// Usage: node build/electron-notice.ts
// Says, before `npm start` runs Electron for the first time, that its executable is fetched, how large it is, and how that is done
// through a proxy, from a mirror or not at all. Says nothing once it is there.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Megabytes of the archive, about: the npm package has its hash, not its size. */
const MEGABYTES = 120;

const SENTENCES = {
  en: (version: string) => [
    `Electron ${version} is fetched once now: some ${MEGABYTES} MB from github.com, checked against the hash that npm has brought.`,
    'Through a proxy:   ELECTRON_GET_USE_PROXY=true HTTPS_PROXY=http://proxy.lan:3128 npm start',
    'From a mirror:     ELECTRON_MIRROR=https://mirror.lan/electron/ npm start',
    'From a folder that has it unpacked:   ELECTRON_OVERRIDE_DIST_PATH=/path/to/electron npm start',
    'Without Electron, the same engine runs in a terminal: npm run serve',
  ],
  zh: (version: string) => [
    `現在會下載 Electron ${version}，只需一次：約 ${MEGABYTES} MB，來自 github.com，並以 npm 帶來的雜湊值檢查。`,
    '經由代理：     ELECTRON_GET_USE_PROXY=true HTTPS_PROXY=http://proxy.lan:3128 npm start',
    '使用鏡像站：   ELECTRON_MIRROR=https://mirror.lan/electron/ npm start',
    '使用已解壓縮的資料夾：   ELECTRON_OVERRIDE_DIST_PATH=/path/to/electron npm start',
    '不用 Electron 時，同一個引擎可在終端機執行：npm run serve',
  ],
} as const;

/**
 * What to say before Electron's package `folder` is started with this environment; null when nothing is fetched. It is fetched as
 * long as `path.txt` is missing or leads to nothing (electron/index.js).
 */
export function electronNotice(folder: string, environment: NodeJS.ProcessEnv): string | null {
  if (environment['ELECTRON_OVERRIDE_DIST_PATH']) return null;
  const pathFile = path.join(folder, 'path.txt');
  if (existsSync(pathFile) && existsSync(path.join(folder, 'dist', readFileSync(pathFile, 'utf8')))) return null;
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const sentences = SENTENCES[/^zh/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'zh' : 'en'];
  return `${sentences(String(version)).join('\n')}\n`;
}

if (import.meta.main) {
  const notice = electronNotice(path.join(import.meta.dirname, '../node_modules/electron'), process.env);
  if (notice !== null) process.stdout.write(notice);
}
