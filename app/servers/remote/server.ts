import manifest from '../../../package.json' with { type: 'json' };
import { createDialer, type Dialer, type DialerOptions } from '../../dial/index.ts';
import type { Text } from '../../i18n/index.ts';
import { type Log, remoteSecrets } from '../../log/index.ts';
import { NEWEST_LEGACY_REVISION } from '../../mcp/index.ts';
import { shownUrl } from '../../settings/server-url.ts';
import { isRemote, type RemoteSetting, type ServerSetting } from '../../settings/settings.ts';
import { BackOff, type Condition, conditionOf, isUsable } from '../condition.ts';
import { endReason, type Peer } from '../peer.ts';
import type { Traffic } from '../process/index.ts';
import type { Quota, Share } from '../quota.ts';
import type { ChildUse, Exits, Opened, Server, ServerFacts } from '../source.ts';
import type { RemoteTransport } from './channel.ts';
import { endBy, faultSentence, kindOf, needsSignIn, type RemoteEnd, type RemoteFault } from './end.ts';
import { RemoteHttp } from './http.ts';
import { type AnswerMemory, KeptAnswers } from './kept-answers.ts';
import { AnnotatedTools } from './mirrored-headers.ts';
import { RemotePeer } from './peer.ts';
import { probe, SignIn, type SignInDesk, SignInError, type SignInFacts, type SignInOptions } from './sign-in/index.ts';
import { type CertificateFacts, CertificateTrust, type Pins } from './trust.ts';

const DIRECT: DialerOptions = { upstream: null, noProxy: '', ownPorts: new Set() };

export interface RemoteServerContext {
  readonly log: Log;
  readonly text: () => Text;
  /** Makes every connection; one without an upstream proxy if left out. */
  readonly dialer?: Dialer | undefined;
  /** What a dialer of its own goes by, where none is given. */
  readonly dialling?: DialerOptions | undefined;
  readonly children: Quota;
  /** Bytes of the longest message a server may send. */
  readonly lineLimit: () => number;
  /** Milliseconds that the `initialize` of a client waits for a remote that cannot be reached. */
  readonly patience: number;
  /** Something that a snapshot shows is different now. */
  readonly changed: () => void;
  /** Where sign-ins are made and kept; nothing is signed in to if left out. */
  readonly desk?: SignInDesk | undefined;
  /** Where what the server says of itself outlives the process; nowhere if left out. */
  readonly answers?: AnswerMemory | undefined;
  /** Where certificates that a person trusts are kept; they are forgotten with the process if left out. */
  readonly pins?: Pins | undefined;
  /** A person has signed in: see `servesOthers`. */
  readonly signedIn?: () => void;
  /** The server was met speaking so, also where another one has been known to be there. */
  readonly speaks?: (era: 'legacy' | 'modern') => void;
  /** Another instance of ours was found behind it: see `leadsBack`. */
  readonly met?: () => void;
}

/** Instances that are remembered behind one URL: each start of one is another. */
const MOST_MET = 64;

/** Milliseconds until a remote that cannot be reached is looked for again, the shortest. */
const LOOK_AGAIN = 2000;

/** A server that is reached by a URL: opens sessions with it, remembers how it speaks, and knows whether it can be reached. */
export class RemoteServer implements Server {
  readonly name: string;
  readonly log: Log;
  /** Any number of sessions can be open at one time. */
  readonly allowsSeveral = true;
  readonly mayProbe = true;
  /** Nothing is started here: how long that takes is not known. */
  readonly startTook = null;
  readonly #context: RemoteServerContext;
  readonly #dialer: Dialer;
  readonly #share: Share;
  readonly #peers = new Map<RemotePeer, ChildUse>();
  readonly #traffic: Traffic = { toChildren: 0, fromChildren: 0 };
  readonly #exits: Exits = { asked: 0, exited: 0, killed: 0, notStarted: 0 };
  readonly #backOff = new BackOff();
  readonly #lookBackOff = new BackOff();
  readonly #trust: CertificateTrust;
  #setting: RemoteSetting;
  #signIn: SignIn | null;
  #http: RemoteHttp;
  #tools: AnnotatedTools;
  #kept: KeptAnswers;
  /** What the server was found to speak since it was last defined. */
  #transport: RemoteTransport | null = null;
  #stopped = false;
  #lastEnd: RemoteEnd | null = null;
  /** Why it cannot be used; null once it has answered. */
  #failure: RemoteEnd | null = null;
  #lookTimer: NodeJS.Timeout | undefined;
  /** Instances of ours, and not this one, that its answers have come from. */
  readonly #met = new Set<string>();

