import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { appFolder } from '../../app/base/home-folder.ts';
import {
  type Control,
  type Controlled,
  type ControlOptions,
  openControl,
  socketHome,
} from '../../app/control/index.ts';
import { AppController, controlledApp } from '../../app/desktop/index.ts';
import { createLog } from '../../app/log/index.ts';
import { DEFAULT_SETTINGS, memoryStore, type Settings } from '../../app/settings/index.ts';
import { serverSetting } from './bridge-host.ts';
import { type LoggedLine, rememberingLog } from './quiet-log.ts';
import { freePort } from './tcp.ts';
import { until } from './until.ts';

export type ControlMessage = Readonly<Record<string, unknown>>;

/** The app's folder in a home. */
export function folderIn(home: string): string {
  return appFolder({ platform: process.platform, home, env: {} });
}

/** Paths of the sockets in a home. */
export function socketsIn(home: string): readonly string[] {
  const folder = join(folderIn(home), 'control');
  return readdirSync(folder).map((name) => join(folder, name));
}

export const HELLO = { id: 1, method: 'hello', params: { protocols: { min: 1, max: 1 } } };

/** A client of the control socket that knows lines of JSON and no more. */
export class RawControl {
  readonly socket: Socket;
  readonly messages: ControlMessage[] = [];
  #open = '';
  isClosed = false;
  error = '';

  constructor(path: string) {
    this.socket = connect(path);
    this.socket.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message;
    });
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    onTestFinished(() => void this.socket.destroy());
  }

  send(...messages: readonly object[]): void {
    this.socket.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
  }

  async answerTo(id: number | string | null): Promise<ControlMessage> {
    const is = (message: ControlMessage) => message['id'] === id && message['method'] === undefined;
    await until(`an answer to ${id}`, () => this.messages.some(is));
    return this.messages.find(is) ?? {};
  }

  async ask(id: number, method: string, params: object = {}): Promise<ControlMessage> {
    this.send({ id, method, params });
    return this.answerTo(id);
  }

  closed(): Promise<void> {
    return until('the connection is closed', () => this.isClosed);
  }

  #take(text: string): void {
    const lines = (this.#open + text).split('\n');
    this.#open = lines.pop() ?? '';
    for (const line of lines) this.messages.push(JSON.parse(line));
  }
}

export interface OpenedControl {
  readonly control: Control;
  readonly lines: readonly LoggedLine[];
}

/** The control socket of something controlled, in a home. */
export async function openIn(
  home: string,
  controlled: Controlled,
  options: Partial<ControlOptions> = {},
): Promise<OpenedControl> {
  const { log, lines } = rememberingLog();
  const control = await openControl({
    home: socketHome([folderIn(home)]),
    controlled,
    version: '9.9.9',
    log,
    ...options,
  });
  if (control === null) throw new Error(`No control socket: ${JSON.stringify(lines)}`);
  onTestFinished(() => control.close());
  return { control, lines };
}

/** The app without its windows, switched off, with the echo server in its settings. */
export async function operate(changes: Partial<Settings> = {}): Promise<AppController> {
  const port = await freePort();
  const settings = { ...DEFAULT_SETTINGS, port, servers: [serverSetting()], defaultServer: 'echo', ...changes };
  const controller = new AppController({
    store: memoryStore({ settings }),
    running: createLog({ level: 'error' }),
    searchPath: () => null,
  });
  onTestFinished(() => controller.end());
  return controller;
}

export function controlledOperation(controller: AppController, focus: () => void = () => undefined): Controlled {
  return controlledApp(controller, focus);
}
