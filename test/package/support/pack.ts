import { execFile, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.join(import.meta.dirname, '..', '..', '..');
const builder = path.join(
  path.dirname(createRequire(import.meta.url).resolve('electron-builder/package.json')),
  'cli.js',
);

/** `--linux dir` and `--mac dir` need no tool that electron-builder would have to download. */
export type PackTarget = 'linux' | 'mac';

/**
 * Packs this repository into an unpacked app, without a network where that can be arranged.
 * @param config `['--config', file]`, or changes to electron-builder.yml such as `-c.electronDist=folder`
 * @param env added to our own environment
 * @param form `zip` takes ELECTRON_BUILDER_7ZIP_PATH in the environment, or electron-builder would download that program
 * @throws Error with electron-builder's own words
 */
export async function pack(
  target: PackTarget,
  config: readonly string[],
  env: Readonly<Record<string, string>> = {},
  form: 'dir' | 'zip' = 'dir',
): Promise<void> {
  const arch = target === 'mac' ? '--arm64' : '--x64';
  const command = [process.execPath, builder, `--${target}`, form, arch, '--publish', 'never', ...config];
  const [program = '', ...args] = [...withoutNetwork(), ...command];
  try {
    await promisify(execFile)(program, args, { cwd: root, maxBuffer: 16_000_000, env: { ...process.env, ...env } });
  } catch (error) {
    const { stdout, stderr } = Object(error);
    throw new Error(`electron-builder failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** A network namespace of its own has no network; making one takes Linux, and rights that a container may not have. */
function withoutNetwork(): readonly string[] {
  const alone = ['unshare', '--net'] as const;
  return spawnSync(alone[0], [alone[1], 'true']).status === 0 ? alone : [];
}
