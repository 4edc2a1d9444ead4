import { EventEmitter } from 'node:events';
import { systemError } from './system-error.ts';

/** The part of the local network that a datagram meets. */
export interface DatagramRule {
  readonly rule: 'allows' | 'refuses' | 'silent';
  use(what: string): string | null;
}

/** Who answers, when questions are let through. */
const NEIGHBOUR = { address: '192.168.1.7', family: 'IPv4', port: 5353, size: 12 } as const;
/** A header of DNS (RFC 1035 section 4.1.1) that says it is an answer. */
const ANSWER = Buffer.from('000084000000000000000000', 'hex');

/** A UDP socket in the home network of the stand-in. */
export class NeighbourlySocket extends EventEmitter {
  readonly #rule: DatagramRule;
  #closed = false;

  constructor(rule: DatagramRule) {
    super();
    this.#rule = rule;
  }

  bind(_where: object, listening: () => void): this {
    setImmediate(() => {
      if (!this.#closed) listening();
    });
    return this;
  }

  connect(_port: number, address: string, connected: () => void): void {
    const errno = this.#rule.use(`udp ${address.replace(/^(fe80:).*%/, '$1…%')}`);
    // What macOS refuses, it refuses within the call.
    if (errno !== null) process.nextTick(() => this.emit('error', systemError('connect', errno)));
    else
      setImmediate(() => {
        if (!this.#closed) connected();
      });
  }

  send(_message: Buffer, port: number, address: string, sent: (error: Error | null) => void): void {
    const errno = this.#rule.use(`multicast ${address} ${port}`);
    if (errno !== null) {
      process.nextTick(() => sent(systemError('send', errno)));
      return;
    }
    setImmediate(() => {
      if (this.#closed) return;
      sent(null);
      if (this.#rule.rule === 'allows') this.emit('message', ANSWER, NEIGHBOUR);
    });
  }

  setMulticastTTL(_ttl: number): void {
    // Nothing travels.
  }

  setMulticastInterface(_name: string): void {
    // There is one.
  }

  close(closed?: () => void): this {
    if (this.#closed) throw systemError('close', 'ERR_SOCKET_DGRAM_NOT_RUNNING');
    this.#closed = true;
    setImmediate(() => closed?.());
    return this;
  }
}
