import type { Text } from '../i18n/index.ts';
import type { JsonFault } from './jsonc.ts';
import type { OtherFormat, Place } from './server-entries.ts';

/** Why a file, or one entry of it, cannot be used. Facts; `problemSentence` says it to a person. */
export type ConfigProblem = { readonly place?: Place } & (
  | { readonly kind: 'unreadable' /** errno of reading it */; readonly code: string; readonly file: string }
  | { readonly kind: 'other-format'; readonly format: OtherFormat }
  /** It breaks the rules of JSON. */
  | { readonly kind: 'mistake'; readonly fault: JsonFault }
  /** There is no map of servers in it; `meant` is what `wrote` most likely should be. */
  | { readonly kind: 'no-servers'; readonly wrote?: string; readonly meant?: string }
  /** `wrote` is the key that most likely should be the field. */
  | { readonly kind: 'bad-entry'; readonly server: string; readonly field: string; readonly wrote?: string }
  /** More than the settings hold: characters of a value, or items of a list or map. */
  | {
      readonly kind: 'too-long';
      readonly server: string;
      readonly field: string;
      readonly size: number;
      readonly most: number;
      readonly of: 'characters' | 'items';
    }
  /** Letters that the settings do not take. */
  | { readonly kind: 'bad-letters'; readonly server: string; readonly field: string }
  /** Served all the same: a key that means nothing, and most likely should be another. */
  | { readonly kind: 'unknown-key'; readonly server: string; readonly wrote: string; readonly meant: string }
  /** Served all the same: a key of another client, by which that would get what it shows the server from elsewhere. */
  | { readonly kind: 'unused-key'; readonly server: string; readonly key: string }
  /** Served all the same: what it should run, and where it should be, of which the command counts. */
  | { readonly kind: 'two-sources'; readonly server: string; readonly key: string }
  /** Served all the same: it calls itself the default, as `taken` does, which stands before it. */
  | { readonly kind: 'second-default'; readonly server: string; readonly taken: string }
  /** No http or https URL, or one with credentials in it. */
  | { readonly kind: 'bad-url'; readonly server: string }
  /** A header that no server may be given, or a value that no header can hold. */
  | { readonly kind: 'bad-header'; readonly server: string; readonly header: string }
  /** A file that a header takes its value from; `code` is the errno of reading it. */
  | { readonly kind: 'header-file'; readonly server: string; readonly file: string; readonly code: string }
  /** Its variables stand in a file of their own. */
  | { readonly kind: 'env-file'; readonly server: string }
  /** The list of sets beside the servers; none of them is there. */
  | { readonly kind: 'bad-sets' }
  /** A server of the command line has that name. */
  | { readonly kind: 'same-name'; readonly server: string }
  /** The title stands there once more. */
  | { readonly kind: 'repeated'; readonly server: string }
  | { readonly kind: 'missing-variable'; readonly server: string; readonly variable: string }
);

/** Thrown while one entry is read, and caught where the entries are. */
export class EntryFault extends Error {
  readonly problem: ConfigProblem;

  constructor(problem: ConfigProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** Whether a file tells no servers at all because of it. */
export function isOfWholeFile({ kind }: ConfigProblem): boolean {
  return kind === 'unreadable' || kind === 'other-format' || kind === 'mistake' || kind === 'no-servers';
}

/** @param file when given, the sentence begins with the place: `servers.json:3:22: …` */
export function problemSentence(problem: ConfigProblem, text: Text, file?: string): string {
  const sentence = sentenceOf(problem, text);
  const { place } = problem;
  if (file === undefined || problem.kind === 'unreadable') return sentence;
  return place === undefined ? `${file}: ${sentence}` : `${file}:${place.line}:${place.column}: ${sentence}`;
}

function sentenceOf(problem: ConfigProblem, text: Text): string {
  const { config } = text.servers;
  switch (problem.kind) {
    case 'unreadable':
      return config.unreadable(problem.file, problem.code);
    case 'other-format':
      return config.otherFormat[problem.format];
    case 'mistake':
      return config.mistake[problem.fault.mistake](problem.fault.found);
    case 'no-servers': {
      const { wrote, meant } = problem;
      return wrote === undefined || meant === undefined ? config.noServers : config.noServersSlip(wrote, meant);
    }
    case 'bad-entry':
      return problem.wrote === undefined
        ? config.badEntry(problem.server, problem.field)
        : config.badEntrySlip(problem.server, problem.wrote, problem.field);
    case 'too-long':
      return config.tooLong[problem.of](problem.server, problem.field, problem.size, problem.most);
    case 'bad-letters':
      return config.badLetters(problem.server, problem.field);
    case 'unknown-key':
      return config.unknownKey(problem.server, problem.wrote, problem.meant);
    case 'unused-key':
      return config.unusedKey(problem.server, problem.key);
    case 'two-sources':
      return config.twoSources(problem.server, problem.key);
    case 'second-default':
      return config.secondDefault(problem.server, problem.taken);
    case 'bad-url':
      return config.badUrl(problem.server);
    case 'bad-header':
      return config.badHeader(problem.server, problem.header);
    case 'header-file':
      return config.headerFile(problem.server, problem.file, problem.code);
    case 'env-file':
      return config.envFile(problem.server);
    case 'bad-sets':
      return config.badSets;
    case 'same-name':
      return config.sameName(problem.server);
    case 'repeated':
      return config.repeated(problem.server);
    case 'missing-variable':
      return config.missingVariable(problem.server, problem.variable);
    default:
      return problem satisfies never;
  }
}
