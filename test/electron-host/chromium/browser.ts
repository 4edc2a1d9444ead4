import { type ChildProcess, spawn } from 'node:child_process';
import readline from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { settings } from '../settings.ts';
import { CdpConnection } from './connection.ts';
import { chromiumFlags } from './flags.ts';
import { scratchFolder, sweepScratchFolders } from './scratch.ts';

/** The one Chromium behind all windows. It watches its pipe, so it goes when this process goes, however that ends. */
export class Browser {
  readonly connection: CdpConnection;
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;

  /** @param onLost called when Chromium ends by itself, or cannot be started */
  constructor(switches: ReadonlyMap<string, string>, onLost: (reason: string) => void) {
    sweepScratchFolders();
    const flags = chromiumFlags(scratchFolder(), switches);
    const child = spawn(settings.chromium, flags, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
    const [, , stderr, toChromium, fromChromium] = child.stdio;
    if (!(stderr instanceof Readable && toChromium instanceof Writable && fromChromium instanceof Readable)) {
      throw new Error('Chromium was started without its pipes');
    }
    this.#process = child;
    this.connection = new CdpConnection(toChromium, fromChromium);
    this.#gone = new Promise((resolve) => {
      child.once('error', (error) => onLost(`cannot start ${settings.chromium}: ${error.message}`));
      child.once('exit', () => {
        this.connection.close();
        resolve();
        onLost('Chromium has ended');
      });
    });
    process.on('exit', () => child.kill('SIGKILL'));
    passOn(stderr);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Its profile is thrown away, so there is nothing that an orderly end would keep; its other processes follow this one. */
  async close(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#gone;
  }
}

/** playwright reads from stderr where the DevTools listen; all else is noise about D-Bus. */
function passOn(stderr: Readable): void {
  readline.createInterface({ input: stderr }).on('line', (line) => {
    if (line.startsWith('DevTools listening on ')) process.stderr.write(`${line}\n`);
    else if (settings.verbose) process.stderr.write(`[chromium] ${line}\n`);
  });
}
