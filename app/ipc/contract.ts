import {
  absent,
  boolean,
  enumeration,
  integer,
  list,
  nullable,
  object,
  partial,
  type Schema,
  text,
  union,
} from '../base/schema/index.ts';
import type { Mode } from '../clients/index.ts';
import type { Request as DoctorRequest } from '../doctor/index.ts';
import type { Activity, ActivityBatch, CallContents } from '../inspect/index.ts';
import type { PermissionView } from '../permission/index.ts';
import type { ApprovedTool, ToolChange, TryProgress, TryResult } from '../servers/index.ts';
// Not by the face of the room: what else is behind it needs Node, and windows read this file.
import { serverSchema, settingsShape, tokenName } from '../settings/schema.ts';
import type { Settings } from '../settings/settings.ts';
import type { Habits } from '../settings/stored.ts';
import type { UpdateView } from '../update/index.ts';
import type {
  ApplyAnswer,
  ApplyChoices,
  BulkAnswer,
  BulkPreview,
  ChooseAnswer,
  ClientFileView,
  ClientPlace,
  PlanAnswer,
  RestartAnswer,
  UndoAnswer,
  VerifyStep,
} from './client-messages.ts';
import type {
  ActivityExport,
  Addition,
  ChangeOutcome,
  ClientToken,
  Connection,
  DoctorOpening,
  DoctorOutcome,
  DoctorProgress,
  ExportAnswer,
  FoundRemote,
  ImportAnswer,
  LoginItem,
  LogPage,
  RemovalAnswer,
  Removed,
  RunAgainAnswer,
  RunAgainRequest,
  SignInAnswer,
  SignInProgress,
  Snippet,
  TokenAnswer,
  ToolView,
  WindowDestination,
} from './messages.ts';
import type { AppDelta, AppState, Fix } from './state.ts';

/** A question a window may ask: what it carries, checked in the main process, and what comes back. */
interface Channel<Request, Response> {
  readonly schema: Schema<Request>;
  /** A type without a value. */
  readonly response?: Response;
}

function answers<Response>(): <Request>(schema: Schema<Request>) => Channel<Request, Response> {
  return (schema) => ({ schema });
}

const id = integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const serverName = text({ min: 1, max: 64 });

const fix = union<Fix>(
  object<Extract<Fix, { kind: 'use-port' }>>({
    kind: enumeration(['use-port']),
    port: integer({ min: 1, max: 65_535 }),
  }),
  object<Extract<Fix, { kind: 'restart-server' }>>({ kind: enumeration(['restart-server']), server: serverName }),
  object<Extract<Fix, { kind: 'show-log' }>>({ kind: enumeration(['show-log']), source: text({ max: 128 }) }),
  object<Extract<Fix, { kind: 'open-settings' }>>({ kind: enumeration(['open-settings']) }),
  object<Extract<Fix, { kind: 'allow-local-network' }>>({ kind: enumeration(['allow-local-network']) }),
  object<Extract<Fix, { kind: 'doctor' }>>({
    kind: enumeration(['doctor']),
    target: text({ min: 1, max: 300, pattern: /^[\w.:[\]%-]+$/ }),
  }),
);

const destination = object<WindowDestination>({
  window: enumeration(['settings', 'logs', 'activity', 'welcome', 'clients', 'doctor']),
  part: nullable(text({ max: 128, pattern: /^[\p{L}\p{N}\p{M}_:.-]*$/u })),
});

const doctorRequest = object<DoctorRequest>({
  target: text({ max: 300 }),
  server: nullable(text({ min: 1, max: 200 })),
  error: text({ max: 4096 }),
});

const clientToken = nullable(
  object<ClientToken>({ client: text({ min: 1, max: 64 }), secret: text({ min: 1, max: 1024 }) }),
);

/** A client's file or a server in one, by the id that the list gave it. */
const foundId = text({ min: 16, max: 16, pattern: /^[0-9a-f]+$/ });

