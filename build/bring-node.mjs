// Brings Node's own build into a folder: FOLDER/node and FOLDER/LICENSE, in the version and with the SHA-256 that
// node-archives.json has. Nothing is unpacked whose hash differs. NODEJS_ORG_MIRROR names another source, which changes nothing
// about the hash. Plain JavaScript: it runs under the Node that a machine happens to have, after `npm ci`.
//
//   node build/bring-node.mjs darwin-arm64 FOLDER
//   node build/bring-node.mjs --for-this-machine    after `npm ci`: node_modules/node/bin/node, from npm's package with Node
//                                                   or, where there is none (Macs), from Node's own build
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const { version, sha256 } = JSON.parse(readFileSync(path.join(here, 'node-archives.json'), 'utf8'));
const { NODEJS_ORG_MIRROR = 'https://nodejs.org/dist' } = process.env;
/** The first version that runs TypeScript by itself, as the project's scripts are. */
const OWN_NODE_ENOUGH = [22, 18];

async function bring(machine, folder) {
  const wanted = sha256[machine];
  if (wanted === undefined)
    throw new Error(`There is no hash of Node ${version} for ${machine} in build/node-archives.json`);
  const name = `node-v${version}-${machine}`;
  const url = `${NODEJS_ORG_MIRROR}/v${version}/${name}.tar.gz`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}`);
  const archive = Buffer.from(await response.arrayBuffer());
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== wanted) {
    throw Object.assign(new Error(`${url} has the SHA-256 ${found}, not ${wanted}: it is not used`), {
      tampered: true,
    });
  }
  const scratch = mkdtempSync(path.join(tmpdir(), 'node-'));
  try {
    const file = path.join(scratch, 'node.tar.gz');
    writeFileSync(file, archive);
    execFileSync('tar', ['-xzf', file, '-C', scratch, `${name}/LICENSE`, `${name}/bin/node`]);
    mkdirSync(folder, { recursive: true });
    for (const part of ['LICENSE', 'bin/node']) {
      // By a copy beside the target: the folder may be on another disk than the scratch.
      const target = path.join(folder, path.basename(part));
      writeFileSync(`${target}.part`, readFileSync(path.join(scratch, name, part)), { mode: 0o755 });
      renameSync(`${target}.part`, target);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Clients' configurations name node_modules/node/bin/node, which stays where it is whatever package the program is from. */
async function installForThisMachine() {
  const machine = `${process.platform}-${process.arch}`;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const modules = path.join(here, '..', 'node_modules');
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const packed = path.join(modules, name, 'bin', program);
  if (existsSync(packed)) return place(packed, path.join(modules, 'node', 'bin', program));
  if (process.platform !== 'darwin' || sha256[machine] === undefined) return;
  const folder = path.join(modules, '.cache', 'node-runtime', version, machine);
  const brought = path.join(folder, program);
  if (!existsSync(brought)) await bring(machine, folder);
  place(brought, path.join(modules, 'node', 'bin', program));
  place(brought, path.join(modules, '.bin', program));
}

function place(program, target) {
  mkdirSync(path.dirname(target), { recursive: true });
  rmSync(target, { force: true });
  linkSync(program, target);
}

const [machine, folder] = process.argv.slice(2);
try {
  if (machine === '--for-this-machine') await installForThisMachine();
  else await bring(machine, folder);
} catch (error) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > OWN_NODE_ENOUGH[0] || (major === OWN_NODE_ENOUGH[0] && minor >= OWN_NODE_ENOUGH[1]);
  const optional = machine === '--for-this-machine' && enough && error.tampered !== true;
  process.stderr.write(`${error.message}${optional ? `; your own Node ${process.version} is used instead` : ''}\n`);
  process.exitCode = optional ? 0 : 1;
}
