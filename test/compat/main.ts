import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { examineServer, type Result } from './examine-server.ts';
import { install } from './install.ts';
import { networkOfThis, runAgain } from './isolate.ts';
import { type CompatServer, SERVERS } from './servers.ts';
import { type Examined, faults, markdown } from './table.ts';

const RESULTS = fileURLToPath(new URL('../../out/compat/', import.meta.url));
const PAGE = new URL('../../docs/compatibility.md', import.meta.url);
const BLOCK = /(?<=<!-- compat: npm run compat -->\n\n)[\s\S]*?(?=\n\n<!-- \/compat -->)/;
const AT_ONCE = 2;

const { values } = parseArgs({
  options: {
    cache: { type: 'string', default: join(tmpdir(), 'mcp-gangway-compat') },
    only: { type: 'string', multiple: true, default: [] },
    missing: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const named = ({ name }: CompatServer) => values.only.length === 0 || values.only.some((word) => name.includes(word));
const chosen = SERVERS.filter((server) => named(server) && !(values.missing && existsSync(fileOf(server))));
const network = networkOfThis();
process.exitCode = network === null ? await prepare() : await run();

/** Installs what is missing, which needs a network, and goes on without one. */
async function prepare(): Promise<number> {
  for (const server of chosen) {
    process.stderr.write(`${server.name} ${server.version}: installed in ${values.cache}\n`);
    await install(server, values.cache);
  }
  return runAgain();
}

async function run(): Promise<number> {
  mkdirSync(RESULTS, { recursive: true });
  const failures: string[] = [];
  const queue = [...chosen];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let server = queue.shift(); server !== undefined; server = queue.shift()) {
        const failure = await examineAndKeep(server);
        if (failure !== null) failures.push(failure);
      }
    }),
  );
  const examined = kept();
  const all = [...failures, ...faults(examined.filter(({ server }) => chosen.includes(server)))];
  const table = markdown(examined, network === 'own' ? 'in a network of its own' : 'in the network of the machine');
  process.stdout.write(`\n${table}\n`);
  process.stdout.write(
    all.length > 0 ? `\nNot explained:\n- ${all.join('\n- ')}\n` : '\nAll differences are explained.\n',
  );
  if (values.write) write(table, examined);
  return all.length > 0 ? 1 : 0;
}

/** Keeps the result in a file, so that a run of a part leaves the rest as it was. */
async function examineAndKeep(server: CompatServer): Promise<string | null> {
  const started = performance.now();
  try {
    const result = await examineServer(server, values.cache);
    writeFileSync(fileOf(server), `${JSON.stringify(result, null, 2)}\n`);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${server.name} ${server.version}: examined in ${seconds} s\n`);
    return null;
  } catch (error) {
    return `${server.name} could not be examined: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What is known of the servers of the list in their present versions. */
function kept(): readonly Examined[] {
  return SERVERS.filter((server) => existsSync(fileOf(server))).map((server) => {
    const result: Result = JSON.parse(readFileSync(fileOf(server), 'utf8'));
    return { server, result };
  });
}

function fileOf({ name, version }: CompatServer): string {
  return join(RESULTS, `${name.replace('/', '+')}@${version}.json`);
}

function write(table: string, examined: readonly Examined[]): void {
  const missing = SERVERS.filter((server) => !examined.some((each) => each.server === server));
  if (missing.length > 0) throw new Error(`Not examined yet: ${missing.map(({ name }) => name).join(', ')}`);
  const page = readFileSync(PAGE, 'utf8');
  if (!BLOCK.test(page)) throw new Error(`${PAGE.pathname} has no place for the table`);
  writeFileSync(
    PAGE,
    page.replace(BLOCK, () => table),
  );
}