/** Everything a window can ask of the main process. A channel that is not here does not exist. */
export const REQUESTS = {
  state: answers<AppState>()(absent),
  setOn: answers<void>()(boolean),
  turnOffFor: answers<void>()(enumeration(['hour', 'tomorrow'])),
  closeTunnel: answers<boolean>()(id),
  closeAllTunnels: answers<void>()(absent),
  startServer: answers<void>()(serverName),
  restartServer: answers<void>()(serverName),
  stopServer: answers<void>()(serverName),
  applyFix: answers<void>()(fix),
  dismissProblem: answers<void>()(absent),
  /** What headers hold is not in it; see `keptSecret`. */
  settings: answers<Settings>()(absent),
  changeSettings: answers<ChangeOutcome>()(partial<Settings>(settingsShape)),
  changeHabits: answers<void>()(
    partial<Pick<Habits, 'confirmQuit' | 'countInBar' | 'checkUpdates' | 'notifyProblems' | 'notifyUpdates'>>({
      confirmQuit: boolean,
      countInBar: boolean,
      checkUpdates: boolean,
      notifyProblems: boolean,
      notifyUpdates: boolean,
    }),
  ),
  /** Makes a token of this name. */
  addToken: answers<TokenAnswer>()(tokenName),
  /** Removes a server, a group of servers, a TCP forward or a token. From the next request on the bearer of a token is let in no more. */
  removeSetting: answers<RemovalAnswer>()(
    union<Removed>(
      object<Extract<Removed, { kind: 'server' | 'group' | 'token' }>>({
        kind: enumeration(['server', 'group', 'token']),
        name: text({ min: 1, max: 128 }),
      }),
      object<Extract<Removed, { kind: 'forward' }>>({
        kind: enumeration(['forward']),
        port: integer({ min: 1, max: 65_535 }),
      }),
    ),
  ),
  /** Puts back what was removed, as it was. */
  restoreSetting: answers<ChangeOutcome>()(id),
  /** How many people have an account on this machine; 0 where the system does not tell. */
  peopleHere: answers<number>()(absent),
  /** Whether the system keeps a key that headers and sign-ins are encrypted with; else they are in files of this account alone. */
  hasSystemKey: answers<boolean>()(absent),
  /** Its progress is told as events. An attempt under way is stopped first. */
  tryServer: answers<TryResult>()(serverSchema),
  /** What a server last listed; null where that is not known. */
  serverTools: answers<readonly ToolView[] | null>()(serverName),
  /** Those that are not as they were approved, the most severe first. */
  toolChanges: answers<readonly ToolChange[]>()(serverName),
  /** Approves tools as they were shown. Answers the names of those that have changed again. */
  approveTools: answers<readonly string[]>()(
    object<{ readonly server: string; readonly tools: readonly ApprovedTool[] }>({
      server: serverName,
      tools: list(object<ApprovedTool>({ name: text({ max: 512 }), hash: text({ max: 128 }) }), 20_000),
    }),
  ),
  /** The attempt fails then. */
  cancelTry: answers<void>()(absent),
  /** Opens the browser; answered when the person has come back. `acceptNoPkce`: they have accepted that it lacks PKCE. */
  signIn: answers<SignInAnswer>()(
    object<{ readonly server: string; readonly acceptNoPkce: boolean }>({ server: serverName, acceptNoPkce: boolean }),
  ),
  cancelSignIn: answers<void>()(absent),
  /** Asks the local network, for which macOS may ask the person. */
  findRemotes: answers<readonly FoundRemote[]>()(absent),
  signOut: answers<SignInAnswer>()(serverName),
  /** Servers in JSON of any client, from the clipboard or a file: shown, not stored. */
  previewServers: answers<Addition>()(text({ max: 1024 * 1024 })),
  /** What waits to be looked at, from a link or from `previewServers`; null when nothing does. */
  addition: answers<Addition | null>()(absent),
  /** Stores these of the addition with this id, by their place in it, as they were shown. */
  addServers: answers<ChangeOutcome>()(
    object<{ readonly addition: number; readonly chosen: readonly number[] }>({ addition: id, chosen: list(id, 256) }),
  ),
  cancelAddition: answers<void>()(id),
  /** The servers in a file that the person picks; null when they thought better of it. */
  chooseServersFile: answers<Addition | null>()(absent),
  /** A folder that the person picks; null when they thought better of it. */
  chooseFolder: answers<string | null>()(absent),
  /** What `~` stands for. */
  homeFolder: answers<string>()(absent),
  /** Every client that can be connected to this server. */
  connections: answers<readonly Connection[]>()(
    object<{ readonly server: string; readonly token: ClientToken | null }>({ server: serverName, token: clientToken }),
  ),
  /** Opens the client with its own link, which offers it the server. */
  openInClient: answers<void>()(
    object<{ readonly server: string; readonly client: string; readonly token: ClientToken | null }>({
      server: serverName,
      client: text({ min: 1, max: 64 }),
      token: clientToken,
    }),
  ),
  /** Writes the settings without secrets to a file that the person names; null when they thought better of it. */
  exportSettings: answers<ExportAnswer | null>()(absent),
  /** What a file that the person picks would change. */
  previewImport: answers<ImportAnswer>()(absent),
  importSettings: answers<ChangeOutcome>()(id),
  loginItem: answers<LoginItem>()(absent),
  setLoginItem: answers<LoginItem>()(boolean),
  openLoginItems: answers<void>()(absent),
  permission: answers<PermissionView>()(absent),
  /** Begins to ask, with a `host:port` to try or none. False when that is no target; else the window is told how it goes. */
  askLocalNetwork: answers<boolean>()(nullable(text({ max: 300 }))),
  stopAskingLocalNetwork: answers<void>()(absent),
  openLocalNetworkSettings: answers<void>()(absent),
  update: answers<UpdateView>()(absent),
  actOnUpdate: answers<void>()(enumeration(['check', 'download', 'cancel', 'install', 'dismiss'])),
  /** The page with every version, in the browser. */
  openReleases: answers<void>()(absent),
  snippets: answers<readonly Snippet[]>()(absent),
  copySnippet: answers<boolean>()(text({ min: 1, max: 128 })),
  copyText: answers<void>()(text({ min: 1, max: 32 * 1024 * 1024 })),
  /** Lines after this number that are still kept; from then on the window is told of new ones. */
  followLog: answers<LogPage>()(id),
  pauseLog: answers<void>()(absent),
  /** The path of the file written; null when the person thought better of it. */
  exportLog: answers<string | null>()(absent),
  revealLog: answers<void>()(absent),
  /** Every call and request that is kept; from then on the window is told of new and changed ones. */
  followActivity: answers<Activity>()(absent),
  pauseActivity: answers<void>()(absent),
  /** What a call said, without secrets; null where nothing of it is kept. */
  callContents: answers<CallContents | null>()(id),
  /** Sends a recorded call to its server once more, in a session of its own. */
  runAgain: answers<RunAgainAnswer>()(object<RunAgainRequest>({ call: id, isConfirmed: boolean })),
  /** What waits to be confirmed is not wanted. */
  dropRunAgain: answers<void>()(absent),
  /** As `exportLog`. */
  exportActivity: answers<string | null>()(
    object<ActivityExport>({ format: enumeration(['ndjson', 'har']), rows: list(id, 40_000), withContents: boolean }),
  ),
  revealSettings: answers<void>()(absent),
  /** As `exportLog`. */
  saveDiagnostics: answers<string | null>()(absent),
  /** At once: without the proposals that wait for a program to tell its version. */
  clients: answers<readonly ClientFileView[]>()(enumeration(['at-once', 'whole'])),
  /** Opens the system's dialog. What is chosen is listed from then on. */
  chooseClients: answers<ChooseAnswer>()(enumeration(['folder', 'file'])),
  /** Lists what was chosen no more; what was changed there stays. */
  forgetClients: answers<void>()(foundId),
  /** Where files of clients are looked for. */
  clientPlaces: answers<readonly ClientPlace[]>()(absent),
  planClient: answers<PlanAnswer>()(
    object<{ readonly server: string; readonly mode: Mode }>({
      server: foundId,
      mode: enumeration(['off', 'through', 'run']),
    }),
  ),
  /** A TCP forward in place of one of the addresses that the list names. */
  planClientForward: answers<PlanAnswer>()(
    object<{ readonly server: string; readonly host: string; readonly port: number }>({
      server: foundId,
      host: text({ min: 1, max: 253 }),
      port: integer({ min: 1, max: 65_535 }),
    }),
  ),
  /** Of everything in the file. */
  planClientUndo: answers<PlanAnswer>()(foundId),
  applyClientPlan: answers<ApplyAnswer>()(
    object<ApplyChoices & { readonly plan: number }>({ plan: id, upstream: boolean, release: boolean }),
  ),
  undoClientChange: answers<UndoAnswer>()(id),
  /** Of every server of every client: the mode that fits, or everything as it was. */
  planAllClients: answers<BulkPreview>()(enumeration(['suggestions', 'undo'])),
  applyAllClients: answers<BulkAnswer>()(
    object<ApplyChoices & { readonly plan: number }>({ plan: id, upstream: boolean, release: boolean }),
  ),
  undoAllClients: answers<BulkAnswer>()(id),
  restartClient: answers<RestartAnswer>()(foundId),
  revealClientFile: answers<void>()(foundId),
  /** From end to end; its steps are told as events. False when there is no such server any more. */
  verifyClientServer: answers<boolean>()(foundId),
  cancelVerify: answers<void>()(absent),
  openWindow: answers<void>()(destination),
  /** Looks into a server of a client's file, with the target that it asked for last where there is one. */
  askDoctor: answers<void>()(
    object<{ readonly server: string; readonly target: string }>({ server: foundId, target: text({ max: 300 }) }),
  ),
  hidePopover: answers<void>()(absent),
  /** The window that asks. */
  closeWindow: answers<void>()(absent),
  quit: answers<void>()(absent),
  doctorOpening: answers<DoctorOpening>()(absent),
  /** Answered when the run is over; what it sees on its way comes as events. A run under way is stopped first. */
  runDoctor: answers<DoctorOutcome>()(doctorRequest),
  stopDoctor: answers<void>()(absent),
  /** Does what the finding with this id offers. */
  actOnFinding: answers<void>()(text({ min: 1, max: 64 })),
};

