// Usage: node .ci/rehearse-release.mjs [--quick] [--list]
// Goes through .github/workflows/release.yml in a temporary copy of the last commit, with stand-ins for its secrets, and says step by
// step what ran, what stood in for what, and what only a Mac or an account can do. A step runs with the very text of the workflow.
//   --quick   takes the installed packages, and leaves the tests out
//   --list    only prints the steps that this script knows, as JSON
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const quick = process.argv.includes('--quick');

const RUN = { how: 'run' };
const HERE = { how: 'given', words: 'a copy of the last commit, and the Node that runs this' };
const mac = (words) => ({ how: 'left', words, needs: 'a Mac' });
const instead = (words, run, needs) => ({ how: 'instead', words, run, needs });

/** Every step of the workflow by its name, else by its action or command; what is done with it here. */
const STEPS = {
  macos: {
    'actions/checkout': HERE,
    'actions/setup-node': HERE,
    'The tag is the version of package.json': RUN,
    'package.json names this repository': RUN,
    'CHANGELOG.md says what is new in it': RUN,
    'npm ci': quick ? instead('the installed packages', installed) : RUN,
    'npm test': quick ? { how: 'left', words: 'left out by --quick' } : RUN,
    "Keep the key for notarization in a file, as Apple's tool wants it": RUN,
    "The runtime of the app's command line, for both kinds of Mac": instead('an empty runtime', emptyRuntimes),
    'Pack, sign and notarize': instead(
      'an unsigned zip around an Electron without code',
      packed,
      'a Mac and the secrets of Apple',
    ),
    'The packed app is whole, has its UUID, and answers': mac('codesign, dwarfdump, and an app that runs'),
    'macOS would let a person open it': mac('spctl and the ticket of a notarization'),
    'Apps that are out there can update to it': RUN,
    'The cask for the Homebrew tap': RUN,
    'The packages that it was built from, as SPDX': RUN,
    'The hashes of what is published': RUN,
    'Draft the release': { ...RUN, words: 'with a client of GitHub that only looks whether every file is there', needs: 'GitHub' },
  },
  npm: {
    'actions/checkout': HERE,
    'actions/setup-node': HERE,
    'npm ci': instead('the packages of the first job', null),
    'The package names the repository that it is from': RUN,
    'Publish with provenance': instead('a dry run without provenance', dryPublish, 'npm, and GitHub for the identity'),
  },
};

if (process.argv.includes('--list')) {
  const list = Object.fromEntries(Object.entries(STEPS).map(([job, steps]) => [job, Object.keys(steps)]));
  console.log(JSON.stringify(list));
  process.exit(0);
}

const { parse } = await import('yaml');
const workflow = parse(readFileSync(path.join(root, '.github', 'workflows', 'release.yml'), 'utf8'));
const scratch = mkdtempSync(path.join(tmpdir(), 'gangway-rehearsal-'));
const copy = path.join(scratch, 'source');
const runnerTemp = path.join(scratch, 'runner');
const bin = path.join(scratch, 'bin');
const secrets = new Set();
let failed = 0;
const open = [];

