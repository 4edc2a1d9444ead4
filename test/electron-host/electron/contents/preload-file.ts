import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { electronVersion } from '../../contract/files.ts';
import { type PreloadProcess, preloadFunction } from '../../renderer/index.ts';

/** A script that is to run before those of the page. */
export interface Preload {
  readonly source: string;
  readonly process: PreloadProcess;
}

/**
 * Reads a preload script.
 * @throws Error when the path is relative, there is no file, or it does not parse as a classic script: a sandboxed
 *   preload cannot be an ES module
 */
export function readPreload(file: string, additionalArguments: readonly string[] = []): Preload {
  if (!path.isAbsolute(file)) throw new Error(`The path of a preload script is absolute, not ${file}`);
  const source = fs.readFileSync(file, 'utf8');
  new vm.Script(preloadFunction(source), { filename: file });
  return { source, process: preloadProcess(additionalArguments) };
}

/** What a sandboxed preload finds as `process`. */
function preloadProcess(additionalArguments: readonly string[]): PreloadProcess {
  const { chrome, node, v8 } = process.versions;
  return {
    type: 'renderer',
    platform: process.platform,
    arch: process.arch,
    sandboxed: true,
    contextIsolated: true,
    isMainFrame: true,
    argv: [process.execPath, '--type=renderer', ...additionalArguments],
    env: { ...process.env },
    versions: { electron: electronVersion, chrome, node, v8 },
  };
}
