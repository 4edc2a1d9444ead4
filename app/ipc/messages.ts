import type { LogFields, LogLevel } from '../base/log.ts';
import type { Fault } from '../base/schema/index.ts';
import type { FactRow, Finding } from '../doctor/index.ts';
import type { InEach, Said } from '../i18n/index.ts';
import type { ListedTool } from '../servers/index.ts';
import type { SettingFault } from '../settings/index.ts';
import type { Problem } from './state.ts';

export type { FoundRemote } from '../servers/index.ts';

/** What became of a change. Nothing has changed unless it is `ok`. */
export type ChangeOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly faults: readonly (Fault | SettingFault)[];
      readonly problem: InEach<Problem> | null;
    };

/** Something of the settings that a person removes. */
export type Removed =
  | { readonly kind: 'server' | 'group' | 'token'; readonly name: string }
  | { readonly kind: 'forward'; readonly port: number };

/** `removal` names what was removed, so that it can be put back; null when it was gone already. */
export type RemovalAnswer =
  | { readonly ok: true; readonly removal: number | null }
  | { readonly ok: false; readonly outcome: Extract<ChangeOutcome, { readonly ok: false }> };

/** A tool of a server, and how often it has answered since Gangway was turned on. */
export interface ToolView extends ListedTool {
  readonly calls: number;
}

/** The result of asking for a new token. The secret is only in this answer. */
export type TokenAnswer =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly outcome: Extract<ChangeOutcome, { readonly ok: false }> };

