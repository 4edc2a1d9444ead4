// What Electron's executable does around an app, on plain Node: node start.ts <executable> [options] [app] [arguments]
import inspector from 'node:inspector';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readArguments } from './boot/arguments.ts';
import { startChromium } from './boot/chromium-ready.ts';
import { redirectElectron } from './boot/electron-import.ts';
import { handleTheUnhandled } from './boot/last-resort.ts';
import { locateApp } from './boot/locate-app.ts';
import { disguiseProcess } from './boot/process-face.ts';
import { electronVersion } from './contract/files.ts';
import { violation } from './contract/violations.ts';
import { controls } from './controls.ts';
import { app } from './electron/app/index.ts';
import { electron } from './electron/index.ts';
import { settings } from './settings.ts';
import { localNetwork } from './system/local-network.ts';

/** How long, in ms, the main module may load before the test is told why nothing happens. */
const loadDeadline = 10_000;

const endProcess = process.exit.bind(process);
const [, , executable = '', ...args] = process.argv;

if (args.includes('--version')) {
  console.log(`v${electronVersion}`);
  endProcess(0);
}

const { switches, required, inspectPort, app: given } = readArguments(args);
const located = locateApp(executable, given);
for (const [name, value] of switches) app.commandLine.appendSwitch(name, value);
app.describe(located);
Object.assign(globalThis, { __electronHost: controls });
redirectElectron(electron);
disguiseProcess(executable, args, located);
handleTheUnhandled();
if (settings.localNetwork !== null) localNetwork.takeOver(settings.localNetwork);
if (inspectPort !== undefined) inspector.open(inspectPort, '127.0.0.1');
const require = createRequire(path.join(process.cwd(), 'anywhere.js'));
for (const module of required) require(path.resolve(module));

// Electron, too, lets the main module finish before the app becomes ready.
const slow = setTimeout(() => {
  violation(
    'the main module is still loading: an await of app.whenReady() at its top never ends (electron/electron#40719)',
  );
}, loadDeadline);
try {
  await import(pathToFileURL(located.main).href);
} catch (error) {
  console.error('The main module failed:', error);
  endProcess(1);
}
clearTimeout(slow);
await startChromium((reason) => {
  console.error(`[electron-host] ${reason}`);
  endProcess(1);
});
app.becomeReady();
