import { createServer, type Server, type Socket } from 'node:net';
import { listening } from './listening.ts';
import { RawPeer } from './raw-http.ts';

/** NTLM's second message, with a challenge that means nothing: clients compute with it, and the origin checks nothing. */
const CHALLENGE = Buffer.concat([
  Buffer.from('NTLMSSP\0\x02\0\0\0\0\0\0\0\0\0\0\0\x01\x02\0\0', 'latin1'),
  Buffer.from('8bytes!!'),
  Buffer.alloc(16),
]).toString('base64');

/**
 * An origin whose users are known by their connection: NTLM in two rounds (the user is `ntlm`), Negotiate in one (the
 * token is the user). It says on each connection who it takes the client for, and on which connection.
 */
export class ConnectionBoundOrigin {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #challenges: readonly string[];
  #count = 0;

  private constructor(challenges: readonly string[]) {
    this.#challenges = challenges;
    this.#server = createServer({ allowHalfOpen: false }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      this.#serve(new RawPeer(socket), ++this.#count).catch(() => socket.destroy());
    });
  }

  /** `challenges` are values of WWW-Authenticate, one field each. */
  static async start(challenges: readonly string[] = ['NTLM']): Promise<ConnectionBoundOrigin> {
    const origin = new ConnectionBoundOrigin(challenges);
    await listening(origin.#server);
    return origin;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Connections so far. */
  get connections(): number {
    return this.#count;
  }

  /** Connections open now. */
  get open(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(peer: RawPeer, number: number): Promise<void> {
    let user: string | null = null;
    let challenged = false;
    for (;;) {
      const head = await peer.head();
      const field = (name: string) => head.fields.find(([each]) => each.toLowerCase() === name)?.[1];
      const [scheme = '', token = ''] = (field('authorization') ?? '').split(' ');
      const step = Buffer.from(token, 'base64')[8];
      let challenges = this.#challenges;
      if (scheme.toLowerCase() === 'negotiate') {
        user = token;
      } else if (scheme.toLowerCase() === 'ntlm' && step === 1) {
        user = null;
        challenged = true;
        challenges = [`NTLM ${CHALLENGE}`];
      } else if (scheme.toLowerCase() === 'ntlm' && step === 3 && challenged) {
        user = 'ntlm';
      }
      const early = field('x-early') !== undefined;
      const content = () => peer.bytes(Number(field('content-length') ?? 0));
      const body = user === null ? '' : early ? '' : await content();
      const page = user === null ? 'who are you' : `${user} on ${number}: ${body.length}`;
      const fields = user === null ? challenges.map((each) => `WWW-Authenticate: ${each}\r\n`).join('') : '';
      // A server that refuses at once reads the content afterwards: that of an unknown user has no meaning.
      peer.write(
        `HTTP/1.1 ${user === null ? '401 Unauthorized' : '200 OK'}\r\n${fields}Content-Length: ${page.length}\r\n\r\n${page}`,
      );
      if (user === null || early) await content();
    }
  }
}
