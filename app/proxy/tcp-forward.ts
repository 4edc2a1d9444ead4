import { createServer, type Server, type Socket } from 'node:net';
import type { ForwardSetting } from '../base/host.ts';
import type { ProxyContext } from './context.ts';
import { reset } from './socket-close.ts';
import { openTunnel } from './tunnel.ts';

/** Every TCP forward listens here: its target may have no password of its own. */
const LOOPBACK = '127.0.0.1';

/** A TCP forward does not learn the client's name: its own address is the label. */
export function forwardLabel(port: number): string {
  return `${LOOPBACK}:${port}`;
}

/** A TCP forward whose port is bound. */
interface Opened {
  readonly setting: ForwardSetting;
  readonly server: Server;
  /** Clients whose target is still being dialled. */
  readonly dialling: Set<Socket>;
}

/** TCP forwards: what connects to a local port reaches a fixed host and port. */
export class TcpForwards {
  readonly #context: ProxyContext;
  readonly #open = new Map<string, Opened>();

  constructor(context: ProxyContext) {
    this.#context = context;
  }

  /** The ports that are really bound. */
  ports(): number[] {
    return [...this.#open.values()].map(({ server }) => portOf(server));
  }

  list(): readonly ForwardSetting[] {
    return [...this.#open.values()].map(({ setting, server }) => ({ ...setting, port: portOf(server) }));
  }

  /**
   * Opens what is new and closes what is gone; what stays is not touched, and established tunnels stay open. Clients whose
   * target is still being dialled go with their forward.
   * Rejects with the system's error of the first port that could not be bound; the others are open then.
   */
  async apply(settings: readonly ForwardSetting[]): Promise<void> {
    const wanted = new Map(settings.map((setting) => [keyOf(setting), setting]));
    for (const [key, { server, dialling }] of this.#open) {
      if (wanted.has(key)) continue;
      this.#open.delete(key);
      server.close();
      for (const client of dialling) reset(client);
    }
    const added = [...wanted].filter(([key]) => !this.#open.has(key));
    const results = await Promise.allSettled(added.map(([key, setting]) => this.#listen(key, setting)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async stop(): Promise<void> {
    await this.apply([]);
  }

  #listen(key: string, setting: ForwardSetting): Promise<void> {
    const dialling = new Set<Socket>();
    let isTold = false;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      isTold = false;
      this.#accept(client, setting, dialling);
    });
    /** Mostly for want of descriptors. The next client is tried again; it may be the same one, many times a second. */
    const unaccepted = (error: Error): void => {
      if (!isTold)
        this.#context.log.warn(`A client of ${forwardLabel(portOf(server))} could not be accepted: ${error.message}`);
      isTold = true;
    };
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: setting.port, host: LOOPBACK }, () => {
        server.off('error', reject);
        server.on('error', unaccepted);
        this.#open.set(key, { setting, server, dialling });
        resolve();
      });
    });
  }

  /** client -> 127.0.0.1:port -> us -> target. The client cannot be told of a failure: the log and the windows show it. */
  #accept(client: Socket, setting: ForwardSetting, dialling: Set<Socket>): void {
    const settled = () => void dialling.delete(client);
    dialling.add(client);
    client.once('close', settled);
    openTunnel(this.#context, {
      kind: 'tcp-forward',
      client,
      early: null,
      target: { host: setting.host, port: setting.targetPort },
      // Only this machine reaches the port.
      isRemote: false,
      label: forwardLabel(client.localPort ?? setting.port),
      avoided: this.ports(),
      opened() {
        client.off('close', settled);
        settled();
      },
      refused: () => reset(client),
    });
  }
}

function keyOf({ port, host, targetPort }: ForwardSetting): string {
  return `${port}=${host}:${targetPort}`;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
