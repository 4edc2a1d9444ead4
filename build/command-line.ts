import { chmodSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Machine, nodeRuntime } from './node-runtime.ts';

/**
 * Puts the command line into an app: `bin/mcp-gangway` in its Resources, with a runtime of its own, so that a client's config
 * can name it by its path. The app's own program cannot take that part: it is to be nobody's Node, because macOS
 * lets into the local network whatever runs in it.
 * @throws Error when the command line was not built, or there is no runtime
 */
export async function installCommandLine(resources: string, machine: Machine, root: string): Promise<void> {
  const built = path.join(root, 'out', 'cli.cjs');
  if (!existsSync(built)) throw new Error('The command line is not built: npm run build:cli');
  const bin = path.join(resources, 'bin');
  mkdirSync(bin, { recursive: true });
  cpSync(built, path.join(bin, 'cli.cjs'));
  cpSync(path.join(root, 'out', 'cli'), path.join(bin, 'cli'), { recursive: true });
  cpSync(path.join(root, 'build', 'bin', 'mcp-gangway'), path.join(bin, 'mcp-gangway'));
  const { program, license } = await nodeRuntime(machine, root);
  cpSync(program, path.join(bin, 'node'));
  cpSync(license, path.join(bin, 'LICENSE.node'));
  for (const name of ['mcp-gangway', 'node']) chmodSync(path.join(bin, name), 0o755);
}