try {
  prepare();
  for (const [job, { steps, env = {} }] of Object.entries(workflow.jobs)) {
    console.log(`\n${job}`);
    for (const step of steps) rehearse(job, step, env);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(
  `\n${failed === 0 ? 'Nothing failed' : `${failed} failed`}. Only elsewhere can be done:\n${open.join('\n')}` +
    `\nThe first tag needs these secrets in the environment "release": ${[...secrets].sort().join(', ')}.`,
);
process.exitCode = failed === 0 ? 0 : 1;

function prepare() {
  for (const folder of [runnerTemp, bin]) mkdirSync(folder, { recursive: true });
  const cloned = spawnSync('git', ['clone', '--quiet', '--no-hardlinks', root, copy], { encoding: 'utf8' });
  if (cloned.status !== 0) throw new Error(cloned.stderr);
  const changed = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  if (changed !== '') console.log('Changes that are not committed do not take part.');
  // GitHub's client drafts nothing here, but every file that it is given must be there.
  const gh = '#!/bin/sh\nfor word; do case "$word" in dist/*|*.md) [ -f "$word" ] || { echo "$word is not there" >&2; exit 1; };; esac; done\n';
  writeFileSync(path.join(bin, 'gh'), gh);
  chmodSync(path.join(bin, 'gh'), 0o755);
}

function rehearse(job, step, jobEnv) {
  const name = step.name ?? step.uses?.replace(/@.*/, '') ?? step.run;
  const plan = STEPS[job]?.[name];
  const all = { ...jobEnv, ...step.env };
  for (const [, secret] of JSON.stringify(all).matchAll(/secrets\.(\w+)/g)) secrets.add(secret);
  if (plan === undefined) {
    return say('FAILED', name, 'this script does not know the step: add it to STEPS in .ci/rehearse-release.mjs');
  }
  if (plan.needs !== undefined) open.push(`  ${name} (${plan.needs})`);
  switch (plan.how) {
    case 'given':
      return say('given', name, plan.words);
    case 'left':
      return say('left', name, plan.words);
    case 'instead':
      return plan.run === null ? say('instead', name, plan.words) : attempt(name, 'instead', plan.words, plan.run, all);
    default:
      return attempt(name, 'ran', plan.words ?? '', (env) => shell(step.run, env), all);
  }
}

/** Runs a step. The one that asks for the repository is refused while there is none, as a tag would be; then a name stands in. */
function attempt(name, done, words, run, stepEnv) {
  const env = environment(stepEnv);
  let refused = run(env);
  if (refused !== null && name === 'package.json names this repository' && manifest().repository === undefined) {
    say('refused', name, `as a tag would be today: ${refused}`);
    shell('npm pkg set repository=github:rehearsal/mcp-gangway', env);
    refused = run(env);
  }
  if (refused === null) say(done, name, words);
  else say('FAILED', name, refused);
}

function environment(stepEnv) {
  const given = Object.entries(stepEnv).map(([key, value]) => [key, filled(String(value))]);
  return {
    ...process.env,
    GITHUB_REF_NAME: `v${manifest().version}`,
    GITHUB_REPOSITORY: 'rehearsal/mcp-gangway',
    RUNNER_TEMP: runnerTemp,
    PATH: [bin, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    ...Object.fromEntries(given),
  };
}

function filled(value) {
  return value
    .replaceAll(/\$\{\{\s*runner\.temp\s*\}\}/g, runnerTemp)
    .replaceAll(/\$\{\{\s*(?:secrets\.(\w+)|github\.token)\s*\}\}/g, 'stand-in');
}

/** Null when it went well, else what it said last. GitHub runs each step with `bash -e`. */
function shell(script, env) {
  const { status, stdout, stderr, error } = spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: copy,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return null;
  return (error?.message ?? `${stdout}\n${stderr}`).trim().split('\n').slice(-12).join('\n');
}

/** Hard links where the system can make them: half a gigabyte. */
function installed(env) {
  return shell(`cp -al '${root}/node_modules' node_modules 2>/dev/null || cp -R '${root}/node_modules' node_modules`, env);
}

function emptyRuntimes() {
  for (const arch of ['arm64', 'x64']) {
    const folder = path.join(runnerTemp, 'node', `darwin-${arch}`);
    mkdirSync(folder, { recursive: true });
    for (const name of ['node', 'LICENSE']) writeFileSync(path.join(folder, name), 'stand-in');
  }
  return null;
}

/** For one kind of Mac, under the names that the universal build has: only a Mac can make that one, or a dmg. */
function packed(env) {
  const skeleton = path.join(scratch, 'electron');
  const make = `import { makeSkeleton } from './test/package/support/skeleton.ts'; makeSkeleton(process.argv[1]);`;
  const without = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:CSC_|APPLE_)/.test(name)));
  const tools = {
    ...without,
    ELECTRON_BUILDER_7ZIP_PATH: path.join(copy, 'test', 'package', 'support', 'seven-zip.py'),
  };
  return shell(
    [
      'npm run --silent build',
      `node --input-type=module -e "${make}" '${skeleton}'`,
      `node build/package.ts --mac zip --x64 -c.electronDist='${skeleton}/darwin' -c.mac.identity=null -c.mac.notarize=false \\
        -c.electronFuses.resetAdHocDarwinSignature=false -c.artifactName='\${name}-\${version}-universal.\${ext}'`,
      'mv dist/mac dist/mac-universal',
      `touch "dist/mcp-gangway-${manifest().version}-universal.dmg"`,
    ].join('\n'),
    tools,
  );
}

function dryPublish(env) {
  return shell('npm publish "$RUNNER_TEMP"/npm/mcp-gangway-*.tgz --dry-run --access public', env);
}

function manifest() {
  const file = existsSync(path.join(copy, 'package.json')) ? copy : root;
  return JSON.parse(readFileSync(path.join(file, 'package.json'), 'utf8'));
}

function say(what, name, words) {
  if (what === 'FAILED') failed++;
  console.log(`  ${what.padEnd(8)} ${name}${words === '' ? '' : `: ${words}`}`);
}
