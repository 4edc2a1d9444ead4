import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** A platform and a processor that Node has a program for. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/** Node, as far as an app takes it along. */
export interface NodeRuntime {
  readonly program: string;
  readonly license: string;
}

/**
 * Node for a machine, of the version that the tests run on. For this machine it is the optional dependency, whose hash is in the
 * lockfile; for others, and for Macs, it is Node's own build with the hash that build/node-archives.json has, kept under
 * node_modules/.cache. A folder in NODE_DIST goes before both, `<platform>-<arch>/node` and LICENSE beside it: for builds
 * without a network, and for releases, which take what .ci/fetch-node-runtimes brought.
 * @throws Error when it cannot be had
 */
export async function nodeRuntime({ platform, arch }: Machine, root: string): Promise<NodeRuntime> {
  const { NODE_DIST } = process.env;
  const machine = `${platform}-${arch}`;
  if (NODE_DIST !== undefined) return runtimeIn(path.join(NODE_DIST, machine), 'node');
  const installed = path.join(root, 'node_modules', `node-${machine}`);
  if (existsSync(installed)) return runtimeIn(installed, path.join('bin', 'node'));
  const archives = JSON.parse(readFileSync(path.join(root, 'build', 'node-archives.json'), 'utf8'));
  const folder = path.join(root, 'node_modules', '.cache', 'node-runtime', String(archives.version), machine);
  if (!existsSync(path.join(folder, 'node'))) {
    await promisify(execFile)(process.execPath, [path.join(root, 'build', 'bring-node.mjs'), machine, folder]);
  }
  return runtimeIn(folder, 'node');
}

function runtimeIn(folder: string, program: string): NodeRuntime {
  const runtime = { program: path.join(folder, program), license: path.join(folder, 'LICENSE') };
  for (const file of Object.values(runtime)) {
    if (!existsSync(file)) throw new Error(`The app's command line needs a runtime, and ${file} is not there`);
  }
  return runtime;
}
