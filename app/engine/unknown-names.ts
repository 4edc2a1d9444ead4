import type { Text } from '../i18n/index.ts';
import type { Settings } from '../settings/settings.ts';

type Naming = Pick<Settings, 'servers' | 'sets' | 'recordContents'>;

/** What names servers that are not set up, in a sentence each. It may be a slip of the finger, or a server that is yet to come. */
export function unknownNames({ servers, sets, recordContents }: Naming, text: Text): readonly string[] {
  const names = servers.map(({ name }) => name);
  const strangers = (wanted: readonly string[]) => [...new Set(wanted)].filter((name) => !names.includes(name));
  const words = text.servers.strangers;
  const unrecorded = strangers(recordContents);
  return [
    ...(unrecorded.length === 0 ? [] : [words.recorded(unrecorded, names)]),
    ...sets.flatMap((set) => {
      const inSet = strangers(Object.keys(set.servers));
      return inSet.length === 0 ? [] : [words.inSet(set.name, inSet, names)];
    }),
  ];
}
