import type { Socket } from 'node:net';
import { isObject } from '../base/schema/index.ts';
import { type Language, languageOf, type Text } from '../i18n/index.ts';
import { isSecretName, REDACTED, Redactor, secretsOf } from '../log/index.ts';
import type { Settings } from '../settings/settings.ts';
import { CODES, ControlFault, type Place, type Role } from './protocol.ts';

/** A server in the answer to `servers.list`. */
export interface ControlledServer {
  readonly name: string;
  readonly state: string;
}

/** A tool in the answer to `servers.tools`. */
export interface ControlledTool {
  readonly name: string;
  /** Empty where it has none. */
  readonly title: string;
  readonly description: string;
  /** Of its JSON text as its server listed it. */
  readonly bytes: number;
  /** Whether the server's own rules let it through. */
  readonly isOn: boolean;
  /** What it is since it was approved; null where it is as it was. */
  readonly change: 'new' | 'changed' | null;
  /** It is kept from clients until it is approved. */
  readonly isHeld: boolean;
}

/** A tool in the answer to `servers.changes`. */
export interface ControlledChange {
  readonly name: string;
  readonly kind: 'new' | 'changed' | 'gone';
  readonly severity: 'low' | 'medium' | 'high';
  /** Members of the tool that differ. */
  readonly parts: readonly string[];
  /** What makes it severe. */
  readonly signs: readonly string[];
  /** Names what is approved; empty for a tool that is gone. */
  readonly hash: string;
  readonly isHeld: boolean;
  /** By part, what was approved against what is listed now; null where one of the two was not kept. */
  readonly diff:
    | readonly {
        readonly part: string;
        /** `gap` stands for lines that are the same. */
        readonly lines: readonly { readonly kind: 'same' | 'removed' | 'added' | 'gap'; readonly text: string }[];
      }[]
    | null;
}

/** What became of a change of settings. */
export type SettingsChange =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** One sentence for a person, with what helps. */
      readonly message: string;
      /** Paths of the settings that are faulty, and how; empty when it is something else. */
      readonly faults: readonly { readonly path: string; readonly fault: string }[];
    };

/** How a server is to be signed in to. */
export interface SignInRequest {
  /** Go on although the authorization server does not announce PKCE. */
  readonly acceptNoPkce: boolean;
  /** Told each step that a person has to take. */
  readonly told: (step: object) => void;
  readonly signal: AbortSignal;
}

/** A connection that is about to carry something else than the control protocol. */
export interface HandedOver {
  readonly socket: Socket;
  /** Answers the request. The connection is the caller's from then on, with the bytes that came in behind the request. */
  accept(result: object): Buffer;
  /** Answers the request with an error; the connection goes on as it was. `retry` says that waiting may help. */
  refuse(error: { readonly code: number; readonly message: string; readonly data?: unknown }, retry: boolean): void;
}

/** The running instance as the control socket knows it. The app and the headless process each are one. */
export interface Controlled {
  readonly role: Role;
  text(): Text;
  /** Everything that `status` shows. */
  snapshot(): object;
  listening(): readonly Place[];
  settings(): Settings;
  servers(): readonly ControlledServer[];
  restartServer(name: string): Promise<void>;
  stopServer(name: string): Promise<void>;
  startServer(name: string): void;
  /** What the server last listed; null while it has listed nothing. */
  tools(server: string): readonly ControlledTool[] | null;
  /** Its tools that are not as they were approved. */
  toolChanges(server: string): readonly ControlledChange[];
  /** Approves tools as they were seen, by their hashes. Answers the names of those that are not so any more. */
  approveTools(server: string, tools: readonly { readonly name: string; readonly hash: string }[]): readonly string[];
  /** Resolves with what `status` shows of it. Rejects with ControlFault. */
  signIn(server: string, request: SignInRequest): Promise<object>;
  /** Whether there was a sign-in. Rejects with ControlFault. */
  signOut(server: string): Promise<boolean>;
  /** Takes the address that a browser has come back to; false when no sign-in to that server waits for it. */
  pasteCallback(server: string, address: string): Promise<boolean>;
  /** The certificate that it shows now and that is not trusted. Rejects with ControlFault. */
  certificate(server: string): Promise<object>;
  /** Trusts the certificate with this SHA-256 fingerprint. Rejects with ControlFault. */
  trust(server: string, fingerprint: string): Promise<void>;
  /** Takes that back; false when there was nothing to take back. Rejects with ControlFault. */
  untrust(server: string): Promise<boolean>;
  /** How a server with a URL answers just now, in that language or else ours; null for one that is run. Rejects with ControlFault. */
  tryRemote(server: string, language: Language | undefined): Promise<object | null>;
  /** `patch` holds whole settings by name, of which nothing is known yet. */
  changeSettings(patch: Readonly<Record<string, unknown>>): Promise<SettingsChange>;
  /** Calls back with what has changed. Returns the unsubscribe. */
  subscribe(listener: (delta: object) => void): () => void;
  /** Calls back with what passes through a server, or through all of them: null. Returns the unsubscribe. Never throws. */
  followActivity(server: string | null, listener: (batch: object) => void): () => void;
  /** What a call said, without secrets; null where nothing of it is kept. */
  contents(call: number): object | null;
  /** Connects to a server over stdio; null is the default server. `via` names the instances that have started the client. Never throws. */
  connect(server: string | null, connection: HandedOver, via?: string): void;
  /** Opens a tunnel as CONNECT does, answer and all (RFC 9110 section 9.3.6). Never throws. */
  tunnel(authority: string, label: string, connection: HandedOver): void;
  /** Null in a headless process, which is on for as long as it runs. */
  readonly app: AppControl | null;
  /** Null in a headless process: the app's settings are not its own. */
  readonly clients: ClientsControl | null;
}

