import { fileURLToPath } from 'node:url';
import { builds } from '../common/gangway.ts';
import { chosen, readOptions } from '../common/options.ts';
import { timed } from '../common/progress.ts';
import { report } from '../common/report.ts';
import type { Row } from '../common/results.ts';
import { Bridge } from '../inbound/subjects/bridge.ts';
import { gangway } from '../inbound/subjects/gangway.ts';
import { SHIM_MEASURES } from './measures.ts';
import { type ShimGateway, shimSubjects } from './subjects.ts';

const FIXTURE = fileURLToPath(new URL('../inbound/fixture/server.js', import.meta.url));

const { pace, only, before } = readOptions(process.argv.slice(2), { full: 7, quick: 3 });
const gateways: ShimGateway[] = [];
try {
  for (const build of builds(before)) gateways.push({ build, gateway: await Bridge.start(gangway(build, '/mcp')) });
  const server = { command: process.execPath, args: [FIXTURE, '--era', 'dual'] };
  const subjects = chosen(shimSubjects(server, gateways), only);
  const rows: Row[] = [];
  for (const measure of chosen(SHIM_MEASURES, only)) {
    rows.push(...(await timed(measure.name, () => measure.rows(subjects, pace))));
  }
  report('shim', [{ title: 'connect', subjects: subjects.map(({ name }) => name), rows }]);
} finally {
  for (const { gateway } of gateways) await gateway.stop();
}
