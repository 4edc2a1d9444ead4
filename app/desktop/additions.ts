import type { AppText } from '../i18n/app.ts';
import type { AddedServer, Addition, ChangeOutcome, NamedValue } from '../ipc/index.ts';
import {
  type ConfigProblem,
  configServers,
  freeName,
  type LinkFault,
  problemSentence,
  readAddLink,
  type UnnamedServer,
} from '../servers/index.ts';
import { isRemote, type ServerSetting, type Settings } from '../settings/index.ts';

interface Proposed {
  readonly title: string;
  readonly server: UnnamedServer;
}

/** What waits to be looked at. Sentences are made when they are shown, in the language of then. */
interface Pending {
  readonly id: number;
  readonly from: Addition['from'];
  readonly proposed: readonly Proposed[];
  readonly problems: readonly (ConfigProblem | LinkFault)[];
  droppedLink: boolean;
  /** The names that were shown, one for each that is proposed. */
  shown: readonly string[];
}

export interface AdditionsOwner {
  readonly settings: Settings;
  readonly text: AppText;
  change(patch: (now: Settings) => Partial<Settings>): Promise<ChangeOutcome>;
}

/** Servers of one addition: more than a person would look through, and fewer than the settings hold. */
const MOST = 64;

/**
 * Servers that come from outside: by a link, from the clipboard or a file. They wait here until a person has seen them in full; what is
 * stored then is what was shown. One addition waits at a time: a link that comes meanwhile must not change what is under the pointer.
 */
export class Additions {
  readonly #owner: AdditionsOwner;
  #pending: Pending | null = null;
  #last = 0;

  constructor(owner: AdditionsOwner) {
    this.#owner = owner;
  }

  /** Takes a link, or notes that one came while something else is being looked at. */
  takeLink(link: string): void {
    if (this.#pending !== null) {
      this.#pending.droppedLink = true;
      return;
    }
    const reading = readAddLink(link);
    if (reading.ok) this.#set('link', [reading], []);
    else this.#set('link', [], [reading.fault]);
  }

  /** Takes JSON of any client. Nothing in it is filled in. */
  takeText(text: string): Addition {
    const { servers, problems } = configServers(text, null);
    const proposed = servers.slice(0, MOST).map(({ name, title = name, ...server }): Proposed => {
      // No process of it is started before a client asks for one.
      return { title, server: 'url' in server ? server : { ...server, spare: false } };
    });
    // A link that came while the text was given has been seen by no one: the text takes its place, and says so.
    const hidesLink = this.#pending?.from === 'link';
    const pending = this.#set('text', proposed, problems);
    pending.droppedLink = hidesLink;
    return this.#shown(pending, servers.length - proposed.length);
  }

  /** Null when nothing waits. */
  view(): Addition | null {
    return this.#pending === null ? null : this.#shown(this.#pending, 0);
  }

  /** Drops the addition of this id and none that came after it; without an id, whichever waits. */
  cancel(addition?: number): void {
    if (addition === undefined || this.#pending?.id === addition) this.#pending = null;
  }

  /** Stores those at these places. They wait on where that is refused. */
  async add(addition: number, chosen: readonly number[]): Promise<ChangeOutcome> {
    const pending = this.#pending;
    // Another window, or a second click, was faster.
    if (pending === null || pending.id !== addition) return { ok: true };
    const added = [...new Set(chosen)].flatMap((at) => {
      const one = pending.proposed[at];
      const name = pending.shown[at];
      return one === undefined || name === undefined ? [] : [named(one, name)];
    });
    const outcome = await this.#owner.change((now) => ({
      servers: [...now.servers, ...added],
      ...(becomesDefault(pending, now) ? { defaultServer: added[0]?.name ?? null } : {}),
    }));
    if (outcome.ok) this.#pending = null;
    return outcome;
  }

  #set(from: Pending['from'], proposed: readonly Proposed[], problems: Pending['problems']): Pending {
    this.#last += 1;
    this.#pending = { id: this.#last, from, proposed, problems, droppedLink: false, shown: [] };
    return this.#pending;
  }

  #shown(pending: Pending, left: number): Addition {
    const { settings, text } = this.#owner;
    const taken = new Set(settings.servers.map(({ name }) => name));
    const servers = pending.proposed.map((one) => {
      const name = freeName(one.title, taken);
      taken.add(name);
      return shownServer(one, name, settings.servers);
    });
    pending.shown = servers.map(({ name }) => name);
    const words = text.settingsWindow.adding;
    const problems = pending.problems.map((problem) =>
      typeof problem === 'string' ? words.linkFaults[problem] : placed(problem, text),
    );
    return {
      id: pending.id,
      from: pending.from,
      servers,
      problems: left > 0 ? [...problems, words.tooMany(MOST, left)] : problems,
      becomesDefault: becomesDefault(pending, settings),
      droppedLink: pending.droppedLink,
    };
  }
}

function becomesDefault({ proposed }: Pending, { servers, defaultServer }: Settings): boolean {
  return servers.length === 0 && defaultServer === null && proposed.length === 1;
}

function named({ title, server }: Proposed, name: string): ServerSetting {
  return { name, ...(title === name ? {} : { title }), ...server };
}

function placed(problem: ConfigProblem, text: AppText): string {
  const sentence = problemSentence(problem, text);
  const { place } = problem;
  return place === undefined ? sentence : text.settingsWindow.adding.at(place.line, place.column, sentence);
}

function shownServer({ title, server }: Proposed, name: string, servers: readonly ServerSetting[]): AddedServer {
  const same = servers.find((one) => contentOf(one) === contentOf({ ...server, name }));
  const common = { title, name, sameAs: same?.name ?? null };
  const none = {
    command: '',
    args: [],
    env: [],
    cwd: null,
    url: '',
    transport: 'auto',
    headers: [],
    more: [],
  } as const;
  if (!('url' in server)) {
    const { command, args, env, cwd } = server;
    return { ...none, ...common, command, args, env: pairs(env), cwd };
  }
  const { url, transport, headers, oauth, tls } = server;
  const more = [...flat('oauth', oauth), ...flat('tls', tls)];
  return { ...none, ...common, url, transport, headers: pairs(headers), more };
}

/** What two servers have in common where they are the same but for their names and for what is kept ready. */
function contentOf(server: ServerSetting): string {
  if (isRemote(server)) return JSON.stringify([server.url, pairs(server.headers)]);
  const { command, args, env, cwd } = server;
  return JSON.stringify([command, args, pairs(env), cwd]);
}

function pairs(values: Readonly<Record<string, string>>): readonly NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function flat(name: string, value: unknown): readonly NamedValue[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [{ name, value: String(value) }];
  return Object.entries(value).flatMap(([key, one]) => flat(`${name}.${key}`, one));
}