/** The servers in the files of MCP clients. What comes and goes is what the windows show. */
export interface ClientsControl {
  /** Those in one place, or all; null where `place` means none. */
  list(place: object | null): Promise<readonly object[]> | null;
  /** What a change would do; null where the params mean none. */
  plan(request: Readonly<Record<string, unknown>>): Promise<object> | null;
  apply(plan: number, choices: { readonly upstream: boolean; readonly release: boolean }): Promise<object>;
  /** Takes back what `apply` did. */
  undo(change: number): Promise<object>;
  /** The copies of the files that are kept. */
  backups(): Promise<readonly object[]>;
  /** One of them, whole; null where there is none of this name. */
  backup(name: string): Promise<object | null>;
}

export interface AppControl {
  turnOn(): Promise<void>;
  /** For so many milliseconds; null until it is turned on again. */
  turnOff(milliseconds: number | null): Promise<void>;
  /** Shows the app's window. */
  focus(): void;
}

/** Seconds: a week. */
const LONGEST_OFF = 7 * 24 * 3600;

type Params = Readonly<Record<string, unknown>>;

/** One thing that a client can ask for. */
export type Method =
  /** Answered once. Throws ControlFault for what cannot be done. */
  | { readonly kind: 'call'; readonly run: (of: Controlled, params: Params) => unknown }
  /** Sends events until the client cancels it. Returns what ends it. */
  | {
      readonly kind: 'stream';
      readonly run: (of: Controlled, params: Params, emit: (data: object) => void) => () => void;
    }
  /** The connection becomes something else. */
  | {
      readonly kind: 'hand-over';
      readonly run: (of: Controlled, params: Params, connection: HandedOver) => void;
    };

const call = (run: (of: Controlled, params: Params) => unknown): Method => ({ kind: 'call', run });

