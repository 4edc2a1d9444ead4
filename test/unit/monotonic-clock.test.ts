import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/**
 * Files that may ask for the time of day, because they show it, save it, hand it on to a person, compare it with a date that another
 * program gives, or tell by it that the machine has slept. What measures how long something takes or may take uses performance.now():
 * people, NTP and virtual machines set the time of day.
 */
const TIME_OF_DAY = [
  'app/aggregate/session.ts',
  'app/base/clock.ts',
  'app/bridge/one-stream-session.ts',
  'app/bridge/streamable/session.ts',
  'app/cli/clients-desk.ts',
  'app/cli/doctor.ts',
  'app/cli/main.ts',
  'app/cli/status.ts',
  'app/control/folder.ts',
  'app/desktop/app-controller.ts',
  'app/desktop/back-on.ts',
  'app/desktop/clients-window/client-setup.ts',
  'app/desktop/clients-window/clients-reader.ts',
  'app/desktop/problem.ts',
  'app/doctor/examine.ts',
  'app/engine/engine.ts',
  'app/gateway/guard.ts',
  'app/inspect/call.ts',
  'app/inspect/proxied-request.ts',
  'app/log/create-log.ts',
  'app/permission/permission.ts',
  'app/platform/file/replace.ts',
  'app/platform/lock/index.ts',
  'app/proxy/traffic.ts',
  'app/servers/known-lists.ts',
  'app/servers/process/child.ts',
  'app/servers/process/process-table.ts',
  'app/servers/remote/end.ts',
  'app/servers/remote/exchange.ts',
  'app/servers/remote/http.ts',
  'app/servers/remote/peer.ts',
  'app/servers/remote/server.ts',
  'app/servers/remote/sign-in/held-grant.ts',
  'app/servers/remote/sign-in/sign-in-file.ts',
  'app/servers/remote/sign-in/sign-in.ts',
  'app/servers/server.ts',
  'main/client-setup.ts',
  'main/doctor.ts',
  'main/files.ts',
  'main/index.ts',
  'main/popover.ts',
  'main/settings-electron-store.ts',
  'main/start-controller.ts',
  'main/tray/tray.ts',
  'main/updates.ts',
  'renderer/shared/store.ts',
];

it('Only files that show or save the time of day read it; everything else uses the monotonic clock', async () => {
  const found: string[] = [];
  for await (const file of glob('{app,main,renderer}/**/*.{ts,tsx}', { cwd: root })) {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    if (/\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\btimeOrigin\b/.test(code)) found.push(file);
  }
  expect(found.sort()).toEqual(TIME_OF_DAY);
});
