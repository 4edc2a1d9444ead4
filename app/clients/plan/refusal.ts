import type { AppText } from '../../i18n/app.ts';
import { type ConfigProblem, problemSentence } from '../../servers/index.ts';
import type { StrictMistake } from '../document/index.ts';
import type { OutsideKey } from '../table/client.ts';
import type { BridgeName } from '../url-bridge/bridge.ts';

/** Why a file was left alone. */
export type Refusal =
  /** It breaks the rules of its format; line and column count from 1. */
  | { readonly kind: 'broken'; readonly file: string; readonly line: number; readonly column: number }
  /** JSON5 beyond comments and trailing commas, which its client reads, and which is not edited here. */
  | {
      readonly kind: 'json5';
      readonly file: string;
      readonly client: string;
      readonly line: number;
      readonly column: number;
    }
  /** Other programs would read it, but this client does not. */
  | {
      readonly kind: 'strict';
      readonly file: string;
      readonly client: string;
      readonly line: number;
      readonly column: number;
      readonly mistake: StrictMistake;
    }
  | { readonly kind: 'not-utf8'; readonly file: string }
  /** A pipe, a device or a folder, or too large to be a client's file. */
  | { readonly kind: 'no-file'; readonly file: string }
  /** A link in a project's folder that leads to `real`, which is not in it. */
  | { readonly kind: 'outside-folder'; readonly file: string; readonly real: string }
  /** Installed by the client itself, with settings that stand in no file. */
  | { readonly kind: 'extension'; readonly name: string; readonly client: string }
  /** `code` is the errno of reading it. */
  | { readonly kind: 'unreadable'; readonly file: string; readonly code: string }
  | { readonly kind: 'no-entry'; readonly name: string }
  | { readonly kind: 'name-taken'; readonly name: string }
  /** The client connects to an address itself: no variable and no program of ours can come in between. */
  | { readonly kind: 'address'; readonly name: string }
  | { readonly kind: 'foreign'; readonly name: string }
  /** It was led to us by hand already: the text from before is unknown. */
  | { readonly kind: 'by-hand'; readonly name: string }
  /** It runs in a container, whose own loopback is not ours. */
  | { readonly kind: 'container'; readonly name: string }
  /** It runs in a system of its own, or behind a wrapper, that variables do not get into. */
  | { readonly kind: 'machine' | 'withheld'; readonly name: string; readonly program: string }
  /** It names no address that a TCP forward could stand for. */
  | { readonly kind: 'no-address'; readonly name: string }
  | { readonly kind: 'no-addresses'; readonly client: string }
  | { readonly kind: 'variable'; readonly name: string; readonly variable: string; readonly isAddress: boolean }
  /** A part of its values stands elsewhere, under `key`: those of `names`, or all that it leads to. */
  | {
      readonly kind: 'outside';
      readonly name: string;
      readonly key: string;
      readonly names: readonly string[];
      readonly from: OutsideKey['from'];
      readonly isAddress: boolean;
    }
  /** A path in it depends on a folder that only the client knows. */
  | { readonly kind: 'relative'; readonly name: string; readonly path: string; readonly isAddress: boolean }
  /** It says how its address is reached in a way that Gangway has no counterpart for. */
  | { readonly kind: 'option'; readonly name: string; readonly option: string }
  /** What is behind a bridge such as mcp-remote cannot be moved whole. */
  | {
      readonly kind: 'bridge';
      readonly name: string;
      readonly bridge: BridgeName;
      readonly fault:
        | { readonly kind: 'option'; readonly option: string }
        | { readonly kind: 'environment'; readonly program: string };
    }
  /** Two entries of the file have this name, and cannot be told apart. */
  | { readonly kind: 'same-name'; readonly name: string }
  | { readonly kind: 'problem'; readonly problem: ConfigProblem }
  /** Written in a way that does not let the edit be made alone. */
  | { readonly kind: 'uneditable'; readonly file: string }
  /** Another program wrote to it after it was read. */
  | { readonly kind: 'changed'; readonly file: string }
  /** Another process of ours writes to clients' files, and does not come to an end. */
  | { readonly kind: 'busy'; readonly file: string }
  | { readonly kind: 'read-only'; readonly file: string }
  /** The file has another name somewhere, which would keep the old content. */
  | { readonly kind: 'hard-link'; readonly file: string }
  /** What it was before our changes is encrypted, and only the app has the key. */
  | { readonly kind: 'key-elsewhere'; readonly file: string }
  /** The system does not give the key. `kept` is the journal entry. */
  | { readonly kind: 'key-locked'; readonly file: string; readonly kept: string }
  /** A copy is encrypted: only the app has the key, or the system does not give it. */
  | { readonly kind: 'copy-locked'; readonly file: string; readonly isElsewhere: boolean }
  /** `code` is the errno of the step that failed. */
  | { readonly kind: 'not-written'; readonly file: string; readonly code: string };