/** Every method by its name; `hello` and `cancel` belong to the connection itself. A new one is one entry here. */
export const METHODS: Readonly<Record<string, Method>> = {
  status: call((of) => ({ role: of.role, ...of.snapshot() })),
  follow: {
    kind: 'stream',
    run(of, _params, emit) {
      emit({ snapshot: of.snapshot() });
      return of.subscribe((delta) => emit({ delta }));
    },
  },
  /** The first event says that it has begun; each has `calls`, `requests`, and how many rows were `missed`. */
  'activity.follow': {
    kind: 'stream',
    run(of, params, emit) {
      const server = (params['server'] ?? null) === null ? null : serverIn(of, params);
      emit({ calls: [], requests: [], missed: 0 });
      return of.followActivity(server, emit);
    },
  },
  /** Only of a server whose contents are recorded, and without secrets. */
  'activity.contents': call((of, params) => {
    const { call: sequence } = params;
    if (typeof sequence !== 'number') throw invalid(of, 'call');
    return { contents: of.contents(sequence) };
  }),
  'servers.list': call((of) => ({ servers: of.servers() })),
  'servers.restart': call(async (of, params) => {
    await of.restartServer(serverIn(of, params));
    return {};
  }),
  'servers.stop': call(async (of, params) => {
    await of.stopServer(serverIn(of, params));
    return {};
  }),
  'servers.start': call((of, params) => {
    of.startServer(serverIn(of, params));
    return {};
  }),
  'servers.tools': call((of, params) => ({ tools: of.tools(serverIn(of, params)) })),
  'servers.changes': call((of, params) => ({ changes: of.toolChanges(serverIn(of, params)) })),
  /** `tools` as in the answer to `servers.changes`. Those in `different` are not as they were seen, and are not approved. */
  'servers.approve': call((of, params) => ({
    different: of.approveTools(serverIn(of, params), seenToolsIn(of, params)),
  })),
  /** Events say what a person has to do, and last what has become of it. Cancelling the stream gives the sign-in up. */
  'servers.login': {
    kind: 'stream',
    run(of, params, emit) {
      const server = serverIn(of, params);
      const abort = new AbortController();
      const request = { acceptNoPkce: params['acceptNoPkce'] === true, told: emit, signal: abort.signal };
      of.signIn(server, request).then(
        (facts) => emit({ kind: 'done', ...facts }),
        (error: unknown) => {
          const known = error instanceof ControlFault;
          const [reason, message] = known ? [error.reason, error.message] : ['internal', of.text().control.internal];
          emit({ kind: 'failed', reason, message });
        },
      );
      return () => abort.abort();
    },
  },
  'servers.login.paste': call(async (of, params) => {
    const { url } = params;
    if (typeof url !== 'string') throw invalid(of, 'url');
    if (await of.pasteCallback(serverIn(of, params), url)) return {};
    throw new ControlFault(CODES.refused, 'no-such-sign-in', of.text().control.noSuchSignIn);
  }),
  'servers.logout': call(async (of, params) => ({ wasSignedIn: await of.signOut(serverIn(of, params)) })),
  'servers.certificate': call((of, params) => of.certificate(serverIn(of, params))),
  'servers.trust': call(async (of, params) => {
    const { fingerprint } = params;
    if (typeof fingerprint !== 'string') throw invalid(of, 'fingerprint');
    await of.trust(serverIn(of, params), fingerprint);
    return {};
  }),
  'servers.untrust': call(async (of, params) => ({ wasTrusted: await of.untrust(serverIn(of, params)) })),
  'servers.try': call(async (of, params) => ({
    trial: await of.tryRemote(serverIn(of, params), languageIn(of, params)),
  })),
  /** `secrets: true` has the token, the password of the upstream proxy and the servers' environments in it. */
  'settings.get': call((of, { secrets }) =>
    secrets === true ? { settings: of.settings(), hidden: [] } : withoutSecrets(of.settings()),
  ),
  /** Settings by name; of `limits` only those that are given. All of them hold, or none. */
  'settings.set': call(async (of, params) => {
    const { settings } = params;
    if (!isObject(settings)) throw invalid(of, 'settings');
    const redacted = redactedIn(settings);
    if (redacted !== null) throw invalid(of, `settings.${redacted}`);
    const { limits } = settings;
    const outcome = await of.changeSettings(
      isObject(limits) ? { ...settings, limits: { ...of.settings().limits, ...limits } } : settings,
    );
    if (outcome.ok) return {};
    throw new ControlFault(CODES.refused, 'settings-refused', outcome.message, { faults: outcome.faults });
  }),
  on: call(async (of) => {
    await appOf(of, 'on').turnOn();
    return { listening: of.listening() };
  }),
  /** `seconds`: it turns itself on again after so many. */
  off: call(async (of, { seconds = null }) => {
    const app = appOf(of, 'off');
    const isTime = typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= LONGEST_OFF;
    if (seconds !== null && !isTime) throw invalid(of, 'seconds');
    await app.turnOff(isTime ? seconds * 1000 : null);
    return {};
  }),
  'clients.list': call(async (of, { place = null }) => {
    const files = isObject(place) || place === null ? clientsOf(of, 'clients.list').list(place) : null;
    if (files === null) throw invalid(of, 'place');
    return { files: await files };
  }),
  'clients.plan': call((of, params) => {
    const plan = clientsOf(of, 'clients.plan').plan(params);
    if (plan === null) throw invalid(of, 'kind');
    return plan;
  }),
  'clients.apply': call((of, { plan, upstream, release }) => {
    const clients = clientsOf(of, 'clients.apply');
    if (typeof plan !== 'number') throw invalid(of, 'plan');
    return clients.apply(plan, { upstream: upstream === true, release: release === true });
  }),
  'clients.undo': call((of, { change }) => {
    const clients = clientsOf(of, 'clients.undo');
    if (typeof change !== 'number') throw invalid(of, 'change');
    return clients.undo(change);
  }),
  /** The copies that are kept of clients' files; with `name`, what one of them says, null where there is none of this name. */
  'clients.backups': call(async (of, { name = null }) => {
    const clients = clientsOf(of, 'clients.backups');
    if (name === null) return { backups: await clients.backups() };
    if (typeof name !== 'string') throw invalid(of, 'name');
    return { backup: await clients.backup(name) };
  }),
  focus: call((of) => {
    appOf(of, 'focus').focus();
    return {};
  }),
  connect: {
    kind: 'hand-over',
    run(of, params, connection) {
      const { server = null, via } = params;
      if (server !== null && typeof server !== 'string') throw invalid(of, 'server');
      if (via !== undefined && typeof via !== 'string') throw invalid(of, 'via');
      of.connect(server, connection, via);
    },
  },
  tunnel: {
    kind: 'hand-over',
    run(of, params, connection) {
      const { authority, label = '' } = params;
      if (typeof authority !== 'string') throw invalid(of, 'authority');
      if (typeof label !== 'string') throw invalid(of, 'label');
      of.tunnel(authority, label, connection);
    },
  },
};

