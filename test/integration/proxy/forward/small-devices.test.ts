import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { listening } from '../../../support/listening.ts';
import { fieldValue, portOf, type RawMessage, RawPeer, rawClient, statusOf } from '../../../support/raw-http.ts';
import { until } from '../../../support/until.ts';

const fixture = new ForwardFixture();

interface DeviceOptions {
  /** Connections it serves at once; more are closed as soon as they come. */
  readonly sockets: number;
  /** Serves one connection until that closes; the others wait. */
  readonly oneByOne?: boolean;
  /** Sends its FIN behind every answer, without saying so before, and goes on reading. */
  readonly halfCloses?: boolean;
}

/** A server with as few connections as a microcontroller has. */
class Device {
  readonly #server: Server;
  readonly #options: DeviceOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #sockets = new Set<Socket>();
  #open = 0;
  refused = 0;
  accepted = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  async start(): Promise<this> {
    await listening(this.#server);
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  get open(): number {
    return this.#open;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (this.#open >= this.#options.sockets) {
      this.refused++;
      return void socket.resetAndDestroy();
    }
    this.#open++;
    this.accepted++;
    socket.once('close', () => {
      this.#open--;
      this.#sockets.delete(socket);
      if (this.#options.oneByOne) this.#waiting.shift()?.();
    });
    // What comes before its turn waits in the kernel, as it does at a server with one thread.
    socket.pause();
    const serve = () => void this.#serve(new RawPeer(socket)).catch(() => socket.destroy());
    if (this.#options.oneByOne && this.#open > 1) this.#waiting.push(serve);
    else serve();
  }

  async #serve(peer: RawPeer): Promise<void> {
    peer.socket.resume();
    peer.socket.once('end', () => peer.socket.end());
    for (;;) {
      const { start, body } = await peer.message();
      const page = `${start.split(' ', 1)[0]} ${body}`;
      peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${start.startsWith('HEAD') ? '' : page}`);
      if (this.#options.halfCloses) peer.end();
    }
  }
}

let devices: Device[] = [];
let clients: RawPeer[] = [];
beforeEach(() => {
  devices = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  for (const device of devices) await device.stop();
});

async function device(options: DeviceOptions): Promise<Device> {
  const started = await new Device(options).start();
  devices.push(started);
  return started;
}

async function connect(): Promise<RawPeer> {
  const client = await rawClient(fixture.proxy.port);
  clients.push(client);
  return client;
}

async function ask(client: RawPeer, { url }: Device, method = 'GET', fields = ''): Promise<RawMessage> {
  const content = /^P|^DELETE/.test(method) ? 'hi' : '';
  const length = content === '' ? '' : `Content-Length: ${content.length}\r\n`;
  client.write(`${method} ${url}/ HTTP/1.1\r\nHost: x\r\n${fields}${length}\r\n${content}`);
  return client.message(method === 'HEAD');
}

/** A tunnel by CONNECT, as clients of WebSocket make one beside their requests. */
async function tunnelTo({ url }: Device): Promise<RawPeer> {
  const client = await connect();
  client.write(`CONNECT ${url.slice('http://'.length)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.until('\r\n\r\n');
  return client;
}

async function askInside(tunnel: RawPeer): Promise<RawMessage> {
  tunnel.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return tunnel.message();
}

describe('a device with few sockets', () => {
  it.each([1, 2, 4, 7])(
    'of which there are %i is never asked for one too many by one client after the other',
    async (sockets) => {
      const small = await device({ sockets });
      for (let round = 0; round < 5; round++) {
        for (const method of ['POST', 'GET', 'PUT', 'HEAD', 'PATCH', 'OPTIONS', 'DELETE', 'POST']) {
          const client = await connect();
          expect(statusOf(await ask(client, small, method))).toBe(200);
          client.destroy();
        }
      }
      expect(small.refused).toBe(0);
    },
  );

  it.each([2, 4, 7])('of which there are %i serves as many clients at once, whatever they ask', async (sockets) => {
    const small = await device({ sockets });
    const methods = ['GET', 'POST', 'PUT', 'GET'];
    for (let round = 0; round < 4; round++) {
      const asking = Array.from({ length: sockets }, async (_, index) =>
        ask(await connect(), small, methods[(index + round) % methods.length]),
      );
      for (const answer of await Promise.all(asking)) expect(statusOf(answer)).toBe(200);
    }
    expect(small.refused).toBe(0);
  });

  it('has one connection of ours left shortly after many were used', async () => {
    const small = await device({ sockets: 7 });
    await Promise.all(Array.from({ length: 7 }, async () => ask(await connect(), small)));
    expect(small.accepted).toBeGreaterThan(1);
    await until('the surplus is closed', () => small.open === 1);
    const before = small.accepted;
    expect(statusOf(await ask(await connect(), small))).toBe(200);
    expect(small.accepted).toBe(before);
  });

  it('is not asked for one too many by a tunnel either', async () => {
    const small = await device({ sockets: 1 });
    for (let round = 0; round < 5; round++) {
      const client = await connect();
      expect(statusOf(await ask(client, small))).toBe(200);
      const tunnel = await tunnelTo(small);
      expect((await askInside(tunnel)).body).toBe('GET ');
      tunnel.end();
      await tunnel.ending();
    }
    expect(small.refused).toBe(0);
  });

  it('that closes without a word is asked again for what can be asked twice', async () => {
    const small = await device({ sockets: 1, halfCloses: true });
    const client = await connect();
    for (const method of ['GET', 'GET', 'POST', 'HEAD', 'POST', 'GET']) {
      expect(statusOf(await ask(client, small, method))).toBe(200);
    }
  });
});

describe('a server that serves one connection until it closes', () => {
  it('never makes a request of the same client wait for a connection of ours', async () => {
    const single = await device({ sockets: 99, oneByOne: true });
    const client = await connect();
    const began = performance.now();
    for (const method of ['GET', 'POST', 'GET', 'PUT', 'HEAD', 'DELETE', 'GET', 'POST']) {
      expect(statusOf(await ask(client, single, method))).toBe(200);
    }
    // Idle connections live for four seconds: one that had to be waited out would show.
    expect(performance.now() - began).toBeLessThan(3_500);
  });

  it('never makes a tunnel wait for a connection of ours', async () => {
    const single = await device({ sockets: 99, oneByOne: true });
    await ask(await connect(), single);
    const began = performance.now();
    const tunnel = await tunnelTo(single);
    expect((await askInside(tunnel)).body).toBe('GET ');
    expect(performance.now() - began).toBeLessThan(3_500);
  });

  it('serves several clients at once, one after the other', async () => {
    const single = await device({ sockets: 99, oneByOne: true });
    const asking = ['GET', 'GET', 'POST', 'GET'].map(async (method) => ask(await connect(), single, method));
    for (const answer of await Promise.all(asking)) expect(statusOf(answer)).toBe(200);
  });

  it('serves a second client although the first goes on asking', async () => {
    const single = await device({ sockets: 99, oneByOne: true });
    const busy = await connect();
    await ask(busy, single);
    let answered = false;
    // The first holds the only connection that is served at the moment when the second one comes.
    busy.write(`GET ${single.url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const second = connect().then(async (client) => {
      const answer = await ask(client, single, 'POST');
      answered = true;
      return answer;
    });
    await busy.message();
    for (let round = 0; round < 200 && !answered; round++) {
      await ask(busy, single);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(answered).toBe(true);
    expect((await second).body).toBe('POST hi');
  });
});

describe('Connection: close of a client', () => {
  it('is passed on, and the connection ends behind the answer even if the origin would keep it', async () => {
    const { client, peer, request, answer } = await fixture.exchange(
      fixture.get('Connection: close, X-Hop\r\nX-Hop: 1\r\n'),
      OK,
    );
    expect(fieldValue(request, 'Connection')).toBe('close');
    expect(fieldValue(request, 'X-Hop')).toBeUndefined();
    expect(fieldValue(answer, 'Connection')).toBe('close');
    expect(await client.ending()).toBe('fin');
    await fixture.renewed(await fixture.client(), peer);
  });

  it('goes over an idle connection, which is the last request there', async () => {
    const first = await fixture.exchange(fixture.get(), OK);
    first.client.write(fixture.get('Connection: Close\r\n'));
    expect(fieldValue(await first.peer.message(), 'Connection')).toBe('close');
    first.peer.write(OK);
    await first.client.message();
    expect(fixture.origin.connections).toBe(1);
    await fixture.renewed(await fixture.client(), first.peer);
  });

  it('is not invented for clients that do not say it', async () => {
    const { request } = await fixture.arrive(fixture.get('Connection: keep-alive\r\n'));
    expect(fieldValue(request, 'Connection')).toBeUndefined();
  });
});

describe('Keep-Alive of an origin', () => {
  it.each(['timeout=5, max=1', 'max=1', 'MAX=0'])('"%s" is respected: no request comes too late', async (value) => {
    const { client, peer } = await fixture.exchange(
      fixture.get(),
      `HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\nContent-Length: 2\r\n\r\nok`,
    );
    await fixture.renewed(client, peer);
  });

  it('"timeout=1" ends it before the origin would', async () => {
    const { peer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok',
    );
    const idleSince = performance.now();
    expect(await peer.ending()).toBe('fin');
    expect(performance.now() - idleSince).toBeGreaterThan(350);
    expect(performance.now() - idleSince).toBeLessThan(3_500);
  });

  it('"max=5" allows five', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nKeep-Alive: max=5\r\nContent-Length: 2\r\n\r\nok';
    const { client, peer } = await fixture.exchange(fixture.get(), answer);
    for (let count = 2; count <= 5; count++) expect((await fixture.again({ client, peer }, answer)).body).toBe('ok');
    expect(fixture.origin.connections).toBe(1);
    await fixture.renewed(client, peer);
  });
});
