import type { RequestFrame } from '../../mcp/jsonrpc/index.ts';
import type { Channel, ChannelOwner, Refusal, RemoteTransport } from './channel.ts';
import { Greeting, type GreetingFailed } from './greeting.ts';
import { HttpSseChannel, type NoStream } from './http-sse.ts';
import { type ChannelContext, StreamableChannel } from './streamable.ts';

export interface ChannelsOwner extends Omit<ChannelOwner, 'lost'> {
  /** As with ChannelOwner; `isCurrent` says whether the session in use is the one that is gone. */
  lost(isCurrent: boolean, request: RequestFrame | null, refusal?: Refusal): void;
  /** Nothing that was sent by this channel is answered any more. */
  dropped(channel: Channel): void;
}

/**
 * The channels of one session: the one in use, and those that the remote has forgotten, for as long as something of them is under
 * way. What others say is not passed on.
 */
export class Channels {
  readonly #wire: Omit<ChannelContext, 'owner'>;
  readonly #owner: ChannelsOwner;
  readonly #retired = new Set<Channel>();
  #current: Channel | null = null;
  #transport: RemoteTransport | null = null;
  #isPaused = false;
  #isClosed = false;

  constructor(wire: Omit<ChannelContext, 'owner'>, owner: ChannelsOwner) {
    this.#wire = wire;
    this.#owner = owner;
  }

  /** Null while there is no session. */
  get current(): Channel | null {
    return this.#current;
  }

  /** What the session speaks, or did at last; null before. */
  get transport(): RemoteTransport | null {
    return this.#transport;
  }

  /** The channel for messages that come before any handshake: those of the stateless revision. */
  stateless(): Channel {
    this.#current ??= this.#make('streamable', () => undefined);
    return this.#current;
  }

  /** A new session. What is under way by the channel in use goes on. */
  greet(initialize: RequestFrame, transports: readonly RemoteTransport[], failed: GreetingFailed): Greeting {
    if (this.#current !== null) this.#retired.add(this.#current);
    this.#current = null;
    return new Greeting(initialize, transports, failed, {
      connect: (transport, opened) => this.#make(transport, opened),
      tries: (channel, transport) => {
        this.#current = channel;
        this.#transport = transport;
      },
    });
  }

  /** The remote has forgotten the session in use: nothing new is sent by it. */
  retire(): void {
    const channel = this.#current;
    if (channel === null) return;
    this.#current = null;
    // Of sessions before that one nothing can come any more.
    this.dropRetired();
    this.#retired.add(channel);
    channel.retire();
    // What was under way on the stream of 2024-11-05 can be answered by nothing else.
    if (this.#transport === 'http-sse') this.#drop(channel);
  }

  /** Nothing is heard of earlier sessions from now on. */
  dropRetired(): void {
    for (const channel of this.#retired) this.#drop(channel);
  }

  /** The channel in use has led to no session. */
  abandon(): void {
    void this.#current?.close();
    this.#current = null;
  }

  pause(): void {
    this.#isPaused = true;
    for (const channel of this.#all) channel.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const channel of this.#all) channel.resume();
  }

  /** Nothing is heard from now on. Resolves when the remote knows, or does not answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#all.map((channel) => channel.close()));
  }

  get #all(): readonly Channel[] {
    return [...this.#retired, ...(this.#current === null ? [] : [this.#current])];
  }

  #drop(channel: Channel): void {
    this.#retired.delete(channel);
    void channel.close();
    this.#owner.dropped(channel);
  }

  #make(transport: RemoteTransport, opened: (failed: NoStream | null) => void): Channel {
    const owner = this.#owner;
    const isOurs = () => !this.#isClosed && (this.#current === channel || this.#retired.has(channel));
    const ownerOfOne: ChannelOwner = {
      frames: (frames, request) => {
        if (isOurs()) owner.frames(frames, request);
      },
      accepted: (message) => {
        if (isOurs()) owner.accepted(message);
      },
      failed: (message, fault, answer) => {
        if (isOurs()) owner.failed(message, fault, answer);
      },
      lost: (request, refusal) => {
        if (isOurs()) owner.lost(channel === this.#current, request, refusal);
      },
      awaits: (request) => !this.#isClosed && owner.awaits(request),
      drained: () => {
        if (isOurs()) owner.drained();
      },
      oversized: (start, end) => {
        if (isOurs()) owner.oversized(start, end);
      },
      garbage: (data) => owner.garbage(data),
    };
    const context = { ...this.#wire, owner: ownerOfOne };
    const channel: Channel =
      transport === 'streamable' ? new StreamableChannel(context) : new HttpSseChannel(context, opened);
    if (this.#isPaused) channel.pause();
    return channel;
  }
}