/** A language that the client asks for: a locale or a tag of BCP 47. Undefined where it names none. */
function languageIn(of: Controlled, { language }: Params): Language | undefined {
  if (language === undefined) return undefined;
  if (typeof language !== 'string') throw invalid(of, 'language');
  return languageOf(language);
}

function serverIn(of: Controlled, { server }: Params): string {
  if (typeof server !== 'string') throw invalid(of, 'server');
  const names = of.servers().map(({ name }) => name);
  if (names.includes(server)) return server;
  throw new ControlFault(CODES.refused, 'no-such-server', of.text().servers.unknownServer(server, names), {
    servers: names,
  });
}

function seenToolsIn(of: Controlled, { tools }: Params): readonly { readonly name: string; readonly hash: string }[] {
  if (!Array.isArray(tools)) throw invalid(of, 'tools');
  return tools.map((tool: unknown) => {
    const { name, hash } = isObject(tool) ? tool : {};
    if (typeof name !== 'string' || typeof hash !== 'string') throw invalid(of, 'tools');
    return { name, hash };
  });
}

function appOf(of: Controlled, method: string): AppControl {
  if (of.app !== null) return of.app;
  throw new ControlFault(CODES.refused, 'not-offered', of.text().control.onlyApp(method));
}

function clientsOf(of: Controlled, method: string): ClientsControl {
  if (of.clients !== null) return of.clients;
  throw new ControlFault(CODES.refused, 'not-offered', of.text().control.clientsOfApp(method));
}

function invalid(of: Controlled, param: string): ControlFault {
  return new ControlFault(CODES.invalidParams, 'invalid-params', of.text().control.invalidParam(param), { param });
}

export interface ShownSettings {
  readonly settings: object;
  /** Paths of what was left out, `servers.0.env.API_KEY`: property names and list positions, joined by dots. */
  readonly hidden: readonly string[];
}

/** The settings for a screen or a file that is passed on: each text with a secret in it is `[redacted]` as a whole. */
export function withoutSecrets(settings: Settings): ShownSettings {
  const redactor = new Redactor(secretsOf(settings));
  const hidden: string[] = [];
  const shown = (value: unknown, name: string, path: string): unknown => {
    if (typeof value === 'string') {
      const isHeader = /^servers\.\d+\.headers\./.test(path);
      if (value === '' || (!isHeader && !isSecretName(name) && redactor.text(value) === value)) return value;
      hidden.push(path);
      return REDACTED;
    }
    if (Array.isArray(value)) return value.map((one: unknown, index) => shown(one, '', `${path}.${index}`));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, shown(one, key, path === '' ? key : `${path}.${key}`)]),
    );
  };
  return { settings: Object(shown(settings, '', '')), hidden };
}

/** The first path that holds a placeholder of `withoutSecrets`; null when there is none. */
function redactedIn(value: unknown, path = ''): string | null {
  if (value === REDACTED) return path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, one] of Object.entries(value)) {
    const found = redactedIn(one, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
