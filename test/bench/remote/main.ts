import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builds } from '../common/gangway.ts';
import { chosen, readOptions } from '../common/options.ts';
import { timed } from '../common/progress.ts';
import { report } from '../common/report.ts';
import type { Row, Table } from '../common/results.ts';
import { REMOTE_MEASURES } from './measures.ts';
import { others, type RemoteSubject, startGangway, startRemote, startTwoRelays, WIRES, type Wire } from './subjects.ts';

const { pace, only, before } = readOptions(process.argv.slice(2), { full: 5, quick: 2 });

// mcp-remote keeps files below its home.
const home = mkdtempSync(join(tmpdir(), 'gangway-bench-home-'));
process.env['HOME'] = home;
const remote = await startRemote();
try {
  const tables: Table[] = [];
  for (const wire of chosen(WIRES, only)) tables.push(await tableOf(wire));
  report('remote', tables);
} finally {
  await remote.program.stop();
  rmSync(home, { recursive: true, force: true });
}

async function tableOf(wire: Wire): Promise<Table> {
  const url = `http://127.0.0.1:${remote.port}${wire.path}`;
  const ours = await startOurs(url, wire);
  const twoRelays = await startTwoRelays(url);
  const rows: Row[] = [];
  try {
    const subjects = chosen([...ours, twoRelays, ...others(url, wire)], only);
    for (const measure of chosen(REMOTE_MEASURES, only)) {
      const work = () => measure.rows({ subjects, fresh: () => startOurs(url, wire), pace });
      rows.push(...(await timed(`${wire.name}: ${measure.name}`, work)));
    }
    return { title: `a remote with ${wire.name}`, subjects: subjects.map(({ name }) => name), rows };
  } finally {
    for (const { gateway } of [...ours, twoRelays]) await gateway?.stop();
  }
}

async function startOurs(url: string, wire: Wire): Promise<readonly RemoteSubject[]> {
  const started = await Promise.all(builds(before).map((build) => startGangway(build, url, wire)));
  return started.filter((subject) => subject !== null);
}
