import type { ServerSetting, SetSetting } from '../settings/settings.ts';
import { type ConfigProblem, EntryFault } from './config-problem.ts';
import { EntryReader, type ReadFile, type Unnamed } from './entry-reader.ts';
import type { JsonNode } from './jsonc.ts';
import { RulesEntryFault, setsIn } from './rules-entry.ts';
import { type EntriesReading, member, readServerEntries } from './server-entries.ts';
import { type Names, namesFor } from './server-name.ts';

/** The servers of a file, and what is wrong with those that are left out. */
export interface ConfigServers {
  readonly servers: readonly ServerSetting[];
  /** The one marked `"default": true`, or the only one; null when none stands out. */
  readonly defaultServer: string | null;
  readonly problems: readonly ConfigProblem[];
  /** Of a file that its owner has named on the command line: what is pasted or imported brings none. */
  readonly sets: readonly SetSetting[];
  /** The name that each title was given, to be held when the file is read again. */
  readonly names: Names;
}

/**
 * Reads the JSON in which desktop clients keep their servers: `command`, `args`, `env` and `cwd`, with variables of ours in them. An
 * entry that is wrong is left out and named; the others count. Beyond what the clients know, an entry may say `default`,
 * `era` and `spare`; `disabled` ones are skipped. With `readFile`, `${file:PATH}` in a header is the content of that file; it
 * throws what reading throws. Only a file that its owner has named on the command line is read so, and only there `lanCredentials`
 * counts. Without `env` nothing is filled in: so it is read where what is stored must be what was shown.
 */
export function configServers(
  text: string,
  env: NodeJS.ProcessEnv | null,
  held?: Names,
  readFile: ReadFile | null = null,
): ConfigServers {
  const reading = readServerEntries(text);
  if (reading.kind !== 'entries') {
    return { servers: [], defaultServer: null, sets: [], problems: [problemOf(reading)], names: held ?? new Map() };
  }
  const { entries, placeOf } = reading;
  const usable = new Map<string, Unnamed>();
  const problems: ConfigProblem[] = reading.repeated.map(({ title, at }) => ({
    kind: 'repeated',
    server: title,
    place: placeOf(at),
  }));
  let marked: string | null = null;
  for (const entry of entries) {
    try {
      if (isOff(entry.value)) continue;
      const one = new EntryReader(entry, env, placeOf, readFile);
      usable.set(entry.title, one.setting());
      problems.push(...one.slips());
      const mark = member(entry.value, 'default');
      if (mark === undefined || !isTrue(entry.value, 'default')) continue;
      // What is pasted or imported makes no server the default.
      if (marked !== null && readFile !== null) {
        problems.push({ kind: 'second-default', server: entry.title, taken: marked, place: placeOf(mark.at) });
      }
      marked ??= entry.title;
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
      problems.push(error.problem);
    }
  }
  // An entry that is off or wrong takes no name from another.
  const names = namesFor([...usable.keys()], held);
  const servers = [...usable].map(([title, setting]): ServerSetting => {
    const name = names.get(title) ?? '';
    return { name, ...(title === name ? {} : { title }), ...setting };
  });
  const only = servers.length === 1 ? (servers[0]?.name ?? null) : null;
  const defaultServer = marked === null ? only : (names.get(marked) ?? null);
  let sets: readonly SetSetting[] = [];
  try {
    if (readFile !== null) sets = setsIn(reading.root);
  } catch (error) {
    if (!(error instanceof RulesEntryFault)) throw error;
    problems.push({ kind: 'bad-sets', place: placeOf(error.node.at) });
  }
  return { servers, defaultServer, sets, problems, names };
}
function problemOf(reading: Exclude<EntriesReading, { kind: 'entries' }>): ConfigProblem {
  switch (reading.kind) {
    case 'other-format':
      return reading;
    case 'mistake':
      return { kind: 'mistake', fault: reading.fault, place: reading.place };
    case 'no-servers': {
      const { slip } = reading;
      return slip === null ? { kind: 'no-servers' } : { kind: 'no-servers', ...slip };
    }
    default:
      return reading satisfies never;
  }
}

function isTrue(entry: JsonNode, key: string): boolean {
  const node = member(entry, key);
  return node?.kind === 'scalar' && node.value === true;
}

/** Switched off in the client it was written for. */
function isOff(entry: JsonNode): boolean {
  if (isTrue(entry, 'disabled')) return true;
  return ['enabled', 'active'].some((key) => {
    const node = member(entry, key);
    return node?.kind === 'scalar' && node.value === false;
  });
}
