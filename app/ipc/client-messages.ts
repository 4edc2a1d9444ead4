import type { ChosenPlace, Client, ClientId, Mode } from '../clients/index.ts';
import type { VerifyStep } from '../doctor/index.ts';
import type { Said } from '../i18n/index.ts';
import type { ForwardSetting } from '../settings/index.ts';

export type { VerifyStep };

/** Why something was not done, with a code to search for. Nothing has changed then. */
export interface Trouble {
  readonly code: string;
  /** What is wrong, and what a person can do. */
  readonly sentence: Said;
}

/** How a server reaches its network; `forward` by a TCP forward of ours, as far as that leads. */
export type ServerMode = Mode | 'forward';

/** An address in a server's settings that a TCP forward could stand for. */
export interface ForwardChoice {
  readonly host: string;
  readonly port: number;
  /** `postgres`, `ssh`; null when it is unknown. */
  readonly protocol: string | null;
  /** Where it is written: `PGHOST, PGPORT`; empty for a bare argument. */
  readonly where: string;
}

/** One server in a client's file. */
export interface ClientServerView {
  /** Names it in questions; good for as long as the file and the name stay the same. */
  readonly id: string;
  readonly name: string;
  /** The project it belongs to; null when it is for all of them. */
  readonly project: string | null;
  /** False when the person has switched it off in the client. */
  readonly enabled: boolean;
  /** What the entry starts or connects to, in one line. */
  readonly line: string;
  readonly mode: ServerMode;
  /** False when none of the modes can be chosen; `note` says why. */
  readonly isOurs: boolean;
  readonly note: string | null;
  /** The mode that fits, with the reason in a sentence; null when it is chosen already or there is none. */
  readonly proposal: { readonly mode: Mode; readonly sentence: string } | null;
  /** Why no mode is suggested although one would fit: a plan leaves the server as it is. Null when that is not so. */
  readonly unfit: string | null;
  /** Whether there is something of ours to undo. */
  readonly isPatched: boolean;
  /** The mode that we once set and that has come to nothing since; null when all is well. */
  readonly stale: Exclude<Mode, 'off'> | null;
  /** The names under which its requests come to us; none when they do not, or without a name. */
  readonly labels: readonly string[];
  readonly forwards: readonly ForwardChoice[];
  /** Words in the client's log of the newest start that tell of a block, such as `No route to host`. */
  readonly blocked: string | null;
  /** The server of ours that the entry leads to; null when it leads to none. */
  readonly server: string | null;
  /** The TCP forward of ours that it uses; null when it uses none, or one that is not there any more. */
  readonly forward: ForwardSetting | null;
}

/** A place where a file of a client is looked for. */
export interface ClientPlace {
  /** The client's own name. */
  readonly title: string;
  /** For reading: `~` stands for the person's home. */
  readonly file: string;
}

/** A client's file on this machine. */
export interface ClientFileView {
  readonly id: string;
  /** The client's own name. */
  readonly title: string;
  /** For reading: `~` stands for the person's home. */
  readonly file: string;
  readonly content:
    | { readonly kind: 'servers'; readonly servers: readonly ClientServerView[] }
    | { readonly kind: 'refused'; readonly trouble: Trouble };
  /** Whether we can quit the client and open it again. */
  readonly canRestart: boolean;
  /** Why it cannot be told what Gangway did to the file, nor undone; left out where it can. */
  readonly locked?: Trouble;
  /** Changes of ours that the client reads with its next start. */
  readonly waiting: number;
  /** What a person has chosen that the file was found by; left out for the client's own places. */
  readonly chosen?: 'folder' | 'file';
}

/** What became of choosing a folder or a file. */
export type ChooseAnswer =
  /** `file` is the first of the files found there, by its id. */
  | { readonly kind: 'chosen'; readonly file: string }
  /** The person thought better of it. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly trouble: Trouble };

/** What a change would do, to be looked at before it is made. The rest of the plan stays in the main process. */
export interface ClientPreview {
  readonly plan: number;
  /** The client's own name. */
  readonly client: string;
  /** Null when it is about the whole file. */
  readonly server: string | null;
  /** Null when the whole file is undone. */
  readonly mode: ServerMode | null;
  readonly file: string;
  /** A unified diff; empty when the file already has the desired content. */
  readonly diff: string;
  /** The folder that a copy of the file goes to; null where the change leaves nothing of ours in it: then those that are kept go. */
  readonly backups: string | null;
  /** Name of the server that Gangway will run from then on; null when there is none. */
  readonly imported: string | null;
  /** Servers of ours that no entry would refer to any more. */
  readonly released: readonly string[];
  /** The TCP forward of ours that the server uses from then on, and what to know about that. */
  readonly forward: {
    readonly setting: ForwardSetting;
    readonly warning: Said | null;
    /** Where programs that speak SOCKS5 find us. */
    readonly socks: string;
  } | null;
  /** TCP forwards of ours that no entry would refer to any more. */
  readonly releasedForwards: readonly ForwardSetting[];
  /** The proxy this server went through so far, without its password; null when there was none, or it is ours already. */
  readonly upstream: { readonly proxy: string; readonly isUsable: boolean; readonly instead: string | null } | null;
  /** Targets that its NO_PROXY keeps from us. */
  readonly exceptions: readonly string[];
  /** What becomes of the permissions of the file, in a sentence; null when they stay. */
  readonly access: Said | null;
}