  constructor(setting: RemoteSetting, context: RemoteServerContext) {
    this.name = setting.name;
    this.log = context.log.from(`server:${setting.name}`);
    this.#setting = setting;
    this.#context = context;
    this.#dialer = context.dialer ?? createDialer(context.dialling ?? DIRECT);
    this.#share = context.children.share();
    this.#trust = new CertificateTrust(setting, context.pins);
    this.#signIn = this.#newSignIn();
    this.#http = this.#newHttp();
    this.#tools = new AnnotatedTools(this.log);
    this.#kept = this.#newKept();
  }

  get setting(): RemoteSetting {
    return this.#setting;
  }

  /** Those of its sign-in, which nothing that is kept or shown may repeat. */
  get tokens(): readonly string[] {
    return this.#signIn?.secrets ?? [];
  }

  /** Rejects with SignInError, also where an Authorization under the headers is the sign-in, or the settings want none. */
  async signIn(options: SignInOptions): Promise<SignInFacts> {
    if (this.#signIn === null) throw new SignInError({ kind: 'by-header' });
    return this.#signIn.signIn(options);
  }

  /** False when there was no sign-in. */
  async signOut(): Promise<boolean> {
    if (this.#signIn === null) throw new SignInError({ kind: 'by-header' });
    const wasSignedIn = await this.#signIn.signOut();
    const { need } = this.#signIn;
    if (need !== null) this.#failed({ kind: 'status', status: 401, reason: '', shown: false, signIn: need });
    return wasSignedIn;
  }

  /** What the server shows now and is not trusted. Rejects with TrustError where there is no such thing. */
  certificate(): Promise<CertificateFacts> {
    return this.#trust.shown(this.#http);
  }

  /** Whether a person trusts one certificate by its fingerprint, and no other. */
  get isPinned(): boolean {
    return this.#trust.isPinned;
  }

  /** Takes back what `trust` did; false when there was nothing. Ends the sessions, which rest on it. Rejects with TrustError. */
  async untrust(): Promise<boolean> {
    if (!this.#trust.unpin()) return false;
    this.log.info('The certificate of the remote server is no longer trusted by its fingerprint');
    this.#http.trust(this.#trust.tls);
    await this.restart();
    this.#context.changed();
    return true;
  }

  /** Trusts the certificate that a person has seen, from now on and no other. Rejects with TrustError. */
  async trust(fingerprint: string): Promise<void> {
    const shown = await this.#trust.pin(fingerprint, this.#http);
    this.log.info('A certificate of the remote server is trusted from now on', { sha256: shown });
    this.#http.trust(this.#trust.tls);
    this.#backOff.succeeded();
    if (this.#failure?.kind === 'refused') this.#failure = null;
    this.#context.changed();
    for (const peer of this.#peers.keys()) peer.nudge();
  }

  get waiting(): number {
    let bytes = 0;
    for (const peer of this.#peers.keys()) bytes += peer.waiting;
    return bytes;
  }

  get servesOthers(): boolean {
    return this.#setting.lanCredentials === true || !this.#actsForOwner;
  }

  get hasChildren(): boolean {
    return this.#peers.size > 0;
  }

  ageOf(peer: Peer): number {
    return peer instanceof RemotePeer ? peer.age : 0;
  }

  leadsBack(via: string | undefined): boolean {
    return via !== undefined && this.#met.size > 0 && via.split(', ').some((name) => this.#met.has(name));
  }

  open(use: Exclude<ChildUse, 'spare'>, via?: string): Opened {
    if (this.#stopped) return { refusal: { kind: 'stopped' } };
    if (this.leadsBack(via)) return { refusal: { kind: 'circle' } };
    const wait = this.#backOff.wait(performance.now());
    if (wait > 0 && this.#failure !== null) return { refusal: { kind: 'backing-off', wait, last: this.#failure } };
    if (!this.#share.take()) return { refusal: { kind: 'too-many-children', limit: this.#share.limit } };
    return { child: this.#open(use, via) };
  }

  /** A session to try the server by, also while it rests after failures or is stopped; null where too many are open. */
  openTrial(): RemotePeer | null {
    return this.#share.take() ? this.#open('probe') : null;
  }

  keep(probe: Peer): void {
    for (const [peer, use] of this.#peers) if (peer === probe && use === 'probe') this.#peers.set(peer, 'shared');
  }

  apply(setting: ServerSetting): boolean {
    if (!isRemote(setting)) throw new Error('another source is another server');
    const same = isSameRemote(this.#setting, setting);
    this.#setting = setting;
    if (same) return false;
    this.#http.close();
    this.#signIn?.close();
    this.#trust.apply(setting);
    this.#signIn = this.#newSignIn();
    this.#http = this.#newHttp();
    this.#tools = new AnnotatedTools(this.log);
    this.#kept = this.#newKept();
    this.#transport = null;
    this.#failure = null;
    this.#met.clear();
    return true;
  }

  restart(): Promise<void> {
    this.#backOff.succeeded();
    this.#lookBackOff.succeeded();
    this.#failure = null;
    clearTimeout(this.#lookTimer);
    return this.#closeAll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#failure = null;
    clearTimeout(this.#lookTimer);
    await this.#closeAll();
    this.#http.dropIdle();
  }

  start(): void {
    this.#stopped = false;
  }

  forgetNetwork(): void {
    this.#http.forgetNetwork();
    for (const peer of this.#peers.keys()) peer.forgetNetwork();
    if (this.#lookTimer !== undefined) this.#lookNow();
  }

  discard(): void {
    clearTimeout(this.#lookTimer);
    this.#signIn?.close();
    this.#share.close();
    this.#http.close();
  }

  facts(): ServerFacts {
    const condition = this.#condition();
    return {
      name: this.name,
      state: this.#stopped ? 'stopped' : isUsable(condition) ? 'ready' : 'failing',
      condition,
      url: shownUrl(this.#setting.url),
      ...signInFacts(this.#signIn),
      children: [],
      spawns: 0,
      exits: { ...this.#exits },
      traffic: { ...this.#traffic },
      lastEnd: this.#lastEnd,
    };
  }

  /** Whether it is reached with anything that shows who owns this machine: a header, a sign-in, a certificate, a secret in the URL. */
  get #actsForOwner(): boolean {
    const { url, headers, tls } = this.#setting;
    return (
      Object.keys(headers).length > 0 ||
      tls?.cert !== undefined ||
      remoteSecrets({ url, headers: {} }).length > 0 ||
      this.#signIn?.mayHoldToken === true
    );
  }

  #open(use: ChildUse, via?: string): RemotePeer {
    const { context, transports } = { context: this.#context, transports: () => this.#transports() };
    const peer: RemotePeer = new RemotePeer({
      name: this.name,
      log: this.log,
      text: context.text,
      url: new URL(this.#setting.url),
      http: via === undefined || via === this.#dialer.pseudonym ? this.#http : this.#http.on(via),
      limit: context.lineLimit,
      traffic: this.#traffic,
      tools: this.#tools,
      kept: this.#kept,
      transports,
      patience: use === 'probe' ? 0 : context.patience,
      standsIn: use === 'session',
      learned: (transport) => {
        this.#transport = transport;
      },
      answered: () => this.#answered(),
      failed: (fault) => this.#failed(fault),
      speaks: (era) => {
        // What a probe meets with is its owner's to judge.
        if (this.#peers.get(peer) !== 'probe') context.speaks?.(era);
      },
      ended: (end) => this.#ended(peer, end),
    });
    this.#peers.set(peer, use);
    context.changed();
    return peer;
  }

  /** What is written in the settings, else what was found out, else what the URL looks like; the other one after it. */
  #transports(): readonly RemoteTransport[] {
    const { transport, url } = this.#setting;
    if (transport === 'streamable') return ['streamable'];
    if (transport === 'sse') return ['http-sse'];
    const isSse = this.#transport === null ? /\/sse\/?$/.test(new URL(url).pathname) : this.#transport === 'http-sse';
    return isSse ? ['http-sse', 'streamable'] : ['streamable', 'http-sse'];
  }

  #answered(): void {
    if (this.#failure === null) return;
    this.#failure = null;
    this.#backOff.succeeded();
    this.#lookBackOff.succeeded();
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
    this.log.info('The remote server can be used again');
    for (const peer of this.#peers.keys()) peer.nudge();
    this.#context.changed();
  }

  /** Said once, however often it is met with; a remote that cannot be reached is looked for from now on. */
  #failed(fault: RemoteFault): void {
    if (this.#stopped) return;
    // Another client's requests, which have come another way, may well get there.
    if (fault.kind === 'circle') return this.log.warn(faultSentence(this.name, fault, this.#context.text()));
    const end = endBy(fault, performance.now());
    const reason = (each: RemoteEnd) => endReason(this.name, each, this.#context.text());
    const known = this.#failure !== null && reason(this.#failure) === reason(end);
    this.log[known ? 'debug' : 'error'](reason(end));
    if (!known) this.#failure = end;
    this.#lastEnd = end;
    this.#context.changed();
    if (kindOf(fault) === 'unreachable') this.#lookLater();
  }

  #ended(peer: RemotePeer, end: RemoteEnd): void {
    const use = this.#peers.get(peer);
    this.#peers.delete(peer);
    this.#share.giveBack();
    if (end.asked) this.#exits.asked++;
    // What a probe meets with says nothing of how often sessions fail, and without a token nothing can be refused too often.
    const isCircle = end.kind === 'refused' && end.fault.kind === 'circle';
    if (!end.asked && use !== 'probe' && !needsSignIn(end) && !isCircle) this.#backOff.failed(performance.now());
    this.#context.changed();
  }

  #newHttp(): RemoteHttp {
    const tls = this.#trust.tls;
    return new RemoteHttp(
      this.#dialer,
      { headers: this.#setting.headers, ...(tls === undefined ? {} : { tls }) },
      this.#signIn,
      undefined,
      (instance) => this.#meet(instance),
    );
  }

  #meet(instance: string): void {
    if (this.#met.has(instance) || this.#met.size >= MOST_MET) return;
    this.#met.add(instance);
    this.#context.met?.();
  }

  #newKept(): KeptAnswers {
    const { answers } = this.#context;
    if (answers === undefined) return new KeptAnswers();
    const { url } = this.#setting;
    return new KeptAnswers({
      answers: answers.of(this.name, url),
      keep: (now) => answers.keep(this.name, url, now),
      secrets: () => [...remoteSecrets(this.#setting), ...this.tokens],
    });
  }

  #newSignIn(): SignIn | null {
    const { desk, text, changed } = this.#context;
    const { url, headers, oauth = {}, transport } = this.#setting;
    const isWritten = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    if (desk === undefined || oauth === false || isWritten) return null;
    return new SignIn({
      server: this.name,
      url,
      oauth,
      desk,
      log: this.log,
      text,
      changed,
      // What is said of certificates holds for the server's own origin; its authorities may have signed others as well.
      httpFor: (origin) => {
        const tls = this.#trust.tls;
        const ca = tls?.ca === undefined ? {} : { tls: { ca: tls.ca } };
        const own = tls === undefined ? {} : { tls };
        return new RemoteHttp(this.#dialer, { headers: {}, ...(origin === new URL(url).origin ? own : ca) });
      },
      probe: () => probe(this.#http, new URL(url), transport === 'sse'),
      signedIn: () => this.#signedIn(),
    });
  }

  #signedIn(): void {
    this.log.info('Signed in to the remote server');
    this.#context.signedIn?.();
    if (this.#failure?.kind === 'signed-out') this.#failure = null;
    this.#backOff.succeeded();
    this.#context.changed();
    for (const peer of this.#peers.keys()) peer.nudge();
  }

  /** Whether it is there again is found out without being asked; not where it wants a sign-in, for some lock out who fails at that. */
  #lookLater(): void {
    if (this.#lookTimer !== undefined) return;
    const wait = Math.max(LOOK_AGAIN, this.#lookBackOff.wait(performance.now()));
    this.#lookTimer = setTimeout(() => this.#lookNow(), wait).unref();
  }

  #lookNow(): void {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
    if (this.#failure === null || this.#stopped) return;
    this.#lookBackOff.failed(performance.now());
    this.#look();
  }

  #look(): void {
    if (!this.#share.take(false)) return this.#lookLater();
    const peer = this.#open('probe');
    peer.listen({
      frames: () => void peer.close(),
      drained: () => undefined,
      ended: () => undefined,
    });
    const clientInfo = { name: 'mcp-gangway', version: manifest.version };
    const params = { protocolVersion: NEWEST_LEGACY_REVISION, capabilities: {}, clientInfo };
    peer.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })));
  }

  #condition(): Condition {
    const peers = [...this.#peers].filter(([, use]) => use !== 'probe').map(([peer]) => peer);
    return conditionOf({
      stopped: this.#stopped,
      children: peers.map(({ answered, awaited, age, startedAt }) => ({
        answered,
        awaited,
        age,
        startedAt,
        askedAt: null,
        lastLine: '',
      })),
      failure: this.#failure,
      reason: (failure) => endReason(this.name, failure, this.#context.text()),
      wait: this.#backOff.wait(performance.now()),
      now: Date.now(),
    });
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#peers.keys()].map((peer) => peer.close()));
  }
}

function signInFacts(signIn: SignIn | null): Pick<ServerFacts, 'signIn'> {
  const facts = signIn?.facts() ?? null;
  return facts === null ? {} : { signIn: facts };
}

/** Whether two settings mean the same server, asked in the same way. */
export function isSameRemote(a: RemoteSetting, b: RemoteSetting): boolean {
  const what = ({ url, transport, headers, era, oauth, tls }: RemoteSetting) => {
    const signIn = oauth === false ? false : sorted(oauth);
    return JSON.stringify([url, transport, Object.entries(headers).sort(), era, signIn, sorted(tls)]);
  };
  return what(a) === what(b);
}

function sorted(values: object = {}): readonly (readonly [string, unknown])[] {
  return Object.entries(values).sort(([left], [right]) => left.localeCompare(right));
}
