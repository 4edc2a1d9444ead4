import type { Log } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import { type JsonObject, type JsonRpcError, stringIn } from '../mcp/jsonrpc/index.ts';
import type { Opened, Peer, Server, ServerFacts } from '../servers/index.ts';
import { denialBy, forbiddenBy, type Member } from './known-member.ts';
import { type Located, locate } from './locate.ts';
import { Mentions } from './mentions.ts';
import { AggregateSession } from './session.ts';
import { type View, Views } from './view.ts';

export interface AggregateOptions {
  /** By which it is told in logs, errors and Activity: its path, which no server can be named. */
  readonly name: string;
  /** What clients are told it is called. */
  readonly title: () => string;
  readonly log: Log;
  readonly text: () => Text;
  /** Whether clients on other machines may use a server of it. */
  readonly servesOthers: () => boolean;
  readonly longestName: () => number;
}

/**
 * Several servers as one, for the endpoints in front of it: a server of revision 2025-11-25 that runs no process of its own. Clients of
 * other revisions are translated for as in front of any legacy server.
 */
export class AggregateServer implements Server {
  readonly name: string;
  readonly log: Log;
  readonly setting: Server['setting'];
  readonly allowsSeveral = true;
  readonly mayProbe = true;
  readonly startTook = null;
  readonly waiting = 0;
  readonly #options: AggregateOptions;
  readonly #sessions = new Set<AggregateSession>();
  readonly #views = new Views();
  readonly #mentions = new Mentions();
  #members: readonly Member[];
  /** Of what is known by all sessions. */
  #view: View | null = null;
  #isStopped = false;

  constructor(options: AggregateOptions, members: readonly Member[]) {
    this.name = options.name;
    this.log = options.log;
    this.setting = { name: options.name, command: '', args: [], env: {}, cwd: null, era: 'legacy', spare: false };
    this.#options = options;
    this.#members = members;
  }

  get hasChildren(): boolean {
    return this.#sessions.size > 0;
  }

  get servesOthers(): boolean {
    return this.#options.servesOthers();
  }

  ageOf(): number {
    return 0;
  }

  /** Each of its servers is asked itself. */
  leadsBack(): boolean {
    return false;
  }

  open(use: 'session' | 'shared' | 'probe', via?: string): Opened {
    if (this.#isStopped) return { refusal: { kind: 'stopped' } };
    return { child: this.#open(use === 'shared', via) };
  }

  #open(isShared: boolean, via: string | undefined): Peer {
    const { title, text, longestName } = this.#options;
    const session = new AggregateSession({
      title: title(),
      text,
      longestName,
      isShared,
      views: this.#views,
      mentions: this.#mentions,
      via,
      members: () => this.#members.filter((member) => !member.leadsBack(via)),
      closed: (closed) => this.#sessions.delete(closed),
    });
    this.#sessions.add(session);
    return session;
  }

  keep(): void {
    // It is never probed: its revision is known.
  }

  /** Its own setting never changes; see `replace`. */
  apply(): boolean {
    return false;
  }

  /** Other servers, or the same in another order or under another alias. Sessions go on. */
  replace(members: readonly Member[]): void {
    this.#members = members;
    this.membersChanged();
  }

  /** The server that a request without a session is for; see `locate`. `json` is the request. */
  locate(method: string, json: Buffer): Located | null {
    return locate({ view: this.#current, members: this.#members, mentions: this.#mentions }, method, json);
  }

  get #current(): View {
    this.#view ??= this.#views.of(
      this.#members.flatMap(({ name, alias, known: { lists }, isStopped }) =>
        lists === null || isStopped() ? [] : [{ owner: name, alias, lists }],
      ),
      this.#options.longestName(),
    );
    return this.#view;
  }

  /** Whether a tool has this name towards clients. */
  #knows(name: string): boolean {
    return this.#current.tools.has(name);
  }

  /** Why a request may not go on that has passed before: what it names is switched off by now. Null where it may. */
  denied(method: string, params: JsonObject): JsonRpcError | null {
    const name = stringIn(params, method === 'resources/read' ? 'uri' : 'name');
    if (name === undefined) return null;
    switch (method) {
      case 'tools/call': {
        const shown = this.#members.filter((member) => this.#mentions.hasShown(member.name));
        return denialBy(this.#members, 'tools', name) ?? (this.#knows(name) ? null : forbiddenBy(shown, 'tools', name));
      }
      case 'prompts/get':
        return denialBy(this.#members, 'prompts', name);
      case 'resources/read': {
        const owners = this.#mentions.ofRead(name);
        const asked = this.#members.filter((member) => owners.includes(member.name));
        return forbiddenBy(asked, 'resources', name);
      }
      default:
        return null;
    }
  }

  /** A server has answered such a request. */
  answered(server: string, response: Buffer): void {
    this.#mentions.note(server, response);
  }

  /** Servers were started or stopped, or what is known of them has changed. */
  membersChanged(): void {
    this.#view = null;
    for (const session of this.#sessions) session.changed();
  }

  async restart(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    return this.restart();
  }

  start(): void {
    this.#isStopped = false;
  }

  forgetNetwork(): void {
    // Each of the servers is told itself.
  }

  discard(): void {
    // It holds nothing but its sessions.
  }

  facts(): ServerFacts {
    return {
      name: this.name,
      state: this.#isStopped ? 'stopped' : 'ready',
      condition: { kind: this.#isStopped ? 'stopped' : 'running', since: null, until: null, detail: '' },
      children: [],
      spawns: 0,
      exits: { asked: 0, exited: 0, killed: 0, notStarted: 0 },
      traffic: { toChildren: 0, fromChildren: 0 },
      lastEnd: null,
    };
  }
}
