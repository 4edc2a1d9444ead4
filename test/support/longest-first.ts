import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first. Vitest knows by itself what took long in an earlier run, and goes by the sizes
 * of the files in a clean clone, where one of these would come last: one core would wait for it.
 */
const LONGEST = [
  'integration/shim/official-clients',
  'integration/bridge/official-clients',
  'integration/gateway/web-pages',
  'integration/shim/connect',
  'integration/shim/reconnecting',
  'integration/shim/restart',
  'integration/rehearsal/rehearsal',
  'integration/bridge/other-programs',
  'integration/bridge/remote-real',
  'integration/bridge/servers',
  'integration/bridge/slow-starts',
  'integration/gateway/reverse-proxies',
  'integration/clients/interruption',
  'integration/gateway/half-closed',
  'integration/doctor/doctor',
  'integration/cli/recipes',
  'integration/cli/left-behind',
  'integration/bridge/sleep',
  'integration/proxy/endurance',
  'integration/bridge/shared-address',
  'integration/bridge/faults',
  'integration/gateway/lan',
  'integration/cli/doctor',
  'integration/cli/serve',
  'integration/cli/settings-command',
  'e2e/accessibility',
  'e2e/local-network',
  'e2e/adding',
  'e2e/rehearsal',
  'e2e/lifecycle',
  'e2e/clicks',
  'e2e/activity',
  'e2e/clients',
  'e2e/updates',
];

/** Begins with the longest files of each project. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = new Map(LONGEST.map((name, index) => [`test/${name}.test.ts`, index]));
    const placeOf = ({ moduleId, project }: TestSpecification): number =>
      place.get(relative(project.config.root, moduleId)) ?? LONGEST.length;
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return sorted.toSorted(
      (a, b) => projects.indexOf(a.project) - projects.indexOf(b.project) || placeOf(a) - placeOf(b),
    );
  }
}