/** Events that windows receive. */
export interface Events {
  readonly state: AppDelta;
  readonly permission: PermissionView;
  readonly update: UpdateView;
  readonly log: LogPage;
  readonly activity: ActivityBatch;
  /** A step of the check that the window has asked for. */
  readonly verify: { readonly server: string; readonly step: VerifyStep };
  /** The server that the window tries has not answered yet. */
  readonly trying: TryProgress;
  /** The sign-in that the window has asked for waits for its person. */
  readonly signingIn: SignInProgress;
  /** Show this part of yourself. */
  readonly goTo: string;
  /** The popover has been opened. */
  readonly shown: null;
  readonly doctor: DoctorProgress;
}

export type RequestName = keyof typeof REQUESTS;
export type RequestOf<Name extends RequestName> =
  (typeof REQUESTS)[Name] extends Channel<infer Request, unknown> ? Request : never;
export type ResponseOf<Name extends RequestName> =
  (typeof REQUESTS)[Name] extends Channel<infer _Request, infer Response> ? Response : never;
export type EventName = keyof Events;

/** Where the main process listens for a question, and windows for an event. */
export const requestChannel = (name: RequestName): string => `gangway:ask:${name}`;
export const eventChannel = (name: EventName): string => `gangway:tell:${name}`;

/** A refusal or a failure as a value: exceptions lose their shape on the way. */
export type Answer<Response> =
  | { readonly ok: true; readonly value: Response }
  | { readonly ok: false; readonly code: 'foreign-sender' | 'bad-request' | 'failed'; readonly reason: string };

/** What a page finds as `window.gangway`. */
export type WindowBridge = {
  readonly [Name in RequestName]: (request: RequestOf<Name>) => Promise<Answer<ResponseOf<Name>>>;
} & {
  /** Returns the unsubscribe. */
  readonly [Name in EventName as `on${Capitalize<Name>}`]: (listener: (event: Events[Name]) => void) => () => void;
};