export type PlanAnswer =
  | { readonly kind: 'preview'; readonly preview: ClientPreview }
  | { readonly kind: 'refused'; readonly trouble: Trouble };

/** What a person ticked beside a preview. */
export interface ApplyChoices {
  /** Take the proxy that the server went through for our upstream. */
  readonly upstream: boolean;
  /** Remove the servers and TCP forwards that no entry refers to any more from our settings. */
  readonly release: boolean;
}

/** What it takes until a client sees a change of its file: a fact, since it stays in view while the language may change. */
export interface Applies {
  /** The client's own name. */
  readonly title: string;
  readonly applies: Client['applies'];
}

/** What became of the permissions of a file that was changed. */
export interface AccessChange {
  /** `closed`: it holds a token now. */
  readonly kind: 'closed' | 'restored';
  /** As `ls` counts them: before they were closed, or what they are again. */
  readonly mode: string;
}

export type ApplyAnswer =
  | {
      readonly kind: 'applied';
      /** Names the change for `undoClientChange`; null when it cannot be taken back in one go. */
      readonly change: number | null;
      /** The copy of the file as it was; null when the file did not have to change. */
      readonly backup: string | null;
      /** Null when they stayed. */
      readonly access: AccessChange | null;
      readonly next: Applies;
      /** What went wrong after the file was written. */
      readonly remark: Trouble | null;
    }
  /** `again` is a plan for the same mode, made for the file as it is now. */
  | { readonly kind: 'refused'; readonly trouble: Trouble; readonly again: PlanAnswer | null };

export type UndoAnswer =
  | { readonly kind: 'undone'; readonly next: Applies }
  | { readonly kind: 'refused'; readonly trouble: Trouble };

/** `opened`: it was not running. */
export type RestartAnswer =
  | { readonly kind: 'restarted' | 'opened' }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

/** Which servers of clients a change of several is about; null for all of them. */
export interface BulkChoice {
  readonly client: ClientId | null;
  /** By the name in the client's file. */
  readonly server: string | null;
  /** Where the files are, in place of everywhere. */
  readonly place?: ChosenPlace;
}

/** What a person wants of several servers at once. */
export type BulkRequest =
  /** The mode that fits each, where none is chosen yet. */
  | { readonly kind: 'suggestions'; readonly of: BulkChoice }
  | { readonly kind: 'mode'; readonly mode: Mode; readonly of: BulkChoice }
  /** As it was before Gangway. */
  | { readonly kind: 'undo'; readonly of: BulkChoice };

/** What becomes of one server in a change of several. */
export interface BulkServerView {
  readonly client: string;
  readonly name: string;
  readonly from: ServerMode;
  /** `off` when it goes back to what stood there before. */
  readonly to: Mode;
  /** Why this mode fits; null where the person has chosen it. */
  readonly reason: Said | null;
}

/** One file in a change of several; all clients that read it are named in the servers. */
export interface BulkFileView {
  readonly client: string;
  readonly file: string;
  /** A unified diff without secrets. */
  readonly diff: string;
  readonly servers: readonly BulkServerView[];
  /** What becomes of the permissions of the file, in a sentence; null when they stay. */
  readonly access: Said | null;
  /** What it takes until the client sees it. */
  readonly next: Said;
}

/** What stays as it is in a change of several, and why. */
export interface BulkRefusalView {
  readonly client: string;
  readonly file: string;
  /** Null when it is about the whole file. */
  readonly name: string | null;
  readonly trouble: Trouble;
}

/** A change of several servers in any number of files: one preview, one transaction, one undo. */
export interface BulkPreview {
  /** Names the plan for `applyAll`. */
  readonly plan: number;
  /** Empty when there is nothing to do. */
  readonly files: readonly BulkFileView[];
  readonly left: readonly BulkRefusalView[];
  /** Names of the servers that Gangway will run from then on. */
  readonly imported: readonly string[];
  /** Names of servers of ours that no entry refers to any more; `release` takes them out. */
  readonly released: readonly string[];
  /** Proxies that the servers went through so far, without passwords. */
  readonly upstreams: readonly string[];
  /** Targets that NO_PROXY of a server keeps from us. */
  readonly exceptions: readonly string[];
  /** The folder that copies of the files go to; null where none is kept. */
  readonly backups: string | null;
  /** Whether the change leaves nothing of ours in some of the files: the copies that are kept of those go. */
  readonly removesBackups: boolean;
  /** Why it cannot be made, such as more servers than the settings hold; null when nothing is known to be in the way. */
  readonly trouble: Trouble | null;
}

/** A copy of a client's file from before a change. */
export interface Backup {
  /** Names the copy. */
  readonly name: string;
  /** Id of the client through which the file was changed. */
  readonly client: string;
  /** Name of the client's file, without its folder. */
  readonly file: string;
  /** When it was changed: ISO 8601, UTC. */
  readonly at: string;
  readonly isSealed: boolean;
}

export type BackupAnswer =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'refused'; readonly trouble: Trouble };

export type BulkAnswer =
  | {
      readonly kind: 'applied';
      /** Names the change for `undoAll`. */
      readonly change: number;
      /** The copies of the files as they were. */
      readonly backups: readonly string[];
      /** One for each client. */
      readonly next: readonly Applies[];
      /** What went wrong after the files were written. */
      readonly remark: Trouble | null;
    }
  /** Nothing has changed; or only `standing`, where another program wrote before it could be taken back. */
  | { readonly kind: 'refused'; readonly trouble: Trouble; readonly standing: readonly string[] };
