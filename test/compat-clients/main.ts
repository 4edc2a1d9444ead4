import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderOf, install } from '../compat/install.ts';
import { networkOfThis, runAgain } from '../compat/isolate.ts';
import { CLIENTS } from './clients.ts';
import { examineClient } from './examine-client.ts';
import { type Examined, faults, markdown } from './table.ts';

const PAGE = new URL('../../docs/compatibility.md', import.meta.url);
const BLOCK = /(?<=<!-- clients: npm run compat:clients -->\n\n)[\s\S]*?(?=\n\n<!-- \/clients -->)/;

const { values } = parseArgs({
  options: {
    cache: { type: 'string', default: join(tmpdir(), 'mcp-gangway-compat-clients') },
    only: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
});
const chosen = CLIENTS.filter(({ id }) => values.only.length === 0 || values.only.includes(id));
process.exitCode = networkOfThis() === null ? await prepare() : await run();

/** Installs what is missing, which needs a network, and goes on without one. */
async function prepare(): Promise<number> {
  for (const client of chosen) {
    process.stderr.write(`${client.name} ${client.version}: installed in ${values.cache}\n`);
    await install(client, values.cache);
  }
  return runAgain();
}

async function run(): Promise<number> {
  const examined: Examined[] = [];
  const failures: string[] = [];
  for (const client of chosen) {
    const folder = join(folderOf(client, values.cache), 'node_modules', client.name);
    try {
      examined.push({ client, result: await examineClient(client, folder) });
      process.stderr.write(`${client.title}: examined\n`);
    } catch (error) {
      failures.push(`${client.title} could not be asked: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const all = [...failures, ...faults(examined)];
  const table = markdown(examined);
  process.stdout.write(`\n${table}\n`);
  process.stdout.write(
    all.length > 0 ? `\nNot as written:\n- ${all.join('\n- ')}\n` : '\nAll read what was written.\n',
  );
  if (values.write && all.length === 0) write(table);
  return all.length > 0 ? 1 : 0;
}

function write(table: string): void {
  if (chosen.length < CLIENTS.length) throw new Error('The table has to be about all clients: leave --only out');
  const page = readFileSync(PAGE, 'utf8');
  if (!BLOCK.test(page)) throw new Error(`${PAGE.pathname} has no place for the table`);
  writeFileSync(
    PAGE,
    page.replace(BLOCK, () => table),
  );
}