/** A server that a link, a file or what was pasted would add: everything of it, as it would be stored. */
export interface AddedServer {
  /** What it is called where it comes from. */
  readonly title: string;
  /** Its name here, and in its address. */
  readonly name: string;
  /** A server of the settings that is the same but for its name; null for none. */
  readonly sameAs: string | null;
  /** Empty for a URL. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly NamedValue[];
  readonly cwd: string | null;
  /** Empty for a program. */
  readonly url: string;
  readonly transport: 'auto' | 'streamable' | 'sse';
  readonly headers: readonly NamedValue[];
  /** What else an entry says, of its sign-in and its certificates: `oauth.clientId`. */
  readonly more: readonly NamedValue[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Servers that wait for a person to look at them. Nothing of them is stored or run. */
export interface Addition {
  /** Names it for `addServers`. */
  readonly id: number;
  readonly from: 'link' | 'text';
  readonly servers: readonly AddedServer[];
  /** What is not offered, and why, in sentences. */
  readonly problems: readonly string[];
  /** Whether the first one becomes the default server, as there is none yet. */
  readonly becomesDefault: boolean;
  /** Whether another link came meanwhile, and was dropped. */
  readonly droppedLink: boolean;
}

/** A token that was just made for one client: what it is given has the secret in it. */
export interface ClientToken {
  /** As a `Connection` names it. */
  readonly client: string;
  readonly secret: string;
}

/** How another client is set up for one server of ours. */
export interface Connection {
  /** Names the client for `openInClient`. */
  readonly client: string;
  readonly title: string;
  readonly where: string;
  readonly note: string | null;
  /** What goes where, each to be copied alone. */
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  /** Whether a word stands in the fields for a token, which is required and kept nowhere. */
  readonly needsToken: boolean;
  /** Whether the client has a link that offers the server to it. */
  readonly hasLink: boolean;
  /** The name of this machine in what is copied, where the port does not let it in yet; null where there is nothing to allow. */
  readonly needsHost: string | null;
}

/** A setting that an import would change, in lines to be read; secrets are masked. */
export interface ImportedSetting {
  readonly key: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a file of settings would do here. */
export type ImportAnswer =
  | {
      readonly kind: 'preview';
      /** Names it for `importSettings`. */
      readonly id: number;
      readonly file: string;
      readonly changes: readonly ImportedSetting[];
      /** What is in no file and has to be given again, as `servers.NAME.env.KEY`. */
      readonly given: readonly string[];
      /** Settings that this version does not know. */
      readonly unknown: readonly string[];
    }
  | { readonly kind: 'refused'; readonly sentence: Said }
  /** The person thought better of it. */
  | { readonly kind: 'cancelled' };

/** What came of an export. */
export interface ExportAnswer {
  readonly file: string;
  /** As in `ImportAnswer`. */
  readonly given: readonly string[];
}

/** What came of a sign-in to a server, or of signing out. */
export type SignInAnswer =
  | { readonly kind: 'done' }
  /** `reason` is a name of ours, such as `no-pkce`, which a person may accept. */
  | { readonly kind: 'failed'; readonly reason: string; readonly sentence: Said };

/** The browser is open. */
export interface SignInProgress {
  readonly server: string;
  /** To be typed in there; null where there is nothing to type. */
  readonly code: string | null;
}

/** What the system says about opening the app at login; `unavailable` when run from its sources. */
export type LoginItem = 'enabled' | 'not-registered' | 'requires-approval' | 'not-found' | 'unavailable';

/** A piece of configuration ready to be pasted into a client. */
export interface Snippet {
  readonly id: string;
  /** `endpoint` connects a client to our servers, `proxy` sends the servers it starts itself through us. */
  readonly kind: 'endpoint' | 'proxy';
  /** The client's own name. */
  readonly title: string;
  /** Where it goes: a file, a window, a shell. */
  readonly where: string;
  /** What else there is to know; null when nothing. */
  readonly note: string | null;
  readonly text: string;
}

export interface LogLine {
  /** Numbers have no gaps: where one is missing, lines were dropped. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
}

/** Rows of the Activity window that are to be written to a file. */
export interface ActivityExport {
  readonly format: 'ndjson' | 'har';
  /** The numbers of the rows, as they are shown. */
  readonly rows: readonly number[];
  /** Whether what calls say is written too, where it is kept: without secrets in any case. */
  readonly withContents: boolean;
}

/** A call that is to be run again. A tool that does not say that it only reads has to be confirmed. */
export interface RunAgainRequest {
  /** The number of its row. */
  readonly call: number;
  readonly isConfirmed: boolean;
}

/** Why a call is not run again: nothing was sent. */
export interface RunAgainRefusal {
  readonly kind: 'refused';
  readonly reason:
    | 'not-recorded'
    | 'not-kept'
    | 'cut'
    | 'masked'
    | 'of-session'
    | 'shared-address'
    | 'no-server'
    | 'off';
}

export type RunAgainAnswer =
  /** The new call has this row; null where none is kept. */
  | { readonly kind: 'begun'; readonly row: number | null }
  /** Nothing has been sent yet. `params` is what will be, as JSON text. */
  | { readonly kind: 'confirm'; readonly params: string }
  | RunAgainRefusal
  /** Its server could not be asked. */
  | { readonly kind: 'failed'; readonly sentence: Said };

/** A window, and the part of it to show. */
export interface WindowDestination {
  readonly window: 'settings' | 'logs' | 'activity' | 'welcome' | 'clients' | 'doctor';
  readonly part: string | null;
}

/** What the Doctor window begins with. */
export interface DoctorOpening {
  /** A target to look at right away; null when the person is to name one. */
  readonly target: string | null;
  /** The server it is about, as `servers` names it; null for none. */
  readonly server: string | null;
  /** The servers a question may be about. */
  readonly servers: readonly string[];
}

/** One probe has looked. */
export interface DoctorProgress {
  readonly row: InEach<FactRow>;
  readonly done: number;
  readonly all: number;
}

export type DoctorOutcome =
  | {
      readonly kind: 'report';
      readonly report: InEach<DoctorReport>;
    }
  | { readonly kind: 'refused'; readonly sentence: Said };

/** What came of a run, in words. */
export interface DoctorReport {
  readonly findings: readonly Finding[];
  readonly rows: readonly FactRow[];
  /** How many problems there are, in a sentence. */
  readonly summary: string;
  /** All of it, to be pasted somewhere. */
  readonly text: string;
}
