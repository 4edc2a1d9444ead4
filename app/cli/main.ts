import { readFileSync, writeSync } from 'node:fs';
import { CRASH_EXIT, errnoOf, stackOf } from '../base/errno.ts';
import { STARTED_MS } from '../base/heap.ts';
import { textIn } from '../i18n/index.ts';
import { VERSION } from './command.ts';
import { keepCompiledCode } from './compiled-code.ts';
import { connect } from './connect.ts';
import { fileDoubts } from './file-trust.ts';
import { helpText } from './options.ts';
import { guessLanguage, parseArguments } from './parse-arguments.ts';
import type { CreateEngine } from './serve.ts';
import { runTokenCommand } from './tokens.ts';

/**
 * The oldest Node that the program runs on: 22.12, the first of a line that has all of ECMAScript 2024 and that was supported for
 * long (Node.js release schedule). The bundle is written so that an older one gets as far as saying so.
 */
const OLDEST_NODE = '22.12.0';

/** Whether this version of Node, as `process.versions.node` has it, is too old. */
function isTooOld(version: string): boolean {
  // By numbers: a collator of ICU takes 10 ms to make.
  const found = version.split('.').map(Number);
  const oldest = OLDEST_NODE.split('.').map(Number);
  const different = oldest.findIndex((number, place) => number !== found[place]);
  return different !== -1 && (found[different] ?? 0) < (oldest[different] ?? 0);
}

/**
 * The program `mcp-gangway`, from its arguments to its exit status. Only what a command needs is loaded: a client waits for
 * `connect`, which has no use for the engine. `compileAgain` ends what `startWithoutCompiling` has begun.
 */
export async function main(loadEngine: () => Promise<CreateEngine>, compileAgain: () => void): Promise<void> {
  process.on('uncaughtException', crashed);
  process.stderr.on('error', () => undefined);
  process.stdout.once('error', outputFailed).on('error', () => undefined);
  if (isTooOld(process.versions.node)) return refuseOldNode();
  const command = parseArguments(process.argv.slice(2), {
    environment: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    doubts: (path) => fileDoubts(path),
    platform: process.platform,
  });
  if (command.kind !== 'serve') compileAgain();
  switch (command.kind) {
    case 'serve': {
      // It serves on: what it prints there is for reading.
      process.stdout.off('error', outputFailed);
      keepCompiledCode(true);
      const { serve } = await import('./serve.ts');
      await serve(command, await loadEngine());
      setTimeout(() => {
        compileAgain();
        // Compiled code that was read from the disk stays in Node's memory until Node is asked to write what is new.
        process.getBuiltinModule('node:module').flushCompileCache();
      }, STARTED_MS).unref();
      return;
    }
    case 'connect':
      process.stdout.off('error', outputFailed);
      return connect(command);
    case 'status': {
      const { reportStatus } = await import('./status.ts');
      process.exitCode = await reportStatus(command, process.stdout, process.stderr);
      return;
    }
    case 'server': {
      const { runServerCommand } = await import('./status.ts');
      process.exitCode = await runServerCommand(command, process.stdout, process.stderr);
      return;
    }
    case 'login': {
      const { runLogin } = await import('./login.ts');
      // The terminal may be read still, which would keep the process.
      return process.exit(await runLogin(command, process));
    }
    case 'trust': {
      const { runTrust } = await import('./trust.ts');
      return process.exit(await runTrust(command, process));
    }
    case 'tap': {
      const { runTap } = await import('./tap.ts');
      return process.exit(await runTap(command, process));
    }
    case 'doctor': {
      const { runDoctor } = await import('./doctor.ts');
      // Look-ups that the system has not given up on would keep the process for half a minute.
      return process.exit(await runDoctor(command, process.stdout, process.stderr));
    }
    case 'clients': {
      const { runClients } = await import('./clients.ts');
      process.exitCode = await runClients(command, process.stdout, process.stderr);
      return;
    }
    case 'settings': {
      const { runSettings } = await import('./settings-command.ts');
      process.exitCode = await runSettings(command, process.stdout, process.stderr);
      return;
    }
    case 'servers': {
      const { runServers } = await import('./servers-command.ts');
      process.exitCode = await runServers(command, process.stdout, process.stderr);
      return;
    }
    case 'group': {
      const { runGroups } = await import('./servers-command.ts');
      process.exitCode = await runGroups(command, process.stdout, process.stderr);
      return;
    }
    case 'tools': {
      const { runTools } = await import('./tools-command.ts');
      process.exitCode = await runTools(command, process.stdout, process.stderr);
      return;
    }
    case 'token': {
      process.exitCode = runTokenCommand(command, process.stdout, process.stderr, Date.now());
      return;
    }
    case 'help':
      process.stdout.write(helpText(VERSION, textIn(command.language)));
      return;
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return;
    case 'error':
      process.stderr.write(`mcp-gangway: ${command.message}\n`);
      process.exitCode = command.exitCode;
      return;
    default:
      command satisfies never;
  }
}

/** What runs a server has its own way to end. Node would print the line of the error first, and the program is one line of half a megabyte. */
function crashed(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return;
  const text = textIn(guessLanguage(process.argv.slice(2), process.env));
  try {
    writeSync(process.stderr.fd, `mcp-gangway: ${text.cliRun.crashed}\n${stackOf(error)}\n`);
  } catch {
    // The standard error is closed.
  }
  process.exit(CRASH_EXIT);
}

/**
 * The standard output takes no more. A reader who has seen enough (`mcp-gangway --help | head -1`) is no error of ours; a disk that is full
 * is one, or a script takes half an export for the whole.
 */
function outputFailed(error: Error): void {
  if (errnoOf(error) === 'EPIPE') return;
  const text = textIn(guessLanguage(process.argv.slice(2), process.env));
  process.stderr.write(`mcp-gangway: ${text.cliRun.outputFailed(errnoOf(error))}\n`);
  // A command sets its own status when it is through.
  process.on('exit', () => {
    process.exitCode = 1;
  });
}

function refuseOldNode(): void {
  const text = textIn(guessLanguage(process.argv.slice(2), process.env));
  process.stderr.write(`mcp-gangway: ${text.cliRun.nodeTooOld(process.versions.node, OLDEST_NODE)}\n`);
  process.exitCode = 1;
}
