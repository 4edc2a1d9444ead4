import { type CompatClient, NOT_ASKED } from './clients.ts';
import { MODES, type Result } from './examine-client.ts';

export interface Examined {
  readonly client: CompatClient;
  readonly result: Result;
}

/** What was not read as it was written. */
export function faults(examined: readonly Examined[]): readonly string[] {
  return examined.flatMap(({ client, result }) =>
    Object.entries(result).flatMap(([mode, said]) => said.map((fault) => `${client.title}, ${mode}: ${fault}`)),
  );
}

/** The table for people. */
export function markdown(examined: readonly Examined[]): string {
  const rows = examined.map(({ client, result }) => {
    const marks = [...MODES, 'undo' as const].map((mode) => (result[mode].length === 0 ? 'yes' : 'no'));
    const { title, name, version, asked, shows } = client;
    const seen = {
      everything: 'command, environment, address, headers',
      names: 'the same, secrets masked',
      command: 'command, address',
    }[shows];
    return `| ${title} | \`${name}\` ${version} | ${asked} | ${seen} | ${marks.join(' | ')} |`;
  });
  return [
    '| client | package | asked by | what it shows | Direct | Through | Run | undone |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'Not asked:',
    '',
    ...NOT_ASKED.map(({ title, why }) => `- ${title}: ${why}.`),
  ].join('\n');
}