/** Why, and what a person can do, in a sentence or two. */
export function refusalSentence(refusal: Refusal, text: AppText): string {
  const words = text.clients.refused;
  switch (refusal.kind) {
    case 'broken':
      return words.broken(refusal.file, refusal.line, refusal.column);
    case 'json5':
      return words.json5(refusal.file, refusal.client, refusal.line, refusal.column);
    case 'strict':
      return words.strict[refusal.mistake](refusal.file, refusal.client, refusal.line, refusal.column);
    case 'not-utf8':
      return words.notUtf8(refusal.file);
    case 'unreadable':
      return words.unreadable(refusal.file, refusal.code);
    case 'no-file':
      return words.noFile(refusal.file);
    case 'outside-folder':
      return words.outsideFolder(refusal.file, refusal.real);
    case 'extension':
      return words.extension(refusal.name, refusal.client);
    case 'no-entry':
      return words.noEntry(refusal.name);
    case 'name-taken':
      return words.nameTaken(refusal.name);
    case 'address':
      return words.address(refusal.name);
    case 'foreign':
      return words.foreign(refusal.name);
    case 'by-hand':
      return words.byHand(refusal.name);
    case 'container':
      return words.container(refusal.name);
    case 'machine':
    case 'withheld':
      return words[refusal.kind](refusal.name, refusal.program);
    case 'no-address':
      return words.noAddress(refusal.name);
    case 'no-addresses':
      return words.noAddresses(refusal.client);
    case 'variable':
      return refusal.isAddress
        ? words.addressVariable(refusal.name, refusal.variable)
        : words.variable(refusal.name, refusal.variable);
    case 'outside':
      return (refusal.isAddress ? words.addressOutside : words.outside)[refusal.from](
        refusal.name,
        words.outsideKey(refusal.key, refusal.names),
      );
    case 'relative':
      return (refusal.isAddress ? words.addressRelative : words.relative)(refusal.name, refusal.path);
    case 'option':
      return words.addressOption(refusal.name, refusal.option);
    case 'bridge':
      return refusal.fault.kind === 'option'
        ? words.bridgeOption(refusal.name, refusal.bridge, refusal.fault.option)
        : words.bridgeEnvironment(refusal.name, refusal.bridge, refusal.fault.program);
    case 'same-name':
      return words.sameName(refusal.name);
    case 'problem':
      return problemSentence(refusal.problem, text);
    case 'uneditable':
      return words.uneditable(refusal.file);
    case 'changed':
      return words.changed(refusal.file);
    case 'busy':
      return words.busy(refusal.file);
    case 'read-only':
      return words.readOnly(refusal.file);
    case 'hard-link':
      return words.hardLink(refusal.file);
    case 'key-elsewhere':
      return words.keyElsewhere(refusal.file);
    case 'key-locked':
      return words.keyLocked(refusal.file, refusal.kept);
    case 'copy-locked':
      return (refusal.isElsewhere ? words.copyElsewhere : words.copyLocked)(refusal.file);
    case 'not-written':
      return words.notWritten(refusal.file, refusal.code);
    default:
      return refusal satisfies never;
  }
}
