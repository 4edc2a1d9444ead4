import type { Socket } from 'node:net';
import type { Target } from '../../base/address.ts';
import type { ResponseHead } from '../../dial/http/index.ts';
import type { ProxiedRequest } from '../../inspect/index.ts';
import type { ProxyContext } from '../context.ts';
import { EstablishedTunnel } from '../tunnel.ts';
import { responseFields } from './client-response.ts';

/** Bytes a client may send behind its Upgrade before it is answered. */
const EARLY_LIMIT = 64 * 1024;

/**
 * A client whose connection the HTTP server has handed over, and that waits. Where it has asked to switch protocols, what it sends meanwhile,
 * behind the content of its request, belongs to the new one. The content comes first (RFC 9110 section 7.8), as with Docker, whose `exec`
 * says in it what to run. Where the parser only did not know its method, its request is the last one of the connection.
 */
export class RequestApart {
  readonly client: Socket;
  /** Whether it asks to switch protocols. */
  readonly switches: boolean;
  readonly #contentBytes: number;
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #content: Buffer | null = null;
  #whole: (() => void) | null = null;

  /** `contentBytes` are those of the request, 64 KiB at most. */
  constructor(client: Socket, head: Buffer, contentBytes: number, switches: boolean) {
    this.client = client;
    this.switches = switches;
    this.#contentBytes = contentBytes;
    this.#keep(head);
    client.on('data', this.#keep);
    client.on('end', this.#left);
  }

  /** The content, once it is whole; null where the request has none. */
  get content(): Buffer | null {
    return this.#content;
  }

  /** Calls `run` when the content is whole: at once where there is none, never where the client leaves before. */
  whenWhole(run: () => void): void {
    this.#whole = run;
    this.#cutContent();
  }

  /** Stops listening, and hands out what has come. */
  take(): readonly Buffer[] {
    this.client.off('data', this.#keep);
    this.client.off('end', this.#left);
    this.client.pause();
    return this.#early;
  }

  /** There is no switch: what the client sent ahead is dropped, but its disconnect still counts. */
  decline(): void {
    this.client.off('data', this.#keep);
    this.client.resume();
  }

  readonly #keep = (bytes: Buffer): void => {
    if (bytes.length > 0) this.#early.push(bytes);
    this.#earlyBytes += bytes.length;
    if (this.#whole !== null) this.#cutContent();
    if (this.#earlyBytes > EARLY_LIMIT) this.client.pause();
  };

  #cutContent(): void {
    const run = this.#whole;
    if (run === null || this.#earlyBytes < this.#contentBytes) return;
    this.#whole = null;
    if (this.#contentBytes > 0) {
      const bytes = Buffer.concat(this.#early);
      this.#content = bytes.subarray(0, this.#contentBytes);
      this.#early = bytes.length > this.#contentBytes ? [bytes.subarray(this.#contentBytes)] : [];
      this.#earlyBytes -= this.#contentBytes;
    }
    run();
  }

  /** The new protocol needs both directions, and a request all of its content. */
  readonly #left = (): void => {
    if (this.switches || this.#whole !== null) this.client.destroy();
  };
}

/** The 101 of the origin. */
export interface Switched {
  readonly head: ResponseHead;
  /** Bytes of the new protocol that came in behind the 101. */
  readonly rest: Buffer;
}

/** client <- 101 <- origin; from here on bytes are relayed both ways. */
export function becomeTunnel(
  context: ProxyContext,
  request: RequestApart,
  upstream: Socket,
  switched: Switched,
  to: {
    readonly target: Target;
    readonly label: string;
    readonly pseudonym: string;
    /** What is recorded of it. */
    readonly record: ProxiedRequest;
  },
): void {
  const { client } = request;
  const tunnel = new EstablishedTunnel(context, 'upgrade', to.target, to.label, to.record);
  client.write(switchingAnswer(switched.head, to.pseudonym), 'latin1');
  tunnel.relay(client, upstream, request.take(), switched.rest.length > 0 ? [switched.rest] : []);
}

/** The 101 with its two hop-by-hop fields written anew for this hop (RFC 9110 section 7.8). */
function switchingAnswer(head: ResponseHead, pseudonym: string): string {
  let text = `HTTP/1.1 101 ${head.reason}\r\nConnection: Upgrade\r\n`;
  for (let index = 0; index < head.fields.length; index += 2) {
    if (head.fields[index]?.toLowerCase() === 'upgrade') text += `Upgrade: ${head.fields[index + 1]}\r\n`;
  }
  const fields = responseFields(head, pseudonym, false);
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]}: ${fields[index + 1]}\r\n`;
  return `${text}\r\n`;
}
